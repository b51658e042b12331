import type { Timers } from './timers.ts'

export interface ByteGateParts {
  readonly timers: Timers
  /** Bytes that got through. */
  readonly through: (bytes: Uint8Array) => void
  /** `isShut` may have changed. */
  readonly onChange: () => void
}

/** Lets bytes through in order: at once, or no more than so many a second. Whoever feeds it stops while it is shut. */
export class ByteGate {
  private readonly parts: ByteGateParts
  private readonly waiting: Uint8Array[] = []
  private bytesPerSecond: number | undefined
  private isHeld = false
  private cancel: (() => void) | undefined

  constructor(parts: ByteGateParts) {
    this.parts = parts
  }

  get isShut(): boolean {
    return this.waiting.length > 0
  }

  push(bytes: Uint8Array): void {
    if (this.bytesPerSecond === undefined && !this.isShut && !this.isHeld) {
      this.parts.through(bytes)
      return
    }
    this.waiting.push(bytes)
    this.schedule()
    this.parts.onChange()
  }

  /** Undefined: no limit from now on, and what waits gets through. */
  limit(bytesPerSecond: number | undefined): void {
    this.bytesPerSecond = bytesPerSecond
    this.cancel?.()
    this.cancel = undefined
    this.schedule()
  }

  /** Nothing gets through until it is let go. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld
    this.limit(this.bytesPerSecond)
  }

  clear(): void {
    this.waiting.length = 0
    this.cancel?.()
    this.cancel = undefined
  }

  private schedule(): void {
    const [first] = this.waiting
    if (first === undefined || this.isHeld || this.cancel !== undefined) return
    const ms = this.bytesPerSecond === undefined ? 0 : (first.length * 1000) / this.bytesPerSecond
    this.cancel = this.parts.timers.after(ms, () => {
      this.cancel = undefined
      const bytes = this.waiting.shift()
      this.schedule()
      if (bytes !== undefined) this.parts.through(bytes)
      this.parts.onChange()
    })
  }
}
