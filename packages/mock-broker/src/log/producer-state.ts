import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'

/** What a broker remembers of one batch of an idempotent producer. */
export interface CachedBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: bigint
  /** Largest timestamp of the batch: what a duplicate is answered with as LogAppendTimeMs. */
  readonly maxTimestamp: number
}

/** The part of a batch that identifies it among those of its producer. */
export interface ProducerBatch {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly recordCount: number
}

/** A producer that is known to a partition. */
export interface DescribedProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
}

export type SequenceVerdict =
  | { readonly is: 'next' }
  | { readonly is: 'duplicate'; readonly of: CachedBatch }
  | { readonly is: 'refused'; readonly error: KafkaErrorRow }

/** Batches remembered per producer. Java: `ProducerStateEntry.NUM_BATCHES_TO_RETAIN`. */
const cachedBatchesMax = 5
/** Java: `producer.id.expiration.check.interval.ms`. */
const expiryCheckIntervalMs = 600_000

/**
 * What one partition knows of the producers that wrote to it. Java: `ProducerStateManager` and `ProducerAppendInfo`,
 * without transactions.
 */
export class ProducerStates {
  private readonly entries = new Map<bigint, Entry>()
  private readonly expirationMs: number
  private expiryCheckedAtMs: number | undefined

  constructor(options: { readonly expirationMs: number }) {
    this.expirationMs = options.expirationMs
  }

  /** Decides, changes nothing. Duplicates are looked for before epoch and sequence: Java's order, and it shows. */
  judge(batch: ProducerBatch): SequenceVerdict {
    const entry = this.entries.get(batch.producerId)
    // Without state any sequence is taken, and becomes the new baseline (B33): a gap here stays unseen for ever.
    if (entry === undefined) return { is: 'next' }
    const lastSequence = sequenceAfter(batch.firstSequence, batch.recordCount - 1)
    if (entry.epoch === batch.producerEpoch) {
      const original = entry.batches.find(
        (cached) => cached.firstSequence === batch.firstSequence && cached.lastSequence === lastSequence,
      )
      if (original !== undefined) return { is: 'duplicate', of: original }
    }
    // Someone wrote with a producer id and no epoch: Kafka then accepts whatever comes.
    if (entry.epoch === -1) return { is: 'next' }
    if (batch.producerEpoch < entry.epoch) return { is: 'refused', error: kafkaErrors.INVALID_PRODUCER_EPOCH }
    const expected = batch.producerEpoch > entry.epoch ? 0 : sequenceAfter(entry.lastSequence, 1)
    if (batch.firstSequence === expected) return { is: 'next' }
    return { is: 'refused', error: kafkaErrors.OUT_OF_ORDER_SEQUENCE_NUMBER }
  }

  /** Remembers a batch that was appended. */
  appended(batch: ProducerBatch, baseOffset: bigint, maxTimestamp: number): void {
    const lastSequence = sequenceAfter(batch.firstSequence, batch.recordCount - 1)
    const before = this.entries.get(batch.producerId)
    // A new epoch empties the cache (B28): a late retry of the old epoch is then fenced, not recognised.
    const kept = before?.epoch === batch.producerEpoch ? before.batches : []
    const cached = { firstSequence: batch.firstSequence, lastSequence, baseOffset, maxTimestamp }
    this.entries.set(batch.producerId, {
      epoch: batch.producerEpoch,
      lastSequence,
      batches: [...kept, cached].slice(-cachedBatchesMax),
      lastTimestamp: maxTimestamp,
    })
  }

  /** Forgets producers whose last batch is too old by its own timestamp, as often as a broker looks for them. */
  expire(wallMs: number): void {
    this.expiryCheckedAtMs ??= wallMs
    if (wallMs - this.expiryCheckedAtMs < expiryCheckIntervalMs) return
    this.expiryCheckedAtMs = wallMs
    for (const [producerId, { lastTimestamp }] of this.entries) {
      if (wallMs - lastTimestamp >= this.expirationMs) this.entries.delete(producerId)
    }
  }

  /** Producer ids with state here. */
  get size(): number {
    return this.entries.size
  }

  /** What DescribeProducers tells. */
  *describe(): Iterable<DescribedProducer> {
    for (const [producerId, { epoch, lastSequence, lastTimestamp }] of this.entries) {
      yield { producerId, producerEpoch: epoch, lastSequence, lastTimestamp }
    }
  }

  /** A copy that remembers of each producer its last batch only, as a snapshot on disk does (B42). */
  lastBatches(): ProducerStates {
    const copy = new ProducerStates({ expirationMs: this.expirationMs })
    for (const [producerId, entry] of this.entries) {
      copy.entries.set(producerId, entry.batches.length > 1 ? { ...entry, batches: entry.batches.slice(-1) } : entry)
    }
    return copy
  }
}

/** Sequences run to 2^31 - 1 and go on with 0, also inside one batch. Java: `DefaultRecordBatch.incrementSequence`. */
export function sequenceAfter(sequence: number, increment: number): number {
  return (sequence + increment) % 2 ** 31
}

interface Entry {
  readonly epoch: number
  readonly lastSequence: number
  readonly batches: readonly CachedBatch[]
  readonly lastTimestamp: number
}
