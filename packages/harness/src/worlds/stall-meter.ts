/** Short enough to notice a stall that matters to the shortest timeouts of scenarios, long enough to cost nothing. */
const beatMs = 10

/**
 * Measures how much time this process lost: by how much a heartbeat was late, in all. On an idle machine that is next to
 * nothing; on a busy one it is what no producer can make good, and what upper limits of time are stretched by.
 */
export class StallMeter {
  private lostMs = 0
  private dueMs = performance.now() + beatMs
  private readonly timer = setInterval(() => this.beat(), beatMs)

  constructor() {
    this.timer.unref()
  }

  /** Milliseconds lost since the start. */
  stop(): number {
    clearInterval(this.timer)
    this.beat()
    return this.lostMs
  }

  private beat(): void {
    const nowMs = performance.now()
    this.lostMs += Math.max(0, nowMs - this.dueMs)
    this.dueMs = nowMs + beatMs
  }
}
