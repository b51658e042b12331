import { BatchWriter, batchHeaderBytes, type CompressionCodec, type Header, invariant } from '@harrow/protocol'
import type { ProducerError } from '../errors.ts'
import { incrementSequence, lastSequenceOf, noSequence } from '../idempotence/sequences.ts'
import type { OnCompletion, RecordMetadata } from '../record.ts'

/** What came of a batch. Offsets are base + index; -1n stays -1n. */
export type BatchResult =
  | { readonly kind: 'success'; readonly baseOffset: bigint; readonly logAppendTimeMs: number }
  | { readonly kind: 'failure'; readonly errorOf: (index: number) => ProducerError }

export interface BatchOptions {
  /** Counts the batches of a producer. */
  readonly id: number
  readonly topic: string
  readonly partition: number
  readonly createdMs: number
  readonly deliveryTimeoutMs: number
  /** The running number of the first record, by which `flush` knows what came before it. */
  readonly firstSend: number
  readonly codec: CompressionCodec | undefined
  readonly compressionRatio: number
}

/** A record in wire form, on its way into a batch. */
export interface EncodedRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  readonly timestampMs: number
  readonly onCompletion: OnCompletion
}

/** Producer id, epoch and first sequence, as written into the batch. */
export interface SequenceStamp {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
}

const unstamped: SequenceStamp = { producerId: -1n, producerEpoch: -1, baseSequence: noSequence }

/** Records of one partition on their way to a broker, and whom to tell. */
export class ProducerBatch {
  readonly id: number
  readonly topic: string
  readonly partition: number
  readonly createdMs: number
  /** When the caller is told of a failure at the latest: `delivery.timeout.ms` after creation, whatever happens to it. */
  readonly deadlineMs: number
  readonly firstSend: number
  /** From the pool, to go back there; undefined for the parts of a split batch, which live outside it (as in Java). */
  readonly pooledBuffer: Uint8Array | undefined
  private readonly writer: BatchWriter
  private readonly callbacks: OnCompletion[] = []
  private readonly timestamps: number[] = []
  private readonly keySizes: number[] = []
  private readonly valueSizes: number[] = []
  private closedBytes: Uint8Array | undefined
  private stamp = unstamped
  private outcome: BatchResult | 'split' | undefined
  /** Refuses appends: from the first drain on, and from the start when it is a part of a split batch. */
  private isSealed = false

  /** Sends that ended in a retry. */
  attempts = 0
  /** Not to be sent again before this, unless a newer leader appears. Drawn once per attempt (K8). */
  retryAtMs = Number.NEGATIVE_INFINITY
  /** What was known of the leader when it was last sent. */
  leaderEpochWhenSent: number | undefined
  /** A request that holds this batch is unanswered. */
  isInRequest = false
  /** Some attempt ended without anybody knowing whether the broker appended it. */
  mayBeInLog = false

  constructor(buffer: Uint8Array, options: BatchOptions & { readonly isPooled: boolean }) {
    this.id = options.id
    this.topic = options.topic
    this.partition = options.partition
    this.createdMs = options.createdMs
    this.deadlineMs = options.createdMs + options.deliveryTimeoutMs
    this.firstSend = options.firstSend
    this.pooledBuffer = options.isPooled ? buffer : undefined
    const { codec, compressionRatio } = options
    this.writer = new BatchWriter(buffer, codec === undefined ? {} : { codec, compressionRatio })
  }

  get recordCount(): number {
    return this.callbacks.length
  }

  get estimatedBytes(): number {
    return this.closedBytes?.length ?? this.writer.estimatedBytes
  }

  get uncompressedBytes(): number {
    return this.writer.uncompressedBytes
  }

  /** Compressed by uncompressed bytes of the records; 1 without compression. Only of a sealed batch. */
  get compressionRatio(): number {
    invariant(this.closedBytes !== undefined, `${this.where}: not sealed yet`)
    return (this.closedBytes.length - batchHeaderBytes) / this.writer.uncompressedBytes
  }

