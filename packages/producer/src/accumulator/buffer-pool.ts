import { invariant, type MemoryBudget } from '@harrow/protocol'

/**
 * The memory budget of a producer (`buffer.memory`). Buffers of the usual size are used again; others are only counted,
 * and so is what records take while they wait for compression.
 *
 * Differs from Java: nobody waits in here. Sends that find no memory wait in one FIFO outside (see admission.ts), and
 * only the first of them may take memory, so neither partial grabs nor a fast path past the queue exist (K11).
 */
export class BufferPool implements MemoryBudget {
  readonly totalBytes: number
  /** The size that is pooled: `batch.size`. */
  readonly poolableBytes: number
  private readonly free: Uint8Array[] = []
  private usedNow = 0

  constructor(options: { readonly totalBytes: number; readonly poolableBytes: number }) {
    this.totalBytes = options.totalBytes
    this.poolableBytes = options.poolableBytes
  }

  get usedBytes(): number {
    return this.usedNow
  }

  get availableBytes(): number {
    return this.totalBytes - this.usedNow
  }

  /** Backing bytes kept for the next batches; part of what is available. */
  get pooledBytes(): number {
    return this.free.length * this.poolableBytes
  }

  /**
   * Undefined: not enough memory now. Contents are whatever the last user left. `bytes` is at most `totalBytes`. Throws
   * RangeError, and counts nothing, when the platform has no memory.
   */
  tryAllocate(bytes: number): Uint8Array | undefined {
    if (bytes > this.totalBytes) invariant(false, `${bytes} bytes of a pool of ${this.totalBytes}`)
    if (bytes > this.availableBytes) return undefined
    const pooled = bytes === this.poolableBytes ? this.free.pop() : undefined
    if (pooled === undefined) this.letGoFor(bytes)
    const buffer = pooled ?? new Uint8Array(bytes)
    this.usedNow += bytes
    return buffer
  }

  /** Gives back exactly what `tryAllocate` returned. */
  deallocate(buffer: Uint8Array): void {
    this.release(buffer.length)
    if (buffer.length === this.poolableBytes) this.free.push(buffer)
  }

  tryReserve(bytes: number): boolean {
    if (bytes > this.availableBytes) return false
    this.letGoFor(bytes)
    this.usedNow += bytes
    return true
  }

  release(bytes: number): void {
    if (bytes > this.usedNow) invariant(false, `${bytes} bytes given back, ${this.usedNow} are out`)
    this.usedNow -= bytes
  }

  /** Free buffers count as available, so others may need their bytes. */
  private letGoFor(bytes: number): void {
    while (this.usedNow + bytes + this.pooledBytes > this.totalBytes) this.free.pop()
  }
}
