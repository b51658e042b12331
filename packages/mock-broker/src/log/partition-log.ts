import { setBaseOffset, setPartitionLeaderEpoch } from '@harrow/protocol'
import { type EpochEnd, LeaderEpochs } from './leader-epochs.ts'
import type { LogMemory } from './log-memory.ts'
import { ProducerStates } from './producer-state.ts'
import type { AcceptedBatch } from './validate-batch.ts'

/** A batch in the log: as received, with the base offset and the leader epoch overwritten. Replicas share it. */
export interface StoredBatch {
  readonly baseOffset: bigint
  readonly lastOffset: bigint
  readonly leaderEpoch: number
  readonly maxTimestamp: number
  readonly bytes: Uint8Array
  readonly recordCount: number
  /** -1n if the producer was not idempotent. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly firstSequence: number
  /** For `LogMemory`. */
  holders: number
}

/** When a log begins a new segment. */
export interface SegmentLimits {
  readonly segmentBytes: number
}

/** Whole batches that are kept and deleted together. */
interface Segment {
  readonly baseOffset: bigint
  bytes: number
  maxTimestamp: number
}

/** The records of one partition as one replica has them. Java: `UnifiedLog`. */
export class PartitionLog {
  producers: ProducerStates
  /** Records below it are on all replicas in sync, as far as this replica knows. Consumers see no further. */
  highWatermark = 0n
  private readonly epochs = new LeaderEpochs()
  private readonly memory: LogMemory
  private readonly producerIdExpirationMs: number
  private readonly batches: StoredBatch[] = []
  private readonly segments: Segment[] = []
  private start = 0n
  private end = 0n
  private bytes = 0
  /** What a restart begins with: see `snapshotProducers`. */
  private snapshot: { readonly producers: ProducerStates; endOffset: bigint }

  constructor(options: { readonly producerIdExpirationMs: number; readonly memory: LogMemory }) {
    this.producerIdExpirationMs = options.producerIdExpirationMs
    this.memory = options.memory
    this.producers = this.noProducers()
    this.snapshot = { producers: this.noProducers(), endOffset: 0n }
  }

  /** Offset of the first record that can be read. It may lie inside of a batch (DeleteRecords). */
  get startOffset(): bigint {
    return this.start
  }

  /** Offset that the next record will get. */
  get endOffset(): bigint {
    return this.end
  }

  get sizeBytes(): number {
    return this.bytes
  }

  get stored(): readonly StoredBatch[] {
    return this.batches
  }

  /** Leader epoch of the last record; -1 of an empty log. */
  get latestEpoch(): number {
    return this.epochs.latest
  }

  /** Where a leader epoch ends (KIP-101). */
  endOfEpoch(epoch: number): EpochEnd {
    return this.epochs.endOf(epoch, this.end)
  }

  /** This replica leads from here on with a new epoch, whether or not anything is ever written in it. */
  beginEpoch(epoch: number): void {
    this.epochs.appended(epoch, this.end)
  }

  /** Appends as the leader. The batch was judged before; its bytes become the log's own. */
  append(batch: AcceptedBatch, leaderEpoch: number, limits: SegmentLimits): StoredBatch {
    const baseOffset = this.end
    const { bytes, maxTimestamp, recordCount, producerId, producerEpoch, firstSequence } = batch
    setBaseOffset(bytes, 0, baseOffset)
    setPartitionLeaderEpoch(bytes, 0, leaderEpoch)
    const lastOffset = baseOffset + BigInt(recordCount - 1)
    const stored: StoredBatch = {
      baseOffset,
      lastOffset,
      leaderEpoch,
      maxTimestamp,
      bytes,
      recordCount,
      producerId,
      producerEpoch,
      firstSequence,
      holders: 0,
    }
    this.appendStored(stored, limits)
    return stored
  }

