import {
  batchHeaderBytes,
  type CompressionCodec,
  type Header,
  invariant,
  recordBytesUpperBound,
} from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { Cluster, ClusterNode } from '../metadata/cluster.ts'
import type { PartitionLoads } from '../partitioners/sticky.ts'
import type { OnCompletion } from '../record.ts'
import type { Trace } from '../trace.ts'
import { BufferPool } from './buffer-pool.ts'
import { CompressionRatios } from './compression-ratios.ts'
import { IncompleteBatches } from './incomplete-batches.ts'
import type { LinkedList } from './linked-list.ts'
import { NodeAvailability } from './node-availability.ts'
import type { OutcomeGroup, TellInGroups } from './outcome-group.ts'
import { partitionLoads } from './partition-loads.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { type BatchOptions, type EncodedRecord, ProducerBatch } from './producer-batch.ts'
import { type Readiness, readinessOf } from './readiness.ts'
import { LedgerPool } from './record-ledger.ts'
import { queueOf, TopicQueues, type TopicState } from './topic-queues.ts'

export interface AccumulatorOptions {
  readonly batchSize: number
  readonly lingerMs: number
  readonly bufferMemory: number
  readonly deliveryTimeoutMs: number
  readonly partitionerAdaptivePartitioningEnable: boolean
  readonly partitionerAvailabilityTimeoutMs: number
  readonly codec: CompressionCodec | undefined
  readonly trace: Trace | undefined
}

/** What one broker could be sent now. */
export interface NodeWork {
  readonly node: ClusterNode
  /** Partitions whose first batch may go, longest unserved first. */
  readonly partitions: PartitionQueue[]
  /** Whether any of them must not wait any longer. The others go along, if there is room. */
  isReady: boolean
}

export interface ReadyCheck {
  readonly work: readonly NodeWork[]
  /** Nodes for which data waits behind a batch that they have not answered. */
  readonly heldUp: ReadonlySet<number>
  /** When something becomes ready without an event. */
  readonly nextCheckMs: number
  readonly topicsWithoutLeader: ReadonlySet<string>
}

export type AppendResult = 'appended' | 'batch-created' | 'batch-full' | 'no-memory'

/** Where a record is to go, and what is known at that moment. */
export interface AppendAt {
  readonly topic: string
  /** Undefined: the sticky partitioner chooses. */
  readonly partition: number | undefined
  /** The record's running number. */
  readonly sendNumber: number
  readonly cluster: Cluster
  readonly nowMs: number
}

/** Batches per partition: append, ready, drain, put back. Java's RecordAccumulator. */
export class RecordAccumulator {
  readonly pool: BufferPool
  readonly ratios = new CompressionRatios()
  /**
   * `batch.size` 0: one record per batch.
   * Differs from Java, where the room for the longest possible encoding of one small record may hold three.
   */
  private readonly isBatching: boolean
  private readonly options: AccumulatorOptions
  private readonly queues: TopicQueues
  private readonly incomplete: IncompleteBatches
  /** Told by the sender, each turn, of every node with data to send. */
  readonly availability: NodeAvailability
  private readonly ledgers = new LedgerPool()
  private batchesCreated = 0
  private lastJoined: ProducerBatch | undefined

  constructor(random: Random, options: AccumulatorOptions) {
    // Differs from Java: a batch.size above buffer.memory means smaller batches; there every send fails.
    this.options = { ...options, batchSize: Math.max(Math.min(options.batchSize, options.bufferMemory), 1) }
    this.isBatching = options.batchSize > 0
    this.availability = new NodeAvailability(options.partitionerAvailabilityTimeoutMs)
    this.pool = new BufferPool({ totalBytes: options.bufferMemory, poolableBytes: this.options.batchSize })
    this.queues = new TopicQueues(random.fork('accumulator'), { batchBytes: this.options.batchSize })
    this.incomplete = new IncompleteBatches(this.pool)
  }

