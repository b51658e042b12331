import {
  errorByCode,
  type KafkaErrorRow,
  type metadata as metadataApi,
  type ResponseOf,
  zeroUuid,
} from '@harrow/protocol'
import type { Address, Random } from '@harrow/runtime'
import { exponentialBackoffMs } from '../backoff.ts'
import type { Trace } from '../trace.ts'
import { bootstrapNodes, Cluster, type ClusterNode, type PartitionInfo, type TopicInfo } from './cluster.ts'

export interface MetadataOptions {
  readonly bootstrapServers: readonly Address[]
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly metadataMaxAgeMs: number
  readonly metadataMaxIdleMs: number
  readonly metadataRecoveryRebootstrapTriggerMs: number
  readonly trace: Trace | undefined
}

/** What to ask for. `version` tells later whether topics were added while the request was on its way. */
export interface MetadataRequest {
  readonly topics: readonly string[]
  readonly isPartial: boolean
  readonly version: number
}

export interface LeaderHint {
  readonly topic: string
  readonly partition: number
  readonly leaderId: number
  readonly leaderEpoch: number
}

interface SeenEpochs {
  readonly topicId: string
  readonly byPartition: Map<number, number>
}

type MetadataResponse = ResponseOf<typeof metadataApi>

/** Leader epochs before this version may be stale (KAFKA-9212). */
const leaderEpochsFrom = 9

/** What is known of the cluster, which topics it is needed for, and when to ask again. Java's ProducerMetadata. */
export class Metadata {
  private readonly random: Random
  private readonly options: MetadataOptions
  private snapshot: Cluster
  /** Topics in use and when that use expires. A topic without an answer yet does not expire. */
  private readonly topics = new Map<string, number>()
  private readonly newTopics = new Set<string>()
  /** The last error of a topic, until an answer without one. */
  private readonly errors = new Map<string, KafkaErrorRow>()
  /** Of every topic in use, also while the cluster does not name it: what is older than this is not believed. */
  private readonly seenEpochs = new Map<string, SeenEpochs>()
  private needsFull = true
  private needsPartial = false
  private requestVersion = 0
  private updates = 0
  private lastSuccessMs = Number.NEGATIVE_INFINITY
  /** When the last answer or failure came, and how long after it to keep quiet; drawn once per event. */
  private quietUntilMs = Number.NEGATIVE_INFINITY
  private failures = 0
  private equivalentResponses = 0
  private inFlight: MetadataRequest | undefined
  private refusal: KafkaErrorRow | undefined
  /** Set while known brokers are given up and the bootstrap servers are asked instead. */
  private isRebootstrapping = true
  private rebootstrapAtMs = Number.POSITIVE_INFINITY

  constructor(random: Random, options: MetadataOptions) {
    this.random = random
    this.options = options
    this.snapshot = new Cluster({ clusterId: null, nodes: new Map(), topics: new Map() })
  }

  get cluster(): Cluster {
    return this.snapshot
  }

  /** Grows with every applied answer. */
  get updateVersion(): number {
    return this.updates
  }

  /** Whom to ask. */
  get candidates(): readonly ClusterNode[] {
    return this.isRebootstrapping ? bootstrapNodes(this.options.bootstrapServers) : [...this.snapshot.nodes.values()]
  }

  get topicsInUse(): readonly string[] {
    return [...this.topics.keys()]
  }

  errorOf(topic: string): KafkaErrorRow | undefined {
    return this.errors.get(topic)
  }

  /** HOT: once per record. Keeps the topic in use; a topic that was not is asked for at once, and alone. */
  use(topic: string, nowMs: number): void {
    const isNew = !this.topics.has(topic)
    this.topics.set(topic, nowMs + this.options.metadataMaxIdleMs)
    if (!isNew) return
    this.newTopics.add(topic)
    this.needsPartial = true
    this.requestVersion++
    this.equivalentResponses = 0
    this.quietUntilMs = Number.NEGATIVE_INFINITY
  }

  /** All topics in use, as soon as the backoff allows. */
  requestUpdate(): void {
    this.needsFull = true
  }

  /** A waiting send needs this topic: partial while it is new, else full. */
  requestUpdateFor(topic: string): void {
    if (this.newTopics.has(topic)) this.needsPartial = true
    else this.needsFull = true
  }

  /** When the next request is due, if none is in flight. */
  nextUpdateMs(): number {
    if (this.inFlight !== undefined) return Number.POSITIVE_INFINITY
    const isNeeded = this.needsFull || this.needsPartial
    const expiresMs = isNeeded ? Number.NEGATIVE_INFINITY : this.lastSuccessMs + this.options.metadataMaxAgeMs
    return Math.max(expiresMs, this.quietUntilMs)
  }

