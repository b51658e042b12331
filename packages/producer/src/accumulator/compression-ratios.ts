/**
 * How well the records of a topic compress, so that a batch can be filled without compressing after each record.
 * Differs from Java: one per producer, not one per process, so producers do not disturb each other (K12).
 */
export class CompressionRatios {
  private readonly ratios = new Map<string, number>()

  of(topic: string): number {
    return this.ratios.get(topic) ?? 1
  }

  /** Believes bad news at once and good news slowly: an underestimate makes a batch too large, an overestimate costs little. */
  observe(topic: string, ratio: number): void {
    const known = this.of(topic)
    if (ratio > known) this.ratios.set(topic, Math.max(known + 0.05, ratio))
    else if (ratio < known) this.ratios.set(topic, Math.max(known - 0.005, ratio))
  }

  /** A broker refused a batch of this ratio for its size. */
  reset(topic: string, ratio: number): void {
    this.ratios.set(topic, Math.max(1, ratio))
  }
}
