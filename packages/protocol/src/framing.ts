const prefixBytes = 4
const noBytes = new Uint8Array(0)

/** Enough for most frames that arrive in pieces, and little enough for a peer that never sends the rest. */
const firstAllocationBytes = 64 * 1024

/** A length prefix that no frame may have. Nothing can be read from the connection after it. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
  /** What the prefix said, in bytes; negative when the peer is not speaking Kafka. */
  readonly size: number
  /** The most it may say, in bytes. */
  readonly limit: number
  /** The whole frames that arrived in the same chunk before the bad prefix: they are good. */
  readonly framesBefore: readonly Uint8Array[]

  constructor(size: number, limit: number, framesBefore: readonly Uint8Array[]) {
    super(`a frame of ${size} bytes; allowed 0 to ${limit}`)
    this.size = size
    this.limit = limit
    this.framesBefore = framesBefore
  }
}

/**
 * Chunks in, whole frames out, without their length prefix. A frame that arrived whole in one chunk is a view into that
 * chunk. Any other is copied into a buffer that doubles as its bytes arrive: linear time even byte by byte, and a peer
 * that announces 100 MiB makes nobody allocate them before it sends them.
 */
export class FrameReader {
  private readonly frameBytesMax: number
  /** Bytes of the length prefix that is being read. */
  private readonly prefix = new Uint8Array(prefixBytes)
  private prefixCount = 0
  /** The size of the frame that is being collected; undefined while its prefix is not complete. */
  private frameSize: number | undefined
  private collected = noBytes
  private collectedCount = 0
  private failed = false

  /** `frameBytesMax`: the longest frame accepted, in bytes without the prefix. Java: `socket.request.max.bytes`. */
  constructor(options: { readonly frameBytesMax: number }) {
    this.frameBytesMax = options.frameBytesMax
  }

  /** Bytes that were pushed and are not yet part of a returned frame. */
  get pendingBytes(): number {
    return this.prefixCount + this.collectedCount
  }

  /**
   * The frames that this chunk completes, in order. They may share memory with the chunk, which must not be written to
   * afterwards. Throws {@link FrameError} for a negative or oversized prefix, now and on every later call.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = []
    let at = 0
    while (at < chunk.length || this.frameSize === 0) {
      if (this.frameSize === undefined) {
        at = this.readPrefix(chunk, at, frames)
        continue
      }
      const missing = this.frameSize - this.collectedCount
      const available = chunk.length - at
      if (this.collectedCount === 0 && available >= missing) {
        frames.push(chunk.subarray(at, at + missing))
        this.startFrame()
      } else {
        this.collect(chunk.subarray(at, at + Math.min(missing, available)), this.frameSize)
        if (available >= missing) {
          frames.push(this.collected.subarray(0, this.frameSize))
          this.startFrame()
        }
      }
      at += Math.min(missing, available)
    }
    return frames
  }

  private readPrefix(chunk: Uint8Array, start: number, framesBefore: readonly Uint8Array[]): number {
    let at = start
    if (!this.failed) {
      while (this.prefixCount < prefixBytes && at < chunk.length) this.prefix[this.prefixCount++] = chunk[at++] ?? 0
      if (this.prefixCount < prefixBytes) return at
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = this.prefix
    const size = (first << 24) | (second << 16) | (third << 8) | fourth
    if (size < 0 || size > this.frameBytesMax) {
      this.failed = true
      throw new FrameError(size, this.frameBytesMax, framesBefore)
    }
    this.frameSize = size
    return at
  }

  private collect(part: Uint8Array, frameSize: number): void {
    const needed = this.collectedCount + part.length
    if (needed > this.collected.length) {
      const doubled = Math.max(needed, this.collected.length * 2, firstAllocationBytes)
      const larger = new Uint8Array(Math.min(frameSize, doubled))
      larger.set(this.collected.subarray(0, this.collectedCount))
      this.collected = larger
    }
    this.collected.set(part, this.collectedCount)
    this.collectedCount = needed
  }

  private startFrame(): void {
    this.prefixCount = 0
    this.frameSize = undefined
    this.collected = noBytes
    this.collectedCount = 0
  }
}
