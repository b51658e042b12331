import { invariant } from '@harrow/protocol'

/**
 * The memory budget of a producer (`buffer.memory`). Buffers of the usual size are used again; others are only counted.
 *
 * Differs from Java: nobody waits in here. Sends that find no memory wait in one FIFO outside (see admission.ts), and
 * only the first of them may take memory, so neither partial grabs nor a fast path past the queue exist (K11).
 */
export class BufferPool {
  readonly totalBytes: number
  /** The size that is pooled: `batch.size`. */
  readonly poolableBytes: number
  private readonly free: Uint8Array[] = []
  private usedBytes = 0

  constructor(options: { readonly totalBytes: number; readonly poolableBytes: number }) {
    this.totalBytes = options.totalBytes
    this.poolableBytes = options.poolableBytes
  }

  get availableBytes(): number {
    return this.totalBytes - this.usedBytes
  }

  /** Backing bytes kept for the next batches; part of what is available. */
  get pooledBytes(): number {
    return this.free.length * this.poolableBytes
  }

  /** Undefined: not enough memory now. Contents are whatever the last user left. `bytes` is at most `totalBytes`. */
  tryAllocate(bytes: number): Uint8Array | undefined {
    invariant(bytes <= this.totalBytes, `${bytes} bytes of a pool of ${this.totalBytes}`)
    if (bytes > this.availableBytes) return undefined
    this.usedBytes += bytes
    if (bytes === this.poolableBytes) return this.free.pop() ?? new Uint8Array(bytes)
    // Free buffers count as available, so an odd size may need their bytes: let go of some.
    while (this.usedBytes + this.pooledBytes > this.totalBytes) this.free.pop()
    return new Uint8Array(bytes)
  }

  /** Gives back exactly what `tryAllocate` returned. */
  deallocate(buffer: Uint8Array): void {
    invariant(buffer.length <= this.usedBytes, `${buffer.length} bytes given back, ${this.usedBytes} are out`)
    this.usedBytes -= buffer.length
    if (buffer.length === this.poolableBytes) this.free.push(buffer)
  }
}
