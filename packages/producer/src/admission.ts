import type { Clock } from '@harrow/runtime'
import type { AppendAt, AppendResult, RecordAccumulator } from './accumulator/record-accumulator.ts'
import { noMemoryError, noMetadataError, noSerializationError, tooLargeError, topicError } from './admission-errors.ts'
import type { Completions } from './completions.ts'
import type { ParsedProducerConfig } from './config.ts'
import type { ProducerError } from './errors.ts'
import type { Metadata } from './metadata/metadata.ts'
import { choosePartition } from './partitioners/choose-partition.ts'
import { partitionForKey } from './partitioners/murmur2.ts'
import { completed, type PreparedRecord } from './record-encoder.ts'
import type { Trace } from './trace.ts'

/** A record that `send` accepted and that is in no batch yet. */
export interface PendingSend {
  /** Counts the sends of a producer. */
  sendNumber: number
  topic: string
  /** As asked for; else chosen once the partition count is known; undefined where the sticky partitioner chooses. */
  partition: number | undefined
  key: unknown
  value: unknown
  /** Without key and value as long as these are being serialized. */
  encoded: PreparedRecord
  /** The end of `max.block.ms`: one budget for serializer, metadata and memory. */
  deadlineMs: number
  waitsFor: 'serializer' | 'metadata' | 'memory' | 'nothing'
  waitsSinceMs: number
  /** The memory that it may need, while it waits. */
  waitingBytes: number
}