  /** Without an outcome, by age. */
  get incompleteBatches(): LinkedList<ProducerBatch> {
    return this.incomplete.all
  }

  /** Batches whose memory is in use, done or not. */
  get heldBatches(): LinkedList<ProducerBatch> {
    return this.incomplete.held
  }

  /** Nothing is queued, on the wire, or kept alive by a request. */
  get isEmpty(): boolean {
    return this.incompleteBatches.size === 0 && this.heldBatches.size === 0
  }

  get hasQueued(): boolean {
    return this.queues.queued.size > 0
  }

  get queuedPartitionCount(): number {
    return this.queues.queued.size
  }

  get queuedPartitions(): Iterable<PartitionQueue> {
    return this.queues.queued
  }

  /** Memory that a batch for this record alone would need. */
  bytesNeeded(record: EncodedRecord): number {
    const upperBound = batchHeaderBytes + recordBytesUpperBound(record.key, record.value, record.headers)
    return Math.max(this.options.batchSize, upperBound)
  }

  /** HOT: once per record. Without a partition the sticky partitioner chooses. */
  append(record: EncodedRecord, at: AppendAt): AppendResult {
    const topic = this.queues.topic(at.topic)
    if (at.partition === undefined) return this.appendSticky(topic, record, at)
    const queue = queueOf(topic, at.partition)
    const { tail } = queue
    return this.isBatching && tail?.tryAppend(record) ? appendedTo(tail) : this.appendToNew(queue, record, at)
  }

  /**
   * HOT: once per record. Into the open batch of the partition, if it has room; undefined: `append` decides. Without
   * a callback the record is in `joinedGroup` then.
   */
  join(
    topic: string,
    partition: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly Header[],
    timestampMs: number,
    tell: OnCompletion | TellInGroups,
  ): AppendResult | undefined {
    const tail = this.isBatching ? this.queues.topic(topic).partitions[partition]?.tail : undefined
    if (tail === undefined || !tail.tryAppendFields(key, value, headers, timestampMs, tell)) return undefined
    this.lastJoined = tail
    return appendedTo(tail)
  }

  /** Of the record that has joined a batch just now, without a callback. */
  get joinedGroup(): OutcomeGroup {
    invariant(this.lastJoined !== undefined, 'a record has joined a batch')
    return this.lastJoined.openGroup
  }

  private appendSticky(topic: TopicState, record: EncodedRecord, at: AppendAt): AppendResult {
    const { sticky } = topic
    let queue = queueOf(topic, sticky.current ?? sticky.choose(this.loadsOf(topic, at)))
    let bytesBefore = 0
    let isAppended = false
    for (;;) {
      const { tail } = queue
      bytesBefore = tail === undefined || tail.isFull ? 0 : tail.estimatedBytes
      if (bytesBefore > 0) isAppended = this.isBatching && tail?.tryAppend(record) === true
      if (isAppended) break
      // Leaving was put off while a batch was half full. It has been sent since, or has no room for this record.
      if (!sticky.isOverAfter(0, true)) break
      const next = queueOf(topic, sticky.choose(this.loadsOf(topic, at)))
      if (next === queue) break
      queue = next
    }
    const result = isAppended && queue.tail ? appendedTo(queue.tail) : this.appendToNew(queue, record, at)
    if (result === 'no-memory') return result
    const tail = queue.tail
    invariant(tail !== undefined, 'a queue has a tail after an append')
    const bytes = tail.estimatedBytes - (isAppended ? bytesBefore : 0)
    if (sticky.isOverAfter(bytes, tail.isFull)) sticky.choose(this.loadsOf(topic, at))
    return result
  }