  /** The request that is due now. Call `handleResponse` or `handleFailure` with it when it is over. */
  startRequest(nowMs: number): MetadataRequest {
    const isFull = this.needsFull || nowMs >= this.lastSuccessMs + this.options.metadataMaxAgeMs
    const topics = isFull ? this.topics.keys() : this.newTopics.values()
    // Asking because of age is no sign of answers that bring nothing.
    if (nowMs >= this.lastSuccessMs + this.options.metadataMaxAgeMs) this.equivalentResponses = 0
    this.inFlight = { topics: [...topics], isPartial: !isFull, version: this.requestVersion }
    return this.inFlight
  }

  /** An update is due, whether or not there is anybody to ask: from the first time on it is a matter of waiting. */
  noteDue(nowMs: number): void {
    if (this.rebootstrapAtMs !== Number.POSITIVE_INFINITY) return
    this.rebootstrapAtMs = nowMs + this.options.metadataRecoveryRebootstrapTriggerMs
  }

  /** Asking is of no use: those who wait are to be told. It is asked again all the same, because brokers get younger. */
  refuse(error: KafkaErrorRow, nowMs: number): void {
    this.refusal = error
    this.handleFailure(error.name, nowMs)
  }

  /** Once per refusal. */
  takeRefusal(): KafkaErrorRow | undefined {
    const { refusal } = this
    this.refusal = undefined
    return refusal
  }

  handleFailure(because: string, nowMs: number): void {
    this.inFlight = undefined
    this.failures++
    this.equivalentResponses = 0
    this.quietUntilMs = nowMs + this.backoffMs(this.failures - 1)
    this.options.trace?.({ event: 'metadata-failed', because })
  }

  handleResponse(request: MetadataRequest, apiVersion: number, response: MetadataResponse, nowMs: number): void {
    if (response.brokers.length === 0) {
      this.handleFailure('no brokers in the answer', nowMs)
      return
    }
    this.inFlight = undefined
    this.failures = 0
    this.updates++
    this.isRebootstrapping = false
    this.rebootstrapAtMs = Number.POSITIVE_INFINITY
    if (!request.isPartial) {
      this.needsFull = false
      this.lastSuccessMs = nowMs
    }
    if (request.version === this.requestVersion) this.needsPartial = false
    this.equivalentResponses++
    this.apply(request, apiVersion, response, nowMs)
    // Even an answer keeps quiet for a while, and longer if it brought nothing new: asking is not free for brokers.
    const quietMs = Math.max(
      this.backoffMs(0),
      this.equivalentResponses > 0 ? this.backoffMs(this.equivalentResponses - 1) : 0,
    )
    const hasNewer = request.version !== this.requestVersion
    this.quietUntilMs = hasNewer ? Number.NEGATIVE_INFINITY : nowMs + quietMs
    this.options.trace?.({
      event: 'metadata-updated',
      version: this.updates,
      nodes: this.snapshot.nodes.size,
      topics: this.snapshot.topics.size,
      partial: request.isPartial,
    })
  }

  /**
   * New leaders from a Produce answer (KIP-951). Each is ignored on its own when it is incomplete, not newer than what
   * is known, or names a node of unknown address. Returns whether any was taken.
   */
  applyLeaderHints(hints: readonly LeaderHint[], endpoints: readonly ClusterNode[]): boolean {
    // Nearly every answer: nothing to copy for it.
    if (hints.length === 0) return false
    const nodes = new Map(this.snapshot.nodes)
    const topics = new Map(this.snapshot.topics)
    const addresses = new Map(endpoints.map((node) => [node.id, node]))
    // One copy per topic, not per hint: all partitions of a large topic may move at once.
    const copies = new Map<string, (PartitionInfo | undefined)[]>()
    let taken = 0
    for (const { topic, partition, leaderId, leaderEpoch } of hints) {
      const known = topics.get(topic)
      const current = known?.partitions[partition]
      const endpoint = addresses.get(leaderId)
      if (known === undefined || current === undefined || leaderId < 0 || leaderEpoch < 0) continue
      if (current.leaderEpoch !== undefined && leaderEpoch <= current.leaderEpoch) continue
      if (endpoint === undefined && !nodes.has(leaderId)) continue
      if (endpoint !== undefined) nodes.set(leaderId, endpoint)
      const partitions = copies.get(topic) ?? [...known.partitions]
      if (!copies.has(topic)) topics.set(topic, { ...known, partitions })
      copies.set(topic, partitions)
      partitions[partition] = { leaderId, leaderEpoch }
      this.seenEpochs.get(topic)?.byPartition.set(partition, leaderEpoch)
      this.traceLeader(topic, partition, { leaderId, leaderEpoch }, known.topicId)
      taken++
    }
    if (taken > 0) this.snapshot = new Cluster({ clusterId: this.snapshot.clusterId, nodes, topics })
    return taken > 0
  }

  /** When `metadata.recovery.rebootstrap.trigger.ms` without an answer is over (KIP-1102). */
  get rebootstrapMs(): number {
    return this.isRebootstrapping ? Number.POSITIVE_INFINITY : this.rebootstrapAtMs
  }