  /** Appends what another replica has, without judging it (B43). It must be what comes next. */
  appendStored(batch: StoredBatch, limits: SegmentLimits): void {
    const { baseOffset, lastOffset, bytes, maxTimestamp } = batch
    this.memory.hold(batch)
    this.batches.push(batch)
    this.epochs.appended(batch.leaderEpoch, baseOffset)
    const active = this.segments.at(-1)
    if (active === undefined || active.bytes + bytes.length > limits.segmentBytes) {
      this.segments.push({ baseOffset, bytes: bytes.length, maxTimestamp })
    } else {
      active.bytes += bytes.length
      active.maxTimestamp = Math.max(active.maxTimestamp, maxTimestamp)
    }
    this.end = lastOffset + 1n
    this.bytes += bytes.length
    if (batch.producerId >= 0n) this.producers.appended(batch, baseOffset, maxTimestamp)
  }

  /**
   * Whole batches from the one that holds `offset`, up to `bytesMax` and not past `until`; the first is read whatever
   * its size if `atLeastOne`. The offset must be within the log.
   */
  read(
    offset: bigint,
    limits: { readonly bytesMax: number; readonly atLeastOne: boolean; readonly until?: bigint },
  ): readonly StoredBatch[] {
    const { until = this.end } = limits
    const first = this.indexOf(offset)
    let after = first
    let bytes = 0
    for (; after < this.batches.length; after++) {
      const batch = this.batches[after]
      if (batch === undefined || batch.lastOffset >= until) break
      bytes += batch.bytes.length
      if (bytes > limits.bytesMax && !(after === first && limits.atLeastOne)) break
    }
    return this.batches.slice(first, after)
  }

  /** The batch that begins at `baseOffset`, if one does. */
  batchAt(baseOffset: bigint): StoredBatch | undefined {
    const batch = this.batches[this.indexOf(baseOffset)]
    return batch?.baseOffset === baseOffset ? batch : undefined
  }

  /** What the leader says is on all replicas in sync; a follower cannot vouch for more than it has. */
  hearHighWatermark(ofLeader: bigint): void {
    this.highWatermark = ofLeader > this.end ? this.end : ofLeader
  }

  /** Throws away everything from `offset` on, as a follower does whose leader never had it. Returns how many records. */
  truncateTo(offset: bigint): number {
    const before = this.end
    while ((this.batches.at(-1)?.lastOffset ?? -1n) >= offset) this.forget(this.batches.pop())
    if (this.end <= offset) return 0
    this.end = (this.batches.at(-1)?.lastOffset ?? this.start - 1n) + 1n
    if (this.end < this.start) this.start = this.end
    if (this.highWatermark > this.end) this.highWatermark = this.end
    this.epochs.truncateFromEnd(this.end)
    this.rebuildSegmentsFrom(this.end)
    this.restoreProducers()
    return Number(before - this.end)
  }

  /** Starts over, empty: what this replica has ends before the leader's log begins. */
  startOverAt(offset: bigint): void {
    for (const batch of this.batches.splice(0)) this.forget(batch)
    this.segments.length = 0
    this.epochs.clear()
    this.start = offset
    this.end = offset
    this.highWatermark = offset
    this.snapshot = { producers: this.noProducers(), endOffset: offset }
    this.producers = this.noProducers()
  }

  /** Moves the start to `offset`, which is not behind the end. Batches wholly before it go; returns their bytes. */
  deleteBefore(offset: bigint): number {
    if (offset <= this.start) return 0
    let count = 0
    let freed = 0
    while (count < this.batches.length && (this.batches[count]?.lastOffset ?? offset) < offset) count++
    for (const batch of this.batches.splice(0, count)) {
      // A later restart can no longer read it, so what it says about its producer moves to the snapshot (KAFKA-7190).
      if (batch.baseOffset >= this.snapshot.endOffset) this.addToSnapshot(batch)
      freed += batch.bytes.length
      this.forget(batch)
    }
    this.start = offset
    if (this.highWatermark < offset) this.highWatermark = offset
    this.epochs.truncateFromStart(offset)
    while (this.segments.length > 1 && (this.segments[1]?.baseOffset ?? offset) <= offset) this.segments.shift()
    if (this.batches.length === 0) this.segments.length = 0
    return freed
  }

