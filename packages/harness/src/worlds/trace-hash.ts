/**
 * A fingerprint of everything that happened, in order: time, kind, and every number and word of every event. Two runs
 * with the same hash did the same things. Two 32-bit lanes with different multipliers: fast, and enough to tell
 * runs apart; it guards against accidents, not against adversaries.
 */
export class TraceHash {
  private a = 0x811c9dc5 | 0
  private b = 0x2f0b4c47 | 0
  private readonly words = new DataView(new ArrayBuffer(8))

  event(atMs: number, event: string, details: Readonly<Record<string, unknown>>): void {
    this.number(atMs)
    this.text(event)
    for (const key in details) this.value(details[key])
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    return (this.a >>> 0).toString(16).padStart(8, '0') + (this.b >>> 0).toString(16).padStart(8, '0')
  }

  private value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return void this.number(value)
      case 'bigint':
        return void this.text(value.toString(16))
      case 'string':
        return void this.text(value)
      case 'boolean':
        return void this.fold(value ? 1 : 2)
      case 'object':
        if (value !== null) for (const key in value) this.value((value as Record<string, unknown>)[key])
    }
    this.fold(3)
  }

  private number(value: number): void {
    this.words.setFloat64(0, value)
    this.fold(this.words.getInt32(0))
    this.fold(this.words.getInt32(4))
  }

  private text(text: string): void {
    for (let i = 0; i < text.length; i++) this.fold(text.charCodeAt(i))
    this.fold(-text.length)
  }

  private fold(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193)
    this.a ^= this.a >>> 15
    this.b = Math.imul(this.b + word, 0x85ebca6b)
    this.b ^= this.b >>> 13
  }
}
