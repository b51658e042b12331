import { type Header, recordOverheadBytesMax } from '@harrow/protocol'
import type { Clock } from '@harrow/runtime'
import type { TellInGroups } from '../accumulator/outcome-group.ts'
import type { AppendResult, RecordAccumulator } from '../accumulator/record-accumulator.ts'
import type { Completions } from '../completions.ts'
import type { ParsedProducerConfig } from '../config.ts'
import type { ProducerError } from '../errors.ts'
import type { Cluster } from '../metadata/cluster.ts'
import type { Metadata } from '../metadata/metadata.ts'
import { choosePartition } from '../partitioners/choose-partition.ts'
import { partitionForKey } from '../partitioners/murmur2.ts'
import type { OnCompletion } from '../record.ts'
import { completed } from '../record-encoder.ts'
import type { Trace } from '../trace.ts'
import { noMemoryError, noMetadataError, noSerializationError, tooLargeError, topicError } from './admission-errors.ts'
import type { PendingSend } from './pending-send.ts'
import { WaitingSends } from './waiting-sends.ts'

/**
 * From `send` to a place in a batch. Java blocks the calling thread until metadata and memory are there; JavaScript
 * cannot, so records wait here, with their deadline, and in strict order: no record overtakes another of its partition.
 *
 * - While an asynchronous serializer works for a record, later records of its topic wait behind it: their partition may
 *   be the same, and nobody knows before the key is there. All are serialized at once; only their results keep order.
 *   Other topics pass. Differs from Java: a serializer that never answers ends with `max.block.ms`.
 * - Without metadata a record waits with its topic. A later record of the topic can only pass it when the two must go to
 *   different partitions: one waits for a partition that does not exist yet.
 * - Without memory everything queues up behind the first that found none, whatever its topic, even if a batch with room
 *   is open for it. Freed memory goes to the first in line alone.
 */
export class Admission {
  private readonly config: ParsedProducerConfig
  private readonly accumulator: RecordAccumulator
  private readonly metadata: Metadata
  private readonly completions: Completions
  private readonly trace: Trace | undefined
  private readonly clock: Clock
  private readonly waiting: WaitingSends
  private seenUpdates = 0
  /** HOT: what `partitionCountOf` said last. */
  private readonly lastCount: { cluster: Cluster | undefined; topic: string; count: number }
  /** No partitioner of the application, and whatever fits into an open batch is small enough for a request, so that nobody has to look. */
  private readonly mayJoin: boolean
  private readonly ignoresKeys: boolean

  constructor(
    config: ParsedProducerConfig,
    parts: {
      readonly accumulator: RecordAccumulator
      readonly metadata: Metadata
      readonly completions: Completions
      readonly trace: Trace | undefined
      readonly clock: Clock
    },
  ) {
    this.config = config
    this.accumulator = parts.accumulator
    this.metadata = parts.metadata
    this.completions = parts.completions
    this.trace = parts.trace
    this.clock = parts.clock
    this.waiting = new WaitingSends(parts.trace)
    this.lastCount = { cluster: undefined, topic: '', count: 0 }
    const batchBytesMax = parts.accumulator.batchBytes + recordOverheadBytesMax
    const isBatchSmallEnough = batchBytesMax <= Math.min(config.maxRequestSize, config.bufferMemory)
    this.mayJoin = isBatchSmallEnough && config.partitionerClass === undefined
    this.ignoresKeys = config.partitionerIgnoreKeys
  }

  /** Sends that wait for anything. */
  get waitingCount(): number {
    return this.waiting.count
  }

  /** The memory that what waits may need in the end: each record a batch of its own. */
  get waitingBytes(): number {
    return this.waiting.bytes
  }

  get memoryWaiters(): number {
    return this.waiting.forMemory.size
  }

  /** The number of the first send that waits; undefined when none does. */
  get firstWaiting(): number | undefined {
    return this.waiting.first?.sendNumber
  }

  get nextDeadlineMs(): number {
    return this.waiting.first?.deadlineMs ?? Number.POSITIVE_INFINITY
  }

