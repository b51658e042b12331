import { batchHeaderBytes, type CompressionCodec, invariant, recordBytesUpperBound } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { Cluster, ClusterNode } from '../metadata/cluster.ts'
import { type PartitionLoads, StickyPartitioner } from '../partitioners/sticky.ts'
import type { Trace } from '../trace.ts'
import { BufferPool } from './buffer-pool.ts'
import { CompressionRatios } from './compression-ratios.ts'
import { PartitionQueue } from './partition-queue.ts'
import { type BatchOptions, type EncodedRecord, ProducerBatch } from './producer-batch.ts'
import { type Readiness, readinessOf } from './readiness.ts'

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

interface TopicState {
  readonly partitions: Map<number, PartitionQueue>
  readonly sticky: StickyPartitioner<AppendAt>
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
  private readonly random: Random
  private readonly topics = new Map<string, TopicState>()
  /** Queues with data, longest unserved first. A turn looks at these and at no others. */
  private readonly queued = new Set<PartitionQueue>()
  /** Every batch without an outcome, queued or on the wire, by creation: the first is the first to expire. */
  private readonly incomplete = new Set<ProducerBatch>()
  /** Batches whose memory is still in use: the incomplete ones, and those that a request outlives. */
  private readonly holding = new Set<ProducerBatch>()
  /** Per node: since when it has had data that it could not be sent; for `partitioner.availability.timeout.ms`. */
  private readonly stuckSinceMs = new Map<number, number>()
  private batchesCreated = 0

  constructor(random: Random, options: AccumulatorOptions) {
    this.random = random.fork('accumulator')
    // Differs from Java: a batch.size above buffer.memory means smaller batches; there every send fails.
    this.options = { ...options, batchSize: Math.max(Math.min(options.batchSize, options.bufferMemory), 1) }
    this.isBatching = options.batchSize > 0
    this.pool = new BufferPool({ totalBytes: options.bufferMemory, poolableBytes: this.options.batchSize })
  }

  get incompleteBatches(): ReadonlySet<ProducerBatch> {
    return this.incomplete
  }

  /** Batches whose memory is in use, done or not. */
  get heldBatches(): ReadonlySet<ProducerBatch> {
    return this.holding
  }

  /** Nothing is queued, on the wire, or kept alive by a request. */
  get isEmpty(): boolean {
    return this.incomplete.size === 0 && this.holding.size === 0
  }

  get hasQueued(): boolean {
    return this.queued.size > 0
  }

  get queuedPartitions(): Iterable<PartitionQueue> {
    return this.queued
  }

  /** Memory that a batch for this record alone would need. */
  bytesNeeded(record: EncodedRecord): number {
    const upperBound = batchHeaderBytes + recordBytesUpperBound(record.key, record.value, record.headers)
    return Math.max(this.options.batchSize, upperBound)
  }

  /** HOT: once per record. Without a partition the sticky partitioner chooses. */
  append(record: EncodedRecord, at: AppendAt): AppendResult {
    const topic = this.topicState(at.topic)
    if (at.partition === undefined) return this.appendSticky(topic, record, at)
    const queue = this.queueOf(topic, at.topic, at.partition)
    return this.isBatching && queue.tail?.tryAppend(record) ? appendedTo(queue) : this.appendToNew(queue, record, at)
  }

  private appendSticky(topic: TopicState, record: EncodedRecord, at: AppendAt): AppendResult {
    const { sticky } = topic
    let queue = this.queueOf(topic, at.topic, sticky.peek(at))
    let bytesBefore = 0
    let isAppended = false
    for (;;) {
      const { tail } = queue
      bytesBefore = tail === undefined || tail.isFull ? 0 : tail.estimatedBytes
      if (bytesBefore > 0) isAppended = this.isBatching && tail?.tryAppend(record) === true
      if (isAppended) break
      // Leaving was put off while a batch was half full. It has been sent since, or has no room for this record.
      sticky.update(0, { mayLeave: true, context: at })
      const next = this.queueOf(topic, at.topic, sticky.peek(at))
      if (next === queue) break
      queue = next
    }
    const result = isAppended ? appendedTo(queue) : this.appendToNew(queue, record, at)
    if (result === 'no-memory') return result
    const tail = queue.tail
    invariant(tail !== undefined, 'a queue has a tail after an append')
    const bytes = tail.estimatedBytes - (isAppended ? bytesBefore : 0)
    sticky.update(bytes, { mayLeave: tail.isFull, context: at })
    return result
  }

