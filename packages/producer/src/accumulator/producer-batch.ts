import {
  BatchWriter,
  batchHeaderBytes,
  type CompressionCodec,
  type Header,
  invariant,
  type MemoryBudget,
} from '@harrow/protocol'
import type { ProducerError } from '../errors.ts'
import { incrementSequence, lastSequenceOf, noSequence } from '../idempotence/sequences.ts'
import type { OnCompletion, RecordMetadata } from '../record.ts'
import { Link } from './linked-list.ts'
import type { OutcomeGroup, TellInGroups, Told } from './outcome-group.ts'
import type { LedgerPool, RecordLedger } from './record-ledger.ts'

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
  /**
   * Where the buffer came from, and what grows with the batch is asked of. Undefined for the parts of a split batch,
   * which live outside the pool, as in Java: the whole has given its memory back, and a full pool could not give more.
   */
  readonly memory: MemoryBudget | undefined
  /** Where its ledger comes from, and goes when all callers were told. */
  readonly ledgers: LedgerPool
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

/** Runs one callback and survives what it throws. */
type Report = (callback: OnCompletion, metadata: RecordMetadata | undefined, error: ProducerError | undefined) => void

type SuccessResult = Extract<BatchResult, { kind: 'success' }>

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
  /** The size of the buffer from the pool; 0 outside it. */
  readonly pooledBytes: number
  private readonly writer: BatchWriter
  private readonly ledgers: LedgerPool
  /** Undefined once nobody is left to be told. */
  private ledger: RecordLedger | undefined
  private records = 0
  private closedBytes: Uint8Array | undefined
  private stamp = unstamped
  private outcome: BatchResult | 'split' | undefined
  /** Of the record appended last, if that has no callback. */
  private lastGroup: OutcomeGroup | undefined
  /** Records of groups that have not asked for their outcome yet: the ledger is needed until then. */
  private toBeAsked = 0
  /** Refuses appends: from the first that had no room, or the first drain; a part of a split batch, always. */
  private isSealed = false

  /** Its places in `IncompleteBatches`. */
  readonly incompleteLink = new Link<ProducerBatch>(this)
  readonly heldLink = new Link<ProducerBatch>(this)
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

  constructor(buffer: Uint8Array, options: BatchOptions) {
    this.id = options.id
    this.topic = options.topic
    this.partition = options.partition
    this.createdMs = options.createdMs
    this.deadlineMs = options.createdMs + options.deliveryTimeoutMs
    this.firstSend = options.firstSend
    this.ledgers = options.ledgers
    this.ledger = options.ledgers.take()
    const { codec, compressionRatio, memory } = options
    this.pooledBytes = memory === undefined ? 0 : buffer.length
    const growing = memory === undefined ? {} : { memory }
    this.writer = new BatchWriter(buffer, codec === undefined ? {} : { codec, compressionRatio, ...growing })
  }

  get recordCount(): number {
    return this.records
  }

  get estimatedBytes(): number {
    return this.closedBytes?.length ?? this.writer.estimatedBytes
  }

  get uncompressedBytes(): number {
    return this.writer.uncompressedBytes
  }

  /** Compressed by uncompressed bytes of the records; 1 without compression. Only of a sealed batch. */
  get compressionRatio(): number {
    if (this.closedBytes === undefined) invariant(false, `${this.where}: not sealed yet`)
    return (this.closedBytes.length - batchHeaderBytes) / this.writer.uncompressedBytes
  }

  /** The upper bound of its largest record, uncompressed. */
  get recordBytesMax(): number {
    return this.writer.recordBytesMax
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

  /** Memory counted for it: the buffer from the pool, and what uncompressed records take beyond that. */
  get heldBytes(): number {
    return this.pooledBytes + this.writer.reservedBytes
  }

  /** See `tryAppendFields`. */
  tryAppend({ key, value, headers, timestampMs, onCompletion }: EncodedRecord): boolean {
    return this.tryAppendFields(key, value, headers, timestampMs, onCompletion)
  }

  /**
   * HOT: once per record. False: no room, or no memory to grow; nothing written. It takes nothing from then on, so it is
   * compressed at once: it may have to wait for long, and needs less memory then.
   */
  tryAppendFields(
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly Header[],
    timestampMs: number,
    tell: OnCompletion | TellInGroups,
  ): boolean {
    if (this.isSealed) return false
    if (!this.writer.tryAppend(timestampMs, key, value, headers)) {
      this.isSealed = true
      this.writer.endRecords()
      return false
    }
    let told: Told
    if (typeof tell === 'function') {
      told = tell
      this.lastGroup = undefined
    } else told = this.groupFor(tell)
    this.ledger!.add(told, timestampMs, key === null ? -1 : key.length, value === null ? -1 : value.length)
    this.records++
    return true
  }

  /** Of the record that was appended last, without a callback. */
  get openGroup(): OutcomeGroup {
    invariant(this.lastGroup !== undefined, 'the last record is in a group')
    return this.lastGroup
  }

  /** Ends its use of memory, but for the buffer from the pool, which is returned unless a larger one took its place. */
  discard(): Uint8Array | undefined {
    if (!this.isDone || this.isInRequest) invariant(false, `${this.where}: its bytes may still be needed`)
    const buffer = this.pooledBytes === 0 ? undefined : this.writer.buffer
    this.writer.discard()
    this.closedBytes = undefined
    return buffer
  }

  /** Gives it its place among the batches of its partition; it is encoded anew when it is next sent. */
  renumber(stamp: SequenceStamp): void {
    if (this.isInRequest) invariant(false, `${this.where}: renumbered while on the wire`)
    this.stamp = stamp
    this.closedBytes = undefined
  }

  /** No more records. */
  refuseAppends(): void {
    this.isSealed = true
  }

  /** No more records; the bytes for the wire. The same bytes again until it is renumbered. */
  seal(): Uint8Array {
    if (this.closedBytes !== undefined) return this.closedBytes
    // Messages only where they are needed: a template costs as much as all the rest of this.
    if (this.isDone) invariant(false, `${this.where}: sent after its outcome`)
    this.isSealed = true
    const { stamp } = this
    this.closedBytes = stamp === unstamped ? this.writer.close() : this.writer.close(stamp)
    return this.closedBytes
  }

  /** Final. `split`: its parts carry on, and nobody is told of this one. */
  finish(outcome: BatchResult | 'split'): void {
    if (this.outcome !== undefined) invariant(false, `${this.where}: finished twice`)
    this.outcome = outcome
    this.isSealed = true
    if (outcome === 'split') this.returnLedger()
    this.lastGroup = undefined
  }

  /** Tells every caller, in the order of their calls. */
  complete(report: Report): void {
    const result = this.outcome
    invariant(result !== undefined && result !== 'split', 'a batch has its outcome before anybody is told')
    const { ledger } = this
    invariant(ledger !== undefined, 'a batch tells only once')
    this.completeEach(ledger, result, report)
    if (this.toBeAsked === 0) this.returnLedger()
  }

  /** HOT: its loop runs once per record. Each offset is the one before plus one: a bigint less than base plus a converted index. */
  private completeEach(ledger: RecordLedger, result: BatchResult, report: Report): void {
    const { records } = this
    const step = result.kind === 'failure' || result.baseOffset === -1n ? 0n : 1n
    let offset = result.kind === 'failure' ? -1n : result.baseOffset
    let released: OutcomeGroup | undefined
    for (let i = 0; i < records; i++) {
      const told = ledger.toldOf(i)
      if (typeof told !== 'function') {
        if (told !== released) told.release()
        released = told
      } else if (result.kind === 'failure') report(told, undefined, result.errorOf(i))
      else report(told, this.metadataOf(i, ledger, result, offset), undefined)
      offset += step
    }
  }

  private metadataOf(
    index: number,
    ledger: RecordLedger,
    { logAppendTimeMs }: SuccessResult,
    offset: bigint,
  ): RecordMetadata {
    const { topic, partition } = this
    const timestamp = logAppendTimeMs === -1 ? ledger.timestampOf(index) : logAppendTimeMs
    const serializedKeySize = ledger.keySizeOf(index)
    const serializedValueSize = ledger.valueSizeOf(index)
    return { topic, partition, offset, timestamp, serializedKeySize, serializedValueSize }
  }

  private groupFor(tell: TellInGroups): OutcomeGroup {
    this.lastGroup ??= tell.open(this.records, this.outcomeOf)
    this.toBeAsked++
    return this.lastGroup
  }

  /** HOT: once per record of a group that was released. Throws the record's error. */
  private readonly outcomeOf = (index: number): RecordMetadata => {
    const { outcome, ledger } = this
    invariant(outcome !== undefined && outcome !== 'split', 'a batch has its outcome before anybody asks')
    invariant(ledger !== undefined, 'the ledger is there until the last has asked')
    try {
      if (outcome.kind === 'failure') throw outcome.errorOf(index)
      const { baseOffset } = outcome
      return this.metadataOf(index, ledger, outcome, baseOffset === -1n ? -1n : baseOffset + BigInt(index))
    } finally {
      this.toBeAsked--
      if (this.toBeAsked === 0) this.returnLedger()
    }
  }

  /** For a split: tells what becomes of a record in its part. Call once for each. */
  callbackOf(index: number): OnCompletion {
    if (this.ledger === undefined) invariant(false, `${this.where}: its callers were told`)
    const told = this.ledger.toldOf(index)
    return typeof told === 'function' ? told : told.callbackOf(index)
  }

  /** For messages: `orders-3`. */
  get where(): string {
    return `${this.topic}-${this.partition}`
  }

  private returnLedger(): void {
    if (this.ledger !== undefined) this.ledgers.giveBack(this.ledger)
    this.ledger = undefined
  }
}