  private appendToNew(queue: PartitionQueue, record: EncodedRecord, at: AppendAt): AppendResult {
    const { pool } = this
    const buffer = pool.tryAllocate(this.bytesNeeded(record))
    if (buffer === undefined) return 'no-memory'
    const batch = this.newBatch(buffer, queue, { createdMs: at.nowMs, firstSend: at.sendNumber, memory: pool })
    invariant(batch.tryAppend(record), 'a new batch takes its first record')
    queue.push(batch)
    this.queues.list(queue)
    this.incomplete.add(batch)
    return 'batch-created'
  }

  /** One look at every queue with data. `isHurried`: nothing lingers, because of flush, close or sends out of memory. */
  ready(cluster: Cluster, nowMs: number, options: { readonly isHurried: boolean }): ReadyCheck {
    // Most turns: an answer came, and everything is on its way.
    if (this.queues.queued.size === 0) return nothingReady
    const work = new Map<number, NodeWork>()
    const topicsWithoutLeader = new Set<string>()
    const heldUp = new Set<number>()
    let nextCheckMs = Number.POSITIVE_INFINITY
    for (let link = this.queues.queued.first; link !== undefined; link = link.next) {
      const queue = link.item
      const leader = cluster.leaderOf(queue.topic, queue.partition)
      if (leader === undefined) topicsWithoutLeader.add(queue.topic)
      if (leader === undefined) continue
      const readiness = this.readiness(queue, leader.leaderEpoch, { nowMs, isHurried: options.isHurried })
      if (queue.isMuted) {
        if (readiness.kind === 'sendable') heldUp.add(leader.node.id)
        continue
      }
      if (readiness.kind !== 'sendable') nextCheckMs = Math.min(nextCheckMs, readiness.untilMs)
      if (readiness.kind === 'backing-off') continue
      let node = work.get(leader.node.id)
      if (node === undefined) {
        node = { node: leader.node, partitions: [], isReady: false }
        work.set(leader.node.id, node)
      }
      node.partitions.push(queue)
      if (readiness.kind === 'sendable') node.isReady = true
    }
    const ready = [...work.values()].filter((node) => node.isReady)
    return { work: ready, heldUp, nextCheckMs, topicsWithoutLeader }
  }

  private readiness(
    queue: PartitionQueue,
    leaderEpoch: number | undefined,
    at: { readonly nowMs: number; readonly isHurried: boolean },
  ): Readiness {
    const head = queue.head
    invariant(head !== undefined, 'a queue with data has a head')
    const sentTo = head.leaderEpochWhenSent
    const hasNewLeader = leaderEpoch !== undefined && sentTo !== undefined && leaderEpoch > sentTo
    const { createdMs, attempts, retryAtMs } = head
    const isFull = head.isFull || queue.length > 1 || !this.isBatching
    const facts = {
      createdMs,
      attempts,
      retryAtMs,
      isFull,
      hasNewLeader,
      lingerMs: this.options.lingerMs,
      isHurried: at.isHurried,
    }
    return readinessOf(facts, at.nowMs)
  }

  /**
   * Takes at most one batch per partition, longest unserved partition first, as much as fits into `bytesMax`; a batch
   * larger than that goes alone. `take` numbers and closes a batch and says what it came to; undefined is the veto of
   * idempotence. Until a batch is closed its size is an estimate, so only the last one can come out above it (K19).
   *
   * Differs from Java: a vetoed partition, or one whose batch does not fit, is passed over instead of ending the walk (K3).
   * It keeps its place, so it is first in line for the next request.
   */
  drain(
    work: NodeWork,
    options: { readonly bytesMax: number; readonly take: (batch: ProducerBatch) => number | undefined },
  ): ProducerBatch[] {
    const taken: ProducerBatch[] = []
    let bytes = 0
    for (const queue of work.partitions) {
      const head = queue.head
      invariant(head !== undefined, 'a queue with data has a head')
      if (taken.length > 0 && bytes + head.estimatedBytes > options.bytesMax) continue
      const headBytes = options.take(head)
      if (headBytes === undefined) continue
      bytes += headBytes
      taken.push(queue.takeHead())
      // To the end of the line.
      this.queues.unlist(queue)
      if (queue.length > 0) this.queues.list(queue)
    }
    return taken
  }