  private appendToNew(queue: PartitionQueue, record: EncodedRecord, at: AppendAt): AppendResult {
    const buffer = this.pool.tryAllocate(this.bytesNeeded(record))
    if (buffer === undefined) return 'no-memory'
    const batch = this.newBatch(buffer, queue, { createdMs: at.nowMs, firstSend: at.sendNumber, isPooled: true })
    invariant(batch.tryAppend(record), 'a new batch takes its first record')
    queue.push(batch)
    this.queued.add(queue)
    this.incomplete.add(batch)
    this.holding.add(batch)
    return 'batch-created'
  }

  /** One look at every queue with data. `isHurried`: nothing lingers, because of flush, close or sends out of memory. */
  ready(cluster: Cluster, nowMs: number, options: { readonly isHurried: boolean }): ReadyCheck {
    const work = new Map<number, NodeWork>()
    const topicsWithoutLeader = new Set<string>()
    let nextCheckMs = Number.POSITIVE_INFINITY
    for (const queue of this.queued) {
      const leader = cluster.leaderOf(queue.topic, queue.partition)
      if (leader === undefined) topicsWithoutLeader.add(queue.topic)
      if (leader === undefined || queue.isMuted) continue
      const readiness = this.readiness(queue, leader.leaderEpoch, { nowMs, isHurried: options.isHurried })
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
    return { work: ready, nextCheckMs, topicsWithoutLeader }
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
   * larger than that goes alone. `mayDrain` is the veto of idempotence.
   *
   * Differs from Java: a vetoed partition, or one whose batch does not fit, is passed over instead of ending the walk (K3).
   * It keeps its place, so it is first in line for the next request.
   */
  drain(
    work: NodeWork,
    options: { readonly bytesMax: number; readonly mayDrain: (batch: ProducerBatch) => boolean },
  ): ProducerBatch[] {
    const taken: ProducerBatch[] = []
    let bytes = 0
    for (const queue of work.partitions) {
      const head = queue.head
      invariant(head !== undefined, 'a queue with data has a head')
      if (taken.length > 0 && bytes + head.estimatedBytes > options.bytesMax) continue
      if (!options.mayDrain(head)) continue
      bytes += head.estimatedBytes
      taken.push(queue.takeHead())
      // To the end of the line.
      this.queued.delete(queue)
      if (queue.length > 0) this.queued.add(queue)
    }
    return taken
  }

  /** Back to its place in the queue, to be sent again. */
  putBack(batch: ProducerBatch): void {
    const queue = this.queueFor(batch)
    queue.putBack(batch)
    this.queued.add(queue)
  }

  /** In place of a batch that was too large. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const queue = this.queueFor(batch)
    queue.replace(batch, parts)
    this.queued.add(queue)
    // The parts are as old as the whole; keep the order by age.
    const ordered = [...this.incomplete].flatMap((other) => (other === batch ? [...parts] : [other]))
    this.incomplete.clear()
    for (const other of ordered) this.incomplete.add(other)
    for (const part of parts) this.holding.add(part)
  }

  newBatch(
    buffer: Uint8Array,
    where: { readonly topic: string; readonly partition: number },
    options: Pick<BatchOptions, 'createdMs' | 'firstSend'> & { readonly isPooled: boolean },
  ): ProducerBatch {
    const { topic, partition } = where
    const { deliveryTimeoutMs, codec, trace } = this.options
    const id = this.batchesCreated++
    const compressionRatio = codec === undefined ? 1 : this.ratios.of(topic)
    trace?.({ event: 'batch-created', batch: id, topic, partition })
    return new ProducerBatch(buffer, { ...options, id, topic, partition, deliveryTimeoutMs, codec, compressionRatio })
  }

  get batchBytes(): number {
    return this.options.batchSize
  }

  /** Whether it was waiting to be sent. */
  removeQueued(batch: ProducerBatch): boolean {
    const queue = this.queueFor(batch)
    const wasQueued = queue.remove(batch)
    if (queue.length === 0) this.queued.delete(queue)
    return wasQueued
  }

  /**
   * It has its outcome; returns the batches whose callers can be told because of that. Memory goes back with `free`, when
   * no request holds it either.
   */
  settle(batch: ProducerBatch): ProducerBatch[] {
    this.incomplete.delete(batch)
    return this.queueFor(batch).takeTellable()
  }

  /** The memory of a batch that has its outcome and is in no request (K1). Call once. */
  free(batch: ProducerBatch): void {
    invariant(batch.isDone && !batch.isInRequest, `${batch.where}: freed too early`)
    invariant(this.holding.delete(batch), `${batch.where}: freed twice`)
    if (batch.pooledBuffer !== undefined) this.pool.deallocate(batch.pooledBuffer)
  }

  setMuted(batch: ProducerBatch, isMuted: boolean): void {
    this.queueFor(batch).isMuted = isMuted
  }

  /** Told each turn for a node with data to send: `canSend` says whether it could take some. */
  noteAvailability(node: number, options: { readonly canSend: boolean; readonly nowMs: number }): void {
    if (this.options.partitionerAvailabilityTimeoutMs === 0) return
    if (options.canSend) this.stuckSinceMs.delete(node)
    else if (!this.stuckSinceMs.has(node)) this.stuckSinceMs.set(node, options.nowMs)
  }

  checkInvariants(): void {
    for (const { partitions } of this.topics.values()) {
      for (const queue of partitions.values()) {
        invariant(
          queue.length > 0 === this.queued.has(queue),
          `${queue.topic}-${queue.partition}: listed iff it has data`,
        )
        for (const batch of queue)
          invariant(this.incomplete.has(batch) && !batch.isDone, `${batch.where}: queued and done`)
        const batches = [...queue]
        const firstNew = batches.findIndex((batch) => !batch.hasSequence)
        const later = firstNew < 0 ? [] : batches.slice(firstNew)
        invariant(
          later.every((batch) => !batch.hasSequence),
          `${queue.topic}-${queue.partition}: retries come first`,
        )
      }
    }
    let heldBytes = 0
    for (const batch of this.holding) heldBytes += batch.pooledBuffer?.length ?? 0
    const usedBytes = this.pool.totalBytes - this.pool.availableBytes
    invariant(heldBytes === usedBytes, `batches hold ${heldBytes} bytes, the pool says ${usedBytes}`)
    invariant(this.pool.availableBytes >= 0, 'the pool is never overdrawn')
    let earlierMs = Number.NEGATIVE_INFINITY
    for (const batch of this.incomplete) {
      invariant(batch.createdMs >= earlierMs, `${batch.where}: batches are kept by age`)
      earlierMs = batch.createdMs
    }
  }

  private topicState(topic: string): TopicState {
    let state = this.topics.get(topic)
    if (state === undefined) {
      const partitions = new Map<number, PartitionQueue>()
      const sticky = new StickyPartitioner<AppendAt>(this.random.fork(`sticky ${topic}`), {
        batchBytes: this.options.batchSize,
        measure: (at) => this.loadsOf(partitions, at),
      })
      state = { partitions, sticky }
      this.topics.set(topic, state)
    }
    return state
  }

  private queueOf(state: TopicState, topic: string, partition: number): PartitionQueue {
    let queue = state.partitions.get(partition)
    if (queue === undefined) {
      queue = new PartitionQueue(topic, partition)
      state.partitions.set(partition, queue)
    }
    return queue
  }

  private queueFor(batch: ProducerBatch): PartitionQueue {
    return this.queueOf(this.topicState(batch.topic), batch.topic, batch.partition)
  }

  /**
   * Differs from Java: measured when a partition is chosen, not on each pass; and a stuck leader's partitions are left
   * out even when nothing is queued for them, where Java takes them for the emptiest of all (K4).
   */
  private loadsOf(partitions: ReadonlyMap<number, PartitionQueue>, at: AppendAt): PartitionLoads {
    const { partitionerAdaptivePartitioningEnable, partitionerAvailabilityTimeoutMs: timeoutMs } = this.options
    const partitionCount = at.cluster.partitionCount(at.topic) ?? 1
    const available = at.cluster.availablePartitions(at.topic)
    // As in Java: no statistics before every partition was used once.
    if (!partitionerAdaptivePartitioningEnable || partitions.size < partitionCount) {
      return { partitionCount, available, queueSizes: undefined }
    }
    const queueSizes = available.map((partition) => {
      const leader = at.cluster.leaderOf(at.topic, partition)
      const stuckSinceMs = leader === undefined ? undefined : this.stuckSinceMs.get(leader.node.id)
      const isStuck = timeoutMs > 0 && stuckSinceMs !== undefined && at.nowMs - stuckSinceMs > timeoutMs
      return isStuck ? -1 : (partitions.get(partition)?.length ?? 0)
    })
    return { partitionCount, available, queueSizes }
  }
}

/** The sender need not hear of a record that joined a batch which is waiting for its time. */
function appendedTo(queue: PartitionQueue): AppendResult {
  return queue.length > 1 || queue.tail?.isFull ? 'batch-full' : 'appended'
}