  /**
   * Gives up the known brokers and asks the bootstrap servers (KIP-899). Returns false if that is being done already.
   * Differs from Java: the leaders known so far stay in the snapshot until an answer replaces them. Java forgets them,
   * which blocks every `send` while the cluster is away instead of buffering it.
   */
  rebootstrap(): boolean {
    if (this.isRebootstrapping) return false
    this.isRebootstrapping = true
    this.needsFull = true
    this.rebootstrapAtMs = Number.POSITIVE_INFINITY
    return true
  }

  private backoffMs(retry: number): number {
    const { retryBackoffMs: baseMs, retryBackoffMaxMs: maxMs } = this.options
    return exponentialBackoffMs(this.random, { baseMs, maxMs }, retry)
  }

  private apply(request: MetadataRequest, apiVersion: number, response: MetadataResponse, nowMs: number): void {
    const nodes = new Map<number, ClusterNode>()
    for (const { nodeId, host, port } of response.brokers) nodes.set(nodeId, { id: nodeId, host, port })
    const topics = request.isPartial ? new Map(this.snapshot.topics) : new Map<string, TopicInfo>()
    for (const topic of response.topics) {
      const name = topic.name
      if (name === null || !this.topics.has(name)) continue
      this.newTopics.delete(name)
      const row = topic.errorCode === 0 ? undefined : errorByCode(topic.errorCode)
      const known = this.snapshot.topics.get(name)
      if (row === undefined) {
        this.errors.delete(name)
        topics.set(name, this.mergeTopic(known, topic, apiVersion))
      } else {
        this.errors.set(name, row)
        if (row.refreshMetadata) this.needsFull = true
        // Differs from Java, which drops the topic on any error: what is known stays while the broker is merely not ready
        // to say, so that records are buffered and not turned away. It goes when the topic is refused.
        if (known !== undefined && row.retriable) topics.set(name, known)
        else topics.delete(name)
      }
    }
    this.forgetIdleTopics(topics, nowMs)
    this.snapshot = new Cluster({ clusterId: response.clusterId, nodes, topics })
  }

  private mergeTopic(
    known: TopicInfo | undefined,
    topic: MetadataResponse['topics'][number],
    apiVersion: number,
  ): TopicInfo {
    const { topicId } = topic
    const seen = this.seenEpochsOf(topic.name ?? '', topicId)
    const count = topic.partitions.reduce((max, { partitionIndex }) => Math.max(max, partitionIndex + 1), 0)
    const partitions = new Array<PartitionInfo | undefined>(count).fill(undefined)
    for (const { partitionIndex, leaderId, leaderEpoch, errorCode } of topic.partitions) {
      const cached = known?.partitions[partitionIndex]
      const isReliable = apiVersion >= leaderEpochsFrom && leaderEpoch >= 0
      if (errorCode !== 0 && errorByCode(errorCode).refreshMetadata) this.needsFull = true
      const seenEpoch = isReliable ? seen.get(partitionIndex) : undefined
      if (seenEpoch !== undefined && leaderEpoch < seenEpoch) {
        // An older view than ours, from a broker that lags behind: keep what is newer, if only that there is nothing.
        partitions[partitionIndex] = cached
        continue
      }
      if (!isReliable || seenEpoch === undefined || leaderEpoch > seenEpoch) this.equivalentResponses = 0
      if (isReliable) seen.set(partitionIndex, leaderEpoch)
      else seen.delete(partitionIndex)
      const info = { leaderId, leaderEpoch: isReliable ? leaderEpoch : undefined }
      partitions[partitionIndex] = info
      if (cached !== undefined && (cached.leaderId !== leaderId || cached.leaderEpoch !== info.leaderEpoch))
        this.traceLeader(topic.name ?? '', partitionIndex, info, topicId)
    }
    return { topicId, partitions }
  }

  private traceLeader(topic: string, partition: number, info: PartitionInfo, topicId: string): void {
    const { leaderId: leader, leaderEpoch: epoch = -1 } = info
    this.options.trace?.({ event: 'leader-changed', topic, topicId, partition, leader, epoch })
  }

  /** Without an id it is taken for the same topic; with another one, or the first, it starts anew (KIP-516). */
  private seenEpochsOf(name: string, topicId: string): Map<number, number> {
    const seen = this.seenEpochs.get(name)
    if (seen !== undefined && (topicId === zeroUuid || topicId === seen.topicId)) return seen.byPartition
    const byPartition = new Map<number, number>()
    this.seenEpochs.set(name, { topicId, byPartition })
    return byPartition
  }

  private forgetIdleTopics(topics: Map<string, TopicInfo>, nowMs: number): void {
    for (const [name, expiresMs] of this.topics) {
      if (expiresMs > nowMs || this.newTopics.has(name)) continue
      this.topics.delete(name)
      this.errors.delete(name)
      this.seenEpochs.delete(name)
      topics.delete(name)
    }
  }
}
