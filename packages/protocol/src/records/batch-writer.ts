import type { CompressionCodec } from '../compression/codec.ts'
import { invariant } from '../invariant.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  batchLogOverheadBytes,
  batchMagic,
  batchHeaderOffset as offsetOf,
  viewOf,
  writeNumberAsInt64,
} from './batch-header.ts'
import { crc32c } from './crc32c.ts'
import { type Header, payloadBytes, recordBodyBytes, recordOverheadBytesMax, writeRecord } from './record.ts'
import { varintSize } from './varint.ts'

/** How the producer is known to the broker; only when a batch is closed is it certain. */
export interface ProducerState {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** The sequence number of the first record; the others follow from their place. */
  readonly baseSequence: number
  readonly isTransactional?: boolean
}

/** Who is asked before a batch takes memory beyond its buffer, and told when it needs it no longer. */
export interface MemoryBudget {
  /** False: not now. Then nothing was taken. */
  tryReserve(bytes: number): boolean
  release(bytes: number): void
}

/** A margin on the estimated compressed size, as in Java: an estimate that is too low makes a batch too large. */
const compressionEstimateMargin = 1.05

/**
 * Builds one batch of format 2: records are encoded straight behind the room for the header, in the buffer given,
 * which is written once. Mirrors `MemoryRecordsBuilder`: the same estimates, the same answer to "is there room".
 *
 * Without compression the buffer grows only if the very first record does not fit. With compression the records wait
 * uncompressed, so the writer moves to a larger array of its own once they pass the buffer's size, while their
 * estimated compressed size does not. The batch itself goes back into the buffer when it fits.
 *
 * Differs from Java, whose compressors stream: the larger array is asked of `memory`, so that what is held stays within
 * a budget. If it is refused, so is the record.
 */
export class BatchWriter {
  private readonly memory: MemoryBudget | undefined
  /** The size of the buffer given. */
  private readonly writeLimit: number
  /** The buffer given, for the pool it came from; undefined once the batch outgrew it and lets it go. */
  private givenBuffer: Uint8Array | undefined
  /** Of `memory`. */
  private reserved = 0
  private readonly codec: CompressionCodec | undefined
  /** Estimated compressed bytes per uncompressed byte, margin included; 1 without compression. */
  private readonly estimateFactor: number
  /** Where records are written: `buffer`, or a larger array when that became too small. */
  private bytes: Uint8Array
  /** The end of what is written to `bytes`. */
  private end = batchHeaderBytes
  private count = 0
  private baseTimestamp = 0
  private maxTimestamp = 0
  private uncompressed = 0
  private largestPayload = 0
  private isClosed = false

  /**
   * `compressionRatio` is the expected size of compressed records by that of uncompressed ones, as earlier batches
   * of the topic show it. A codec named `none` is no compression. Without `memory` growth has no limit.
   */
  constructor(
    buffer: Uint8Array,
    options: { codec?: CompressionCodec; compressionRatio?: number; memory?: MemoryBudget } = {},
  ) {
    this.givenBuffer = buffer
    this.writeLimit = buffer.length
    this.memory = options.memory
    this.bytes = buffer
    this.codec = options.codec === undefined || options.codec.name === 'none' ? undefined : options.codec
    this.estimateFactor = this.codec === undefined ? 1 : (options.compressionRatio ?? 1) * compressionEstimateMargin
    if (!(this.estimateFactor > 0))
      invariant(false, `compression ratio ${options.compressionRatio}; it is greater than 0`)
  }

  /** The buffer given, to be used again when this batch is done; undefined if it was let go for a larger array. */
  get buffer(): Uint8Array | undefined {
    return this.givenBuffer
  }

  /** What is reserved of `memory`, beyond the buffer given. */
  get reservedBytes(): number {
    return this.reserved
  }

  get recordCount(): number {
    return this.count
  }

  /** The size of the records section before compression. */
  get uncompressedBytes(): number {
    return this.uncompressed
  }

  /** The upper bound of the largest record, uncompressed, in any batch; 0 without records. */
  get recordBytesMax(): number {
    return this.count === 0 ? 0 : recordOverheadBytesMax + this.largestPayload
  }

  /** The size of the whole batch: as it will probably be, and, once closed, as it is. */
  get estimatedBytes(): number {
    return this.isClosed ? this.end : this.estimate()
  }

  /** Nothing more will be taken: closed, or at least one record and the estimate has reached the buffer's size. */
  get isFull(): boolean {
    return this.isClosed || (this.count > 0 && this.estimate() >= this.writeLimit)
  }

  /**
   * HOT: once per record. Encodes the record at the end of the batch and answers true; or answers false, with nothing
   * written, if the batch is closed, the record would take it past the buffer's size, or there is no memory to grow. The
   * first record is always taken (if `memory` allows). `timestampMs` is a safe integer, not below -1. No allocation.
   */
  tryAppend(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly Header[],
  ): boolean {
    const offsetDelta = this.count
    const timestampDelta = offsetDelta === 0 ? 0 : timestampMs - this.baseTimestamp
    const payload = payloadBytes(key, value, headers)
    const bodyBytes = recordBodyBytes(timestampDelta, offsetDelta, payload)
    const recordBytes = varintSize(bodyBytes) + bodyBytes
    if (!this.hasRoom(recordBytes)) return false
    if (this.end + recordBytes > this.bytes.length && !this.grow(this.end + recordBytes)) return false
    if (offsetDelta === 0) {
      this.baseTimestamp = timestampMs
      this.maxTimestamp = timestampMs
    } else if (timestampMs > this.maxTimestamp) {
      this.maxTimestamp = timestampMs
    }
    this.end = writeRecord(this.bytes, this.end, bodyBytes, timestampDelta, offsetDelta, key, value, headers)
    this.uncompressed += recordBytes
    if (payload > this.largestPayload) this.largestPayload = payload
    this.count = offsetDelta + 1
    return true
  }

