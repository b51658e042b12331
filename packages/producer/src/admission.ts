import { batchHeaderBytes, type KafkaErrorRow, recordBytesUpperBound } from '@harrow/protocol'
import type { EncodedRecord } from './accumulator/producer-batch.ts'
import type { AppendResult, RecordAccumulator } from './accumulator/record-accumulator.ts'
import type { Completions } from './completions.ts'
import type { ParsedProducerConfig } from './config.ts'
import {
  BrokerError,
  BufferExhaustedError,
  InvalidRecordError,
  type ProducerError,
  RecordTooLargeError,
  TimeoutError,
} from './errors.ts'
import type { Metadata } from './metadata/metadata.ts'
import { partitionForKey } from './partitioners/murmur2.ts'
import type { Trace } from './trace.ts'

/** A record that `send` accepted and that is in no batch yet. */
export interface PendingSend {
  /** Counts the sends of a producer. */
  readonly sendNumber: number
  readonly topic: string
  /** As asked for; else chosen once the partition count is known; undefined where the sticky partitioner chooses. */
  partition: number | undefined
  readonly key: unknown
  readonly value: unknown
  encoded: EncodedRecord
  /** The end of `max.block.ms`: one budget for metadata and memory. */
  readonly deadlineMs: number
  waitsFor: 'metadata' | 'memory' | 'nothing'
}