  /** Deletes the oldest batch. Returns the bytes freed. */
  deleteOldest(): number {
    const oldest = this.batches[0]
    return oldest === undefined ? 0 : this.deleteBefore(oldest.lastOffset + 1n)
  }

  /**
   * Where the log should begin by time and size, as whole segments go; its start if nothing is due. Negative limits are
   * none. Java: `UnifiedLog.deleteOldSegments`; nothing above the high watermark is ever deleted.
   */
  retentionStart(limits: { readonly retentionMs: number; readonly retentionBytes: number }, wallMs: number): bigint {
    let start = this.start
    let bytes = this.bytes
    for (const [index, segment] of this.segments.entries()) {
      const next = this.segments[index + 1]?.baseOffset ?? this.end
      const isTooOld = limits.retentionMs >= 0 && wallMs - segment.maxTimestamp > limits.retentionMs
      const isTooMuch = limits.retentionBytes >= 0 && bytes - segment.bytes >= limits.retentionBytes
      // By size the active segment stays, by time it goes like any other.
      const isActive = index === this.segments.length - 1
      if (next > this.highWatermark || !(isTooOld || (isTooMuch && !isActive))) break
      start = next
      bytes -= segment.bytes
    }
    return start
  }

  /**
   * What a broker writes down of the producers when it shuts down in good order: of each only the last batch (B42).
   * Java: `ProducerStateManager.takeSnapshot`.
   */
  snapshotProducers(): void {
    this.snapshot = { producers: this.producers.lastBatches(), endOffset: this.end }
  }

  /**
   * What a broker knows of the producers after a start: the last snapshot, and what the log behind it tells. Java:
   * `UnifiedLog.rebuildProducerState`.
   */
  restoreProducers(): void {
    if (this.snapshot.endOffset > this.end) this.snapshot = { producers: this.noProducers(), endOffset: 0n }
    const producers = this.snapshot.producers.lastBatches()
    for (let i = this.indexOf(this.snapshot.endOffset); i < this.batches.length; i++) {
      const batch = this.batches[i]
      if (batch !== undefined && batch.producerId >= 0n) producers.appended(batch, batch.baseOffset, batch.maxTimestamp)
    }
    this.producers = producers
  }

  /** Everything this replica knew about producers is gone, also for a restart. */
  loseProducers(): void {
    this.producers = this.noProducers()
    this.snapshot = { producers: this.noProducers(), endOffset: this.end }
  }

  /** Lets go of all memory: the topic is gone. */
  dispose(): void {
    for (const batch of this.batches.splice(0)) this.forget(batch)
  }

  private noProducers(): ProducerStates {
    return new ProducerStates({ expirationMs: this.producerIdExpirationMs })
  }

  private forget(batch: StoredBatch | undefined): void {
    if (batch === undefined) return
    this.bytes -= batch.bytes.length
    this.memory.release(batch)
  }

  private addToSnapshot(batch: StoredBatch): void {
    const { producers } = this.snapshot
    if (batch.producerId >= 0n) producers.appended(batch, batch.baseOffset, batch.maxTimestamp)
    this.snapshot = { producers: producers.lastBatches(), endOffset: batch.lastOffset + 1n }
  }

  /** After a truncation: the last segment that is left ends there. */
  private rebuildSegmentsFrom(end: bigint): void {
    while ((this.segments.at(-1)?.baseOffset ?? -1n) >= end) this.segments.pop()
    const active = this.segments.at(-1)
    if (active === undefined) return
    const left = this.batches.slice(this.indexOf(active.baseOffset))
    active.bytes = left.reduce((sum, batch) => sum + batch.bytes.length, 0)
    active.maxTimestamp = left.reduce((max, batch) => Math.max(max, batch.maxTimestamp), -1)
  }

  /** Index of the first batch that ends at or after `offset`. */
  private indexOf(offset: bigint): number {
    let low = 0
    let high = this.batches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.batches[middle]?.lastOffset ?? 0n) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