  /**
   * No more records: compresses, and gives back the memory that uncompressed records needed. What `close` does first;
   * earlier it is worth while for a batch that has to wait.
   */
  endRecords(): void {
    if (this.isClosed) return
    this.isClosed = true
    if (this.count === 0) this.end = 0
    else this.compress()
  }

  /** Gives back what is reserved. The batch and its bytes must not be used any more. */
  discard(): void {
    this.isClosed = true
    this.bytes = nothing
    this.reserve(0)
  }

  /**
   * Compresses, fills the header in and checksums; the result is a view into `buffer`, or into a larger array. A
   * batch without records is no batch: zero bytes.
   *
   * May be called again with another producer state, when the epoch was bumped before a retry: only those fields and
   * the crc change, in place, so no request may still be using the earlier result.
   */
  close(state?: ProducerState): Uint8Array {
    this.endRecords()
    const bytes = this.bytes.subarray(0, this.end)
    if (this.count > 0) this.writeHeader(bytes, state)
    return bytes
  }

  private estimate(): number {
    if (this.codec === undefined) return batchHeaderBytes + this.uncompressed
    return batchHeaderBytes + Math.floor(this.uncompressed * this.estimateFactor)
  }

  /** HOT. The new record is counted uncompressed: nobody knows better yet. A full batch has no room for any. */
  private hasRoom(recordBytes: number): boolean {
    if (this.isClosed) return false
    return this.count === 0 || this.estimate() + recordBytes <= this.writeLimit
  }

  private grow(bytesMin: number): boolean {
    // One record alone gets what it needs; records that wait for compression get room for more of them, up to what can
    // be there when the estimate reaches the limit.
    const whenFull = batchHeaderBytes + Math.ceil((this.writeLimit - batchHeaderBytes) / this.estimateFactor) + 1
    const length = this.count === 0 ? bytesMin : Math.max(bytesMin, Math.min(this.bytes.length * 2, whenFull))
    // Old and new are there at once, for a moment.
    if (!this.reserve(this.reserved + length)) return false
    const grown = new Uint8Array(length)
    grown.set(this.bytes.subarray(0, this.end))
    this.bytes = grown
    this.reserve(length)
    return true
  }

  private compress(): void {
    if (this.codec === undefined) return
    const compressed = this.codec.compress(this.bytes.subarray(batchHeaderBytes, this.end))
    this.end = batchHeaderBytes + compressed.length
    if (this.givenBuffer !== undefined && this.end <= this.writeLimit) {
      this.bytes = this.givenBuffer
      this.reserve(0)
    } else if (this.end > this.bytes.length) {
      // It did not compress at all. As in Java the array it outgrew is let go, and stays counted in its stead: what the
      // codec adds (a thousandth, and some bytes) is not.
      if (this.bytes === this.givenBuffer) this.givenBuffer = undefined
      this.bytes = new Uint8Array(this.end)
    }
    this.bytes.set(compressed, batchHeaderBytes)
  }

  /** Makes `bytes` what is reserved. Less is never refused. */
  private reserve(bytes: number): boolean {
    const { memory, reserved } = this
    if (memory === undefined) return true
    if (bytes > reserved && !memory.tryReserve(bytes - reserved)) return false
    if (bytes < reserved) memory.release(reserved - bytes)
    this.reserved = bytes
    return true
  }

  private writeHeader(bytes: Uint8Array, state: ProducerState | undefined): void {
    const { producerId, producerEpoch, baseSequence, isTransactional = false } = state ?? noProducerState
    invariant(producerId >= 0n || !isTransactional, 'a transactional batch needs a producer id')
    if (producerId >= 0n && !(producerEpoch >= 0 && baseSequence >= 0)) {
      const numbers = `epoch ${producerEpoch} and sequence ${baseSequence}`
      invariant(false, `producer id ${producerId} with ${numbers}: neither may be negative`)
    }
    const view = viewOf(bytes)
    view.setBigInt64(offsetOf.baseOffset, 0n)
    view.setInt32(offsetOf.batchLength, bytes.length - batchLogOverheadBytes)
    view.setInt32(offsetOf.partitionLeaderEpoch, -1)
    view.setInt8(offsetOf.magic, batchMagic)
    view.setInt16(offsetOf.attributes, (this.codec?.id ?? 0) | (isTransactional ? batchAttributes.transactional : 0))
    view.setInt32(offsetOf.lastOffsetDelta, this.count - 1)
    writeNumberAsInt64(view, offsetOf.baseTimestamp, this.baseTimestamp)
    writeNumberAsInt64(view, offsetOf.maxTimestamp, this.maxTimestamp)
    view.setBigInt64(offsetOf.producerId, producerId)
    view.setInt16(offsetOf.producerEpoch, producerEpoch)
    view.setInt32(offsetOf.baseSequence, baseSequence)
    view.setInt32(offsetOf.recordCount, this.count)
    view.setUint32(offsetOf.crc, crc32c(bytes.subarray(offsetOf.attributes)))
  }
}

const nothing = new Uint8Array(0)
const noProducerState: ProducerState = { producerId: -1n, producerEpoch: -1, baseSequence: -1 }