/**
 * From `send` to a place in a batch. Java blocks the calling thread until metadata and memory are there; JavaScript
 * cannot, so records wait here, with their deadline, and in strict order: no record overtakes another of its partition.
 *
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
  /** All that wait, in the order of their calls, which is also the order of their deadlines. */
  private readonly waiting = new Set<PendingSend>()
  private readonly forMetadata = new Map<string, PendingSend[]>()
  private readonly forMemory = new Set<PendingSend>()
  private seenUpdates = 0

  constructor(
    config: ParsedProducerConfig,
    parts: {
      readonly accumulator: RecordAccumulator
      readonly metadata: Metadata
      readonly completions: Completions
      readonly trace: Trace | undefined
    },
  ) {
    this.config = config
    this.accumulator = parts.accumulator
    this.metadata = parts.metadata
    this.completions = parts.completions
    this.trace = parts.trace
  }

  /** Sends that wait for anything. */
  get waitingCount(): number {
    return this.waiting.size
  }

  get memoryWaiters(): number {
    return this.forMemory.size
  }

  /** The number of the first send that waits; undefined when none does. */
  get firstWaiting(): number | undefined {
    for (const send of this.waiting) return send.sendNumber
    return undefined
  }

  get nextDeadlineMs(): number {
    for (const send of this.waiting) return send.deadlineMs
    return Number.POSITIVE_INFINITY
  }

  /** Memory for the first in line may have come free since it was last asked for. */
  get canProceed(): boolean {
    for (const send of this.forMemory)
      return this.accumulator.bytesNeeded(send.encoded) <= this.accumulator.pool.availableBytes
    return false
  }

  /** HOT: once per record. Undefined: it waits, or has failed, of which the caller hears in a later turn. */
  submit(send: PendingSend, nowMs: number): AppendResult | undefined {
    const tooLarge = this.sizeError(send)
    if (tooLarge !== undefined) {
      this.completions.addFailure(send.encoded.onCompletion, tooLarge)
      return undefined
    }
    this.metadata.use(send.topic, nowMs)
    return this.admit(send, nowMs)
  }

  /** Once per turn: lets in what can go now, fails what is out of time. */
  run(nowMs: number): void {
    if (this.seenUpdates !== this.metadata.updateVersion) {
      this.seenUpdates = this.metadata.updateVersion
      for (const [topic, sends] of [...this.forMetadata]) this.retryTopic(topic, sends, nowMs)
    }
    for (const send of this.forMemory) {
      const result = this.append(send, nowMs)
      if (result === 'no-memory') break
      this.forMemory.delete(send)
      this.waiting.delete(send)
    }
    for (const send of this.waiting) {
      if (send.deadlineMs > nowMs) break
      this.expire(send)
    }
  }

  /** A forced close, or an error that nothing survives. */
  failAll(error: ProducerError): void {
    for (const send of this.waiting) this.completions.addFailure(send.encoded.onCompletion, error)
    this.waiting.clear()
    this.forMetadata.clear()
    this.forMemory.clear()
  }

  private admit(send: PendingSend, nowMs: number): AppendResult | undefined {
    if (!this.hasMetadataFor(send)) {
      const refusal = this.metadata.errorOf(send.topic)
      if (refusal?.name === 'INVALID_TOPIC_EXCEPTION') return this.fail(send, topicError(send.topic, refusal))
      this.waitForMetadata(send)
      return undefined
    }
    try {
      this.choosePartition(send)
    } catch (error) {
      return this.fail(send, asPartitionerError(send, error))
    }
    if (this.forMemory.size > 0) {
      this.waitForMemory(send)
      return undefined
    }
    const result = this.append(send, nowMs)
    if (result === 'no-memory') this.waitForMemory(send)
    else if (send.waitsFor !== 'nothing') this.waiting.delete(send)
    return result
  }

  private append(send: PendingSend, nowMs: number): AppendResult {
    const { topic, partition, sendNumber, encoded } = send
    return this.accumulator.append(encoded, { topic, partition, sendNumber, cluster: this.metadata.cluster, nowMs })
  }

  private hasMetadataFor({ topic, partition }: PendingSend): boolean {
    const count = this.metadata.cluster.partitionCount(topic)
    return count !== undefined && count > 0 && (partition === undefined || partition < count)
  }

  /** Java's step 6: as asked for, by the partitioner of the application, by the key, or left to the sticky partitioner. */
  private choosePartition(send: PendingSend): void {
    if (send.partition !== undefined) return
    const { partitionerClass, partitionerIgnoreKeys } = this.config
    const { cluster } = this.metadata
    const partitionCount = cluster.partitionCount(send.topic) ?? 1
    const { key: keyBytes, value: valueBytes } = send.encoded
    if (partitionerClass !== undefined) {
      const { topic, key, value } = send
      const availablePartitions = cluster.availablePartitions(topic)
      const chosen = partitionerClass.partition({
        topic,
        key,
        keyBytes,
        value,
        valueBytes,
        partitionCount,
        availablePartitions,
      })
      // Differs from Java: an answer that is too large is refused, too, instead of waiting for a partition nobody asked for.
      if (!Number.isInteger(chosen) || chosen < 0 || chosen >= partitionCount) {
        throw new InvalidRecordError(`the partitioner chose ${chosen} of ${partitionCount} partitions of ${topic}`)
      }
      send.partition = chosen
    } else if (keyBytes !== null && !partitionerIgnoreKeys) {
      send.partition = partitionForKey(keyBytes, partitionCount)
    }
  }

  /** The uncompressed upper bound counts, even when compressing (as in Java). */
  private sizeError({ topic, encoded }: PendingSend): ProducerError | undefined {
    const { key, value, headers } = encoded
    const bytes = batchHeaderBytes + recordBytesUpperBound(key, value, headers)
    const { maxRequestSize, bufferMemory } = this.config
    if (bytes > maxRequestSize) {
      return new RecordTooLargeError(
        `A record for ${topic} needs ${bytes} bytes; max.request.size is ${maxRequestSize}: raise it (and the limit of the broker) or send less`,
      )
    }
    if (bytes > bufferMemory) {
      return new RecordTooLargeError(
        `A record for ${topic} needs ${bytes} bytes; buffer.memory is ${bufferMemory}: raise it or send less`,
      )
    }
    return undefined
  }

  private waitForMetadata(send: PendingSend): void {
    this.block(send, 'metadata')
    const sends = this.forMetadata.get(send.topic)
    if (sends === undefined) this.forMetadata.set(send.topic, [send])
    else sends.push(send)
    this.metadata.requestUpdateFor(send.topic)
  }

  private waitForMemory(send: PendingSend): void {
    this.block(send, 'memory')
    this.forMemory.add(send)
    const availableBytes = this.accumulator.pool.availableBytes
    this.trace?.({ event: 'buffer-wait', bytes: this.accumulator.bytesNeeded(send.encoded), availableBytes })
  }

  private block(send: PendingSend, on: 'metadata' | 'memory'): void {
    if (send.waitsFor !== on) this.trace?.({ event: 'send-blocked', topic: send.topic, on })
    // `send` returns now, and the caller may write the next record into the same bytes.
    if (send.waitsFor === 'nothing') send.encoded = ownCopy(send.encoded)
    send.waitsFor = on
    this.waiting.add(send)
  }

  /** There is newer metadata: let in what it answers, in order; ask again for the rest. */
  private retryTopic(topic: string, sends: readonly PendingSend[], nowMs: number): void {
    this.forMetadata.delete(topic)
    const refusal = this.metadata.errorOf(topic)
    this.metadata.use(topic, nowMs)
    for (const send of sends) {
      if (!this.waiting.has(send)) continue
      if (refusal !== undefined && !refusal.retriable && !this.hasMetadataFor(send)) {
        this.fail(send, topicError(topic, refusal))
      } else this.admit(send, nowMs)
    }
  }

  private fail(send: PendingSend, error: ProducerError): undefined {
    this.waiting.delete(send)
    this.forMemory.delete(send)
    this.completions.addFailure(send.encoded.onCompletion, error)
  }

  private expire(send: PendingSend): void {
    const { accumulator, config, metadata } = this
    if (send.waitsFor === 'memory') {
      const bytes = accumulator.bytesNeeded(send.encoded)
      const { availableBytes, totalBytes } = accumulator.pool
      this.trace?.({ event: 'buffer-exhausted', bytes, availableBytes })
      const message =
        `No memory for a record for ${send.topic} within ${config.maxBlockMs} ms (max.block.ms): needs ${bytes} bytes, ` +
        `${availableBytes} of ${totalBytes} are free (buffer.memory); records come in faster than brokers take them`
      this.fail(send, new BufferExhaustedError(message))
      return
    }
    const sends = this.forMetadata.get(send.topic)?.filter((other) => other !== send) ?? []
    if (sends.length > 0) this.forMetadata.set(send.topic, sends)
    else this.forMetadata.delete(send.topic)
    const count = metadata.cluster.partitionCount(send.topic)
    const missing = count === undefined ? '' : ` (partition ${send.partition}; the topic has ${count})`
    const last = metadata.errorOf(send.topic)
    const message = `Topic ${send.topic} not present in metadata after ${config.maxBlockMs} ms${missing}; does it exist, and are the brokers reachable?`
    const cause = last === undefined ? undefined : topicError(send.topic, last)
    this.fail(send, new TimeoutError('METADATA_TIMEOUT', message, { cause }))
  }
}

function ownCopy(record: EncodedRecord): EncodedRecord {
  const headers = record.headers.map(({ key, value }) => ({ key, value: value?.slice() ?? null }))
  return { ...record, key: record.key?.slice() ?? null, value: record.value?.slice() ?? null, headers }
}

function topicError(topic: string, row: KafkaErrorRow): BrokerError {
  return new BrokerError(row, `${topic}: ${row.name}: ${row.message}`)
}

function asPartitionerError(send: PendingSend, error: unknown): ProducerError {
  if (error instanceof InvalidRecordError) return error
  return new InvalidRecordError(`the partitioner failed for a record for ${send.topic}: ${String(error)}`, error)
}