/** To be filled in: a send that waits for nothing. */
export function emptySend(): PendingSend {
  return {
    sendNumber: -1,
    topic: '',
    partition: undefined,
    key: null,
    value: null,
    encoded: {
      key: null,
      value: null,
      headers: [],
      timestampMs: 0,
      onCompletion: () => {},
      serialization: undefined,
    },
    deadlineMs: 0,
    waitsFor: 'nothing',
    waitsSinceMs: 0,
    waitingBytes: 0,
  }
}

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
  /** All that wait, in the order of their calls, which is also the order of their deadlines. */
  private readonly waiting = new Map<number, PendingSend>()
  private readonly forSerializer = new Map<string, PendingSend[]>()
  private readonly forMetadata = new Map<string, PendingSend[]>()
  private readonly forMemory = new Set<PendingSend>()
  /** HOT: one for all appends; the accumulator keeps none. */
  private readonly at: { -readonly [Field in keyof AppendAt]: AppendAt[Field] }
  private seenUpdates = 0
  private bytesWaiting = 0

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
    const { cluster } = parts.metadata
    this.at = { topic: '', partition: undefined, sendNumber: -1, cluster, nowMs: 0 }
  }

  /** Sends that wait for anything. */
  get waitingCount(): number {
    return this.waiting.size
  }

  /** The memory that what waits may need in the end: each record a batch of its own. */
  get waitingBytes(): number {
    return this.bytesWaiting
  }

  get memoryWaiters(): number {
    return this.forMemory.size
  }

  /** The number of the first send that waits; undefined when none does. */
  get firstWaiting(): number | undefined {
    for (const send of this.waiting.keys()) return send
    return undefined
  }

  get nextDeadlineMs(): number {
    for (const send of this.waiting.values()) return send.deadlineMs
    return Number.POSITIVE_INFINITY
  }

  /** Memory for the first in line may have come free since it was last asked for. */
  get canProceed(): boolean {
    for (const send of this.forMemory)
      return this.accumulator.bytesNeeded(send.encoded) <= this.accumulator.pool.availableBytes
    return false
  }

  /** HOT: once per record. Undefined: it waits, or has failed, of which the caller hears in a later turn. */
  submit(send: PendingSend): AppendResult | undefined {
    if (this.waiting.size === 0 && this.config.partitionerClass === undefined) {
      const joined = this.join(send)
      if (joined !== undefined) return joined
    }
    const nowMs = this.clock.nowMs()
    send.deadlineMs = nowMs + this.config.maxBlockMs
    send.waitsSinceMs = nowMs
    if (send.encoded.serialization !== undefined || this.forSerializer.has(send.topic)) {
      this.waitForSerializer(send, nowMs)
      return undefined
    }
    return this.enter(send, nowMs)
  }

  /** Once per turn: lets in what can go now, fails what is out of time. */
  run(nowMs: number): void {
    this.enterAllSerialized(nowMs)
    if (this.seenUpdates !== this.metadata.updateVersion) {
      this.seenUpdates = this.metadata.updateVersion
      for (const [topic, sends] of [...this.forMetadata]) this.retryTopic(topic, sends, nowMs)
    }
    for (const send of this.forMemory) {
      const result = this.append(send, nowMs)
      if (result === 'no-memory') break
      this.leave(send, nowMs)
    }
    for (const send of this.waiting.values()) {
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
    const sends = [...this.waiting.values()]
    // At once: taking thousands out of their lines one by one takes long.
    this.forSerializer.clear()
    this.forMetadata.clear()
    for (const send of sends) this.fail(send, error, nowMs)
  }

  /**
   * HOT: nearly every record goes this way: nobody waits, and the open batch of its partition has room. No time is read:
   * the topic counts as in use from when that batch was made. Undefined: the long way, which decides the same.
   */
  private join(send: PendingSend): AppendResult | undefined {
    const { encoded, topic } = send
    if (encoded.serialization !== undefined) return undefined
    const partitionCount = this.metadata.cluster.partitionCount(topic)
    if (partitionCount === undefined || partitionCount === 0) return undefined
    let { partition } = send
    if (partition === undefined) {
      if (encoded.key === null || this.config.partitionerIgnoreKeys) return undefined
      partition = partitionForKey(encoded.key, partitionCount)
    } else if (partition >= partitionCount) return undefined
    return tooLargeError(send, this.config) === undefined ? this.accumulator.join(topic, partition, encoded) : undefined
  }

  private enter(send: PendingSend, nowMs: number): AppendResult | undefined {
    const tooLarge = tooLargeError(send, this.config)
    if (tooLarge !== undefined) return this.fail(send, tooLarge, nowMs)
    this.metadata.use(send.topic, nowMs)
    return this.admit(send, nowMs)
  }

  private enterAllSerialized(nowMs: number): void {
    for (const [topic, sends] of this.forSerializer) this.enterSerialized(topic, sends, nowMs)
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
    if (sends.length === 0) this.forSerializer.delete(topic)
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
    if (this.forMemory.size > 0) {
      this.waitForMemory(send, nowMs)
      return undefined
    }
    const result = this.append(send, nowMs)
    if (result === 'no-memory') this.waitForMemory(send, nowMs)
    else if (send.waitsFor !== 'nothing') this.leave(send, nowMs)
    return result
  }

  private append(send: PendingSend, nowMs: number): AppendResult {
    const { at } = this
    at.topic = send.topic
    at.partition = send.partition
    at.sendNumber = send.sendNumber
    at.cluster = this.metadata.cluster
    at.nowMs = nowMs
    return this.accumulator.append(send.encoded, at)
  }

  private hasMetadataFor({ topic, partition }: PendingSend): boolean {
    const count = this.metadata.cluster.partitionCount(topic)
    return count !== undefined && count > 0 && (partition === undefined || partition < count)
  }

  private waitForSerializer(send: PendingSend, nowMs: number): void {
    this.block(send, 'serializer', nowMs)
    const sends = this.forSerializer.get(send.topic)
    if (sends === undefined) this.forSerializer.set(send.topic, [send])
    else sends.push(send)
  }

  private waitForMetadata(send: PendingSend, nowMs: number): void {
    this.block(send, 'metadata', nowMs)
    const sends = this.forMetadata.get(send.topic)
    if (sends === undefined) this.forMetadata.set(send.topic, [send])
    else sends.push(send)
    this.metadata.requestUpdateFor(send.topic)
  }

  private waitForMemory(send: PendingSend, nowMs: number): void {
    this.block(send, 'memory', nowMs)
    this.forMemory.add(send)
    const availableBytes = this.accumulator.pool.availableBytes
    this.trace?.({ event: 'buffer-wait', bytes: this.accumulator.bytesNeeded(send.encoded), availableBytes })
  }

  private block(send: PendingSend, on: 'serializer' | 'metadata' | 'memory', nowMs: number): void {
    if (send.waitsFor !== on) {
      this.unblock(send, nowMs)
      this.trace?.({ event: 'send-blocked', topic: send.topic, on })
      // `send` returns now, and the caller may write the next record into the same bytes.
      if (send.waitsFor === 'nothing') send.encoded = ownCopy(send.encoded)
      send.waitsSinceMs = nowMs
    }
    send.waitsFor = on
    // Its size may not be known yet; it takes a batch at least.
    const { accumulator } = this
    const bytes =
      send.encoded.serialization === undefined ? accumulator.bytesNeeded(send.encoded) : accumulator.batchBytes
    this.bytesWaiting += bytes - send.waitingBytes
    send.waitingBytes = bytes
    this.waiting.set(send.sendNumber, send)
  }

  private unblock({ topic, waitsFor: on, waitsSinceMs }: PendingSend, nowMs: number): void {
    if (on !== 'nothing') this.trace?.({ event: 'send-unblocked', topic, on, waitedMs: nowMs - waitsSinceMs })
  }

  /** It waits for nothing any more. */
  private leave(send: PendingSend, nowMs: number): void {
    this.unblock(send, nowMs)
    this.waiting.delete(send.sendNumber)
    this.forMemory.delete(send)
    this.bytesWaiting -= send.waitingBytes
    send.waitingBytes = 0
    for (const byTopic of [this.forSerializer, this.forMetadata]) {
      const sends = byTopic.get(send.topic)
      const at = sends?.indexOf(send) ?? -1
      if (at >= 0) sends?.splice(at, 1)
      if (sends?.length === 0) byTopic.delete(send.topic)
    }
    send.waitsFor = 'nothing'
  }

  /** There is newer metadata: let in what it answers, in order; ask again for the rest. */
  private retryTopic(topic: string, sends: readonly PendingSend[], nowMs: number): void {
    this.forMetadata.delete(topic)
    const refusal = this.metadata.errorOf(topic)
    this.metadata.use(topic, nowMs)
    for (const send of sends) {
      if (refusal !== undefined && !refusal.retriable && !this.hasMetadataFor(send)) {
        this.fail(send, topicError(topic, refusal), nowMs)
      } else this.admit(send, nowMs)
    }
  }

  private fail(send: PendingSend, error: ProducerError, nowMs: number): undefined {
    if (send.waitsFor !== 'nothing') this.leave(send, nowMs)
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

function ownCopy(record: PreparedRecord): PreparedRecord {
  const headers = record.headers.map(({ key, value }) => ({ key, value: value?.slice() ?? null }))
  return { ...record, key: record.key?.slice() ?? null, value: record.value?.slice() ?? null, headers }
}