  /** Memory for the first in line may have come free since it was last asked for. */
  get canProceed(): boolean {
    for (const send of this.waiting.forMemory)
      return this.accumulator.bytesNeeded(send.encoded) <= this.accumulator.pool.availableBytes
    return false
  }

  /** Undefined: it waits, or has failed, of which the caller hears in a later turn. */
  submit(send: PendingSend): AppendResult | undefined {
    const nowMs = this.clock.nowMs()
    send.deadlineMs = nowMs + this.config.maxBlockMs
    send.waitsSinceMs = nowMs
    if (send.encoded.serialization !== undefined || this.waiting.forSerializer.has(send.topic)) {
      this.block(send, 'serializer', nowMs)
      return undefined
    }
    return this.enter(send, nowMs)
  }

  /** Once per turn: lets in what can go now, fails what is out of time. */
  run(nowMs: number): void {
    this.enterAllSerialized(nowMs)
    if (this.seenUpdates !== this.metadata.updateVersion) {
      this.seenUpdates = this.metadata.updateVersion
      for (const [topic, sends] of [...this.waiting.forMetadata]) this.retryTopic(topic, sends, nowMs)
    }
    for (const send of this.waiting.forMemory) {
      const result = this.append(send, nowMs)
      if (result === 'no-memory') break
      this.waiting.remove(send, nowMs)
    }
    for (const send of this.waiting.all) {
      if (send.deadlineMs > nowMs) break
      this.expire(send, nowMs)
    }
    // The one that held others back may have been among them.
    this.enterAllSerialized(nowMs)
  }

  /** A record that still waits is taken back: it fails with `error`. False: it is in a batch, or has its outcome. */
  withdraw(sendNumber: number, error: ProducerError, nowMs: number): boolean {
    const send = this.waiting.get(sendNumber)
    if (send !== undefined) this.fail(send, error, nowMs)
    return send !== undefined
  }

  /** A forced close, or an error that nothing survives. */
  failAll(error: ProducerError, nowMs: number): void {
    for (const send of this.waiting.takeAll()) this.fail(send, error, nowMs)
  }

  /**
   * HOT: nearly every record goes this way: nobody waits, and the open batch of its partition has room. It makes no object,
   * and reads no time: the topic counts as in use from when that batch was made. Undefined: nothing was done, and `submit`,
   * its plain form, decides.
   */
  join(
    topic: string,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly Header[],
    timestampMs: number,
    tell: OnCompletion | TellInGroups,
  ): AppendResult | undefined {
    if (!this.mayJoin || this.waiting.count > 0) return undefined
    const partitionCount = this.partitionCountOf(topic)
    let chosen = partition
    if (chosen === undefined) {
      if (partitionCount === 0 || key === null || this.ignoresKeys) return undefined
      chosen = partitionForKey(key, partitionCount)
    } else if (chosen >= partitionCount) return undefined
    return this.accumulator.join(topic, chosen, key, value, headers, timestampMs, tell)
  }

  /** HOT. 0 for a topic that is not known; nearly always asked for the topic of the time before. */
  private partitionCountOf(topic: string): number {
    const { lastCount } = this
    const { cluster } = this.metadata
    if (lastCount.topic !== topic || lastCount.cluster !== cluster) {
      lastCount.cluster = cluster
      lastCount.topic = topic
      lastCount.count = cluster.partitionCount(topic) ?? 0
    }
    return lastCount.count
  }

  private enter(send: PendingSend, nowMs: number): AppendResult | undefined {
    const tooLarge = tooLargeError(send, this.config)
    if (tooLarge !== undefined) return this.fail(send, tooLarge, nowMs)
    this.metadata.use(send.topic, nowMs)
    return this.admit(send, nowMs)
  }

  private enterAllSerialized(nowMs: number): void {
    for (const [topic, sends] of this.waiting.forSerializer) this.enterSerialized(topic, sends, nowMs)
  }

  /** In the order of the calls: up to the first whose serializer is still at work. */
  private enterSerialized(topic: string, sends: PendingSend[], nowMs: number): void {
    while (sends[0]?.encoded.serialization?.isSettled ?? sends.length > 0) {
      const send = sends.shift()!
      try {
        send.encoded = completed(send.encoded)
      } catch (error) {
        this.fail(send, error as ProducerError, nowMs)
        continue
      }
      this.enter(send, nowMs)
    }
    if (sends.length === 0) this.waiting.forSerializer.delete(topic)
  }

