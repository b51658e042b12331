import type { KafkaErrorRow } from '@harrow/protocol'
import type { Address } from '@harrow/runtime'
import { noMetadataError, topicError } from './admission/admission-errors.ts'
import type { Completions } from './completions.ts'
import type { ParsedProducerConfig } from './config.ts'
import type { ProducerError } from './errors.ts'
import type { Cluster } from './metadata/cluster.ts'
import type { Metadata } from './metadata/metadata.ts'

/**
 * One partition of a topic, as metadata has it.
 * Differs from Java's PartitionInfo: no replicas, which a producer never asks and so does not keep.
 */
export interface TopicPartitionInfo {
  readonly topic: string
  readonly partition: number
  /** Undefined while there is none: records for the partition wait for one. */
  readonly leader: (Address & { readonly id: number }) | undefined
}

/** Exactly one of the two is defined. */
export type OnPartitions = (partitions: TopicPartitionInfo[] | undefined, error: ProducerError | undefined) => void

interface Lookup {
  readonly topic: string
  readonly deadlineMs: number
  readonly onPartitions: OnPartitions
}

/**
 * Questions for the partitions of a topic. They wait for metadata just as a record does, up to `max.block.ms`
 * (KafkaProducer.partitionsFor); an unknown topic may be about to be made, so it is asked for until then.
 */
export class PartitionLookups {
  private readonly config: ParsedProducerConfig
  private readonly metadata: Metadata
  private readonly completions: Completions
  /** In the order of the calls, which is also the order of their deadlines. */
  private readonly waiting = new Set<Lookup>()
  private seenUpdates = 0

  constructor(config: ParsedProducerConfig, parts: { readonly metadata: Metadata; readonly completions: Completions }) {
    this.config = config
    this.metadata = parts.metadata
    this.completions = parts.completions
  }

  get waitingCount(): number {
    return this.waiting.size
  }

  get nextDeadlineMs(): number {
    for (const { deadlineMs } of this.waiting) return deadlineMs
    return Number.POSITIVE_INFINITY
  }

  /** `onPartitions` hears in a later turn. Returns how to take the question back: false when it is answered. */
  add(topic: string, onPartitions: OnPartitions, nowMs: number): () => boolean {
    const lookup: Lookup = { topic, deadlineMs: nowMs + this.config.maxBlockMs, onPartitions }
    this.metadata.use(topic, nowMs)
    if (!this.answer(lookup, (refusal) => refusal.name === 'INVALID_TOPIC_EXCEPTION')) {
      this.waiting.add(lookup)
      this.metadata.requestUpdateFor(topic)
    }
    return () => this.waiting.delete(lookup)
  }

  /** Once per turn: answers what can be answered now, fails what is out of time. */
  run(nowMs: number): void {
    if (this.waiting.size === 0) return
    if (this.seenUpdates !== this.metadata.updateVersion) {
      this.seenUpdates = this.metadata.updateVersion
      for (const lookup of this.waiting) this.retry(lookup, nowMs)
    }
    for (const lookup of this.waiting) {
      if (lookup.deadlineMs > nowMs) break
      this.fail(lookup, noMetadataError({ topic: lookup.topic, partition: undefined }, this.metadata, this.config))
    }
  }

  failAll(error: ProducerError): void {
    for (const lookup of this.waiting) this.fail(lookup, error)
  }

  private retry(lookup: Lookup, nowMs: number): void {
    this.metadata.use(lookup.topic, nowMs)
    if (this.answer(lookup, (refusal) => !refusal.retriable)) this.waiting.delete(lookup)
    else this.metadata.requestUpdateFor(lookup.topic)
  }

  /** Whether metadata knows the topic, or refuses it for good: not every old refusal still holds. */
  private answer({ topic, onPartitions }: Lookup, isFinal: (refusal: KafkaErrorRow) => boolean): boolean {
    const { cluster } = this.metadata
    const count = cluster.partitionCount(topic) ?? 0
    const refusal = this.metadata.errorOf(topic)
    if (count > 0) this.completions.addDone(() => onPartitions(partitionsOf(cluster, topic, count), undefined))
    else if (refusal !== undefined && isFinal(refusal)) {
      this.completions.addDone(() => onPartitions(undefined, topicError(topic, refusal)))
    } else return false
    return true
  }

  private fail(lookup: Lookup, error: ProducerError): void {
    this.waiting.delete(lookup)
    this.completions.addDone(() => lookup.onPartitions(undefined, error))
  }
}

function partitionsOf(cluster: Cluster, topic: string, count: number): TopicPartitionInfo[] {
  return Array.from({ length: count }, (_, partition) => {
    const leader = cluster.leaderOf(topic, partition)?.node
    return { topic, partition, leader: leader && { id: leader.id, host: leader.host, port: leader.port } }
  })
}