  get isFull(): boolean {
    return this.isSealed || this.writer.isFull
  }

  get isDone(): boolean {
    return this.outcome !== undefined
  }

  get hasSequence(): boolean {
    return this.stamp.baseSequence !== noSequence
  }

  get producerId(): bigint {
    return this.stamp.producerId
  }

  get producerEpoch(): number {
    return this.stamp.producerEpoch
  }

  get baseSequence(): number {
    return this.stamp.baseSequence
  }

  get lastSequence(): number {
    return this.hasSequence ? lastSequenceOf(this.stamp.baseSequence, this.recordCount) : noSequence
  }

  get nextSequence(): number {
    return incrementSequence(this.stamp.baseSequence, this.recordCount)
  }

  get identity(): { batch: number; topic: string; partition: number; sequence: number; epoch: number } {
    const { id, topic, partition, baseSequence, producerEpoch } = this
    return { batch: id, topic, partition, sequence: baseSequence, epoch: producerEpoch }
  }

  /** HOT: once per record. False: no room, nothing written. A sealed batch has no room. */
  tryAppend(record: EncodedRecord): boolean {
    if (this.isSealed) return false
    const { key, value, headers, timestampMs } = record
    if (!this.writer.tryAppend(timestampMs, key, value, headers)) return false
    this.callbacks.push(record.onCompletion)
    this.timestamps.push(timestampMs)
    this.keySizes.push(key === null ? -1 : key.length)
    this.valueSizes.push(value === null ? -1 : value.length)
    return true
  }

  /** Gives it its place among the batches of its partition; it is encoded anew when it is next sent. */
  renumber(stamp: SequenceStamp): void {
    invariant(!this.isInRequest, `${this.where}: renumbered while on the wire`)
    this.stamp = stamp
    this.closedBytes = undefined
  }

  /** No more records. */
  refuseAppends(): void {
    this.isSealed = true
  }

  /** No more records; the bytes for the wire. The same bytes again until it is renumbered. */
  seal(): Uint8Array {
    this.isSealed = true
    if (this.closedBytes !== undefined) return this.closedBytes
    const { stamp } = this
    this.closedBytes = stamp === unstamped ? this.writer.close() : this.writer.close(stamp)
    return this.closedBytes
  }

  /** Final. `split`: its parts carry on, and nobody is told of this one. */
  finish(outcome: BatchResult | 'split'): void {
    invariant(this.outcome === undefined, `${this.where}: finished twice`)
    this.outcome = outcome
    this.isSealed = true
  }

  /** Tells every caller, in the order of their calls. `report` runs one callback and survives what it throws. */
  complete(report: (callback: OnCompletion, ...args: Parameters<OnCompletion>) => void): void {
    const result = this.outcome
    invariant(result !== undefined && result !== 'split', `${this.where}: nothing to tell yet`)
    for (const [index, callback] of this.callbacks.entries()) {
      if (result.kind === 'failure') report(callback, undefined, result.errorOf(index))
      else report(callback, this.metadataOf(index, result.baseOffset, result.logAppendTimeMs), undefined)
    }
  }

  callbackOf(index: number): OnCompletion {
    const callback = this.callbacks[index]
    invariant(callback !== undefined, `${this.where}: record ${index} of ${this.recordCount}`)
    return callback
  }

  /** For messages: `orders-3`. */
  get where(): string {
    return `${this.topic}-${this.partition}`
  }

  private metadataOf(index: number, baseOffset: bigint, logAppendTimeMs: number): RecordMetadata {
    return {
      topic: this.topic,
      partition: this.partition,
      offset: baseOffset === -1n ? -1n : baseOffset + BigInt(index),
      timestamp: logAppendTimeMs === -1 ? this.timestamps[index]! : logAppendTimeMs,
      serializedKeySize: this.keySizes[index]!,
      serializedValueSize: this.valueSizes[index]!,
    }
  }
}