  /** Back to its place in the queue, to be sent again. */
  putBack(batch: ProducerBatch): void {
    const queue = this.queues.queueOf(batch)
    queue.putBack(batch)
    this.queues.list(queue)
  }

  /** In place of a batch that was too large. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const queue = this.queues.queueOf(batch)
    queue.replace(batch, parts)
    this.queues.list(queue)
    this.incomplete.replace(batch, parts)
  }

  newBatch(
    buffer: Uint8Array,
    where: { readonly topic: string; readonly partition: number },
    options: Pick<BatchOptions, 'createdMs' | 'firstSend' | 'memory'>,
  ): ProducerBatch {
    const { topic, partition } = where
    const { createdMs, firstSend, memory } = options
    const { ledgers } = this
    const { deliveryTimeoutMs, codec, trace } = this.options
    const id = this.batchesCreated++
    const compressionRatio = codec === undefined ? 1 : this.ratios.of(topic)
    trace?.({ event: 'batch-created', batch: id, topic, partition })
    return new ProducerBatch(buffer, {
      id,
      topic,
      partition,
      createdMs,
      deliveryTimeoutMs,
      firstSend,
      codec,
      compressionRatio,
      memory,
      ledgers,
    })
  }

  get batchBytes(): number {
    return this.options.batchSize
  }

  /** Whether it was waiting to be sent. */
  removeQueued(batch: ProducerBatch): boolean {
    const queue = this.queues.queueOf(batch)
    const wasQueued = queue.remove(batch)
    if (queue.length === 0) this.queues.unlist(queue)
    return wasQueued
  }

  /**
   * It has its outcome; returns the batches whose callers can be told because of that. Memory goes back with `free`, when
   * no request holds it either.
   */
  settle(batch: ProducerBatch): ProducerBatch[] {
    this.incomplete.settle(batch)
    return this.queues.queueOf(batch).takeTellable()
  }

  /** The memory of a batch that has its outcome and is in no request (K1). Call once. */
  free(batch: ProducerBatch): void {
    this.incomplete.free(batch)
  }

  setMuted(batch: ProducerBatch, isMuted: boolean): void {
    this.queues.queueOf(batch).isMuted = isMuted
  }

  checkInvariants(): void {
    for (const { partitions, queued } of this.queues.all) {
      for (const queue of partitions) {
        if (queue === undefined) continue
        const isListed = this.queues.queued.has(queue.queuedLink) && queued.has(queue.queuedInTopicLink)
        // The message only when it is needed: simulations check every few events.
        if (queue.length > 0 !== isListed) invariant(false, `${queue.topic}-${queue.partition}: listed iff it has data`)
        let hasNew = false
        for (const batch of queue) {
          if (!this.incompleteBatches.has(batch.incompleteLink) || batch.isDone)
            invariant(false, `${batch.where}: queued and done`)
          if (batch.hasSequence && hasNew) invariant(false, `${queue.topic}-${queue.partition}: retries come first`)
          hasNew ||= !batch.hasSequence
        }
      }
    }
    this.incomplete.checkInvariants()
  }

  private loadsOf(topic: TopicState, at: AppendAt): PartitionLoads {
    const { queues, availability } = this
    const isAdaptive = this.options.partitionerAdaptivePartitioningEnable
    return partitionLoads(topic, { cluster: at.cluster, nowMs: at.nowMs, queues, availability, isAdaptive })
  }
}

/** The sender need not hear of a record that joined a batch which has room for more: it waits, or others are before it. */
function appendedTo(tail: ProducerBatch): AppendResult {
  return tail.isFull ? 'batch-full' : 'appended'
}

const nothingReady: ReadyCheck = {
  work: [],
  heldUp: new Set<number>(),
  nextCheckMs: Number.POSITIVE_INFINITY,
  topicsWithoutLeader: new Set<string>(),
}