  private admit(send: PendingSend, nowMs: number): AppendResult | undefined {
    if (!this.hasMetadataFor(send)) {
      const refusal = this.metadata.errorOf(send.topic)
      if (refusal?.name === 'INVALID_TOPIC_EXCEPTION') return this.fail(send, topicError(send.topic, refusal), nowMs)
      this.waitForMetadata(send, nowMs)
      return undefined
    }
    try {
      send.partition = choosePartition(send, this.config, this.metadata.cluster)
    } catch (error) {
      return this.fail(send, error as ProducerError, nowMs)
    }
    if (this.waiting.forMemory.size > 0) {
      this.waitForMemory(send, nowMs)
      return undefined
    }
    const result = this.append(send, nowMs)
    if (result === 'no-memory') this.waitForMemory(send, nowMs)
    else if (send.waitsFor !== 'nothing') this.waiting.remove(send, nowMs)
    return result
  }

  private append(send: PendingSend, nowMs: number): AppendResult {
    const { topic, partition, sendNumber, encoded } = send
    const { cluster } = this.metadata
    return this.accumulator.append(encoded, { topic, partition, sendNumber, cluster, nowMs })
  }

  private hasMetadataFor({ topic, partition }: PendingSend): boolean {
    const count = this.metadata.cluster.partitionCount(topic)
    return count !== undefined && count > 0 && (partition === undefined || partition < count)
  }

  private waitForMetadata(send: PendingSend, nowMs: number): void {
    this.block(send, 'metadata', nowMs)
    this.metadata.requestUpdateFor(send.topic)
  }

  private waitForMemory(send: PendingSend, nowMs: number): void {
    this.block(send, 'memory', nowMs)
    const availableBytes = this.accumulator.pool.availableBytes
    this.trace?.({ event: 'buffer-wait', bytes: this.accumulator.bytesNeeded(send.encoded), availableBytes })
  }

  private block(send: PendingSend, on: 'serializer' | 'metadata' | 'memory', nowMs: number): void {
    const { accumulator, waiting } = this
    // Its size may not be known yet; it takes a batch at least.
    const isSerialized = send.encoded.serialization === undefined
    const bytes = isSerialized ? accumulator.bytesNeeded(send.encoded) : accumulator.batchBytes
    waiting.add(send, { on, bytes, nowMs })
  }

  /** There is newer metadata: let in what it answers, in order; ask again for the rest. */
  private retryTopic(topic: string, sends: readonly PendingSend[], nowMs: number): void {
    this.waiting.forMetadata.delete(topic)
    const refusal = this.metadata.errorOf(topic)
    this.metadata.use(topic, nowMs)
    for (const send of sends) {
      if (refusal !== undefined && !refusal.retriable && !this.hasMetadataFor(send)) {
        this.fail(send, topicError(topic, refusal), nowMs)
      } else this.admit(send, nowMs)
    }
  }

  private fail(send: PendingSend, error: ProducerError, nowMs: number): undefined {
    if (send.waitsFor !== 'nothing') this.waiting.remove(send, nowMs)
    this.trace?.({ event: 'send-failed', topic: send.topic, because: error.code })
    this.completions.addFailure(send.encoded.onCompletion, error)
  }

  private expire(send: PendingSend, nowMs: number): undefined {
    const { accumulator, config, metadata } = this
    switch (send.waitsFor) {
      case 'memory': {
        const bytes = accumulator.bytesNeeded(send.encoded)
        this.trace?.({ event: 'buffer-exhausted', bytes, availableBytes: accumulator.pool.availableBytes })
        return this.fail(send, noMemoryError(send, { bytes, pool: accumulator.pool, config }), nowMs)
      }
      case 'serializer':
        return this.fail(send, noSerializationError(send, config), nowMs)
      default:
        return this.fail(send, noMetadataError(send, metadata, config), nowMs)
    }
  }
}
