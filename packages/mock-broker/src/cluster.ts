import { invariant } from '@harrow/protocol'
import type { Clock, Random } from '@harrow/runtime'
import { type BrokerNode, type ClusterNode, canReplicate, isAvailable } from './cluster-node.ts'
import { type ClusterView, snapshotOf } from './cluster-view.ts'
import type { BrokerConfig, ClusterConfig, TopicPlan } from './config.ts'
import { configResource } from './config-resource.ts'
import { DynamicConfigs } from './dynamic-configs.ts'
import { EventStream } from './event-stream.ts'
import { FetchSessions } from './fetch-sessions.ts'
import { type Finding, Findings } from './findings.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import { offsetsTopicName, offsetsTopicPartitions } from './groups/offsets-topic.ts'
import { kafkaRelease } from './kafka-releases.ts'
import { LogMemory } from './log/log-memory.ts'
import { ProducerIds } from './producer-ids.ts'
import { Controller } from './replication/controller.ts'
import { Partition, type PartitionSurroundings } from './replication/partition.ts'
import type { Timers } from './timers.ts'
import { type TopicConfig, type TopicOverrides, topicConfigOf, topicOverridesFrom } from './topic-config.ts'
import type { BrokerEvent, BrokerEventInput, Tracer } from './trace.ts'
import { WireCapture } from './wire-capture.ts'

export type { BrokerNode, ClusterNode }

export interface Topic {
  readonly name: string
  readonly id: string
  config: TopicConfig
  /** What was configured for this topic, as text under Kafka's keys; everything else has its default. */
  overrides: TopicOverrides
  /** Kafka's own, such as `__consumer_offsets`: only administrators write there. */
  readonly isInternal: boolean
  readonly partitions: Partition[]
}

export interface ClusterDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly timers: Timers
  readonly trace?: Tracer | undefined
}

/**
 * The state of a cluster: its brokers, its topics and their partitions. What happens to them is decided in
 * `replication/controller.ts`. No input or output; handlers read and change it synchronously, so between two requests it is always whole.
 */
export class Cluster {
  readonly config: ClusterConfig
  readonly clock: Clock
  readonly random: Random
  readonly clusterId: string
  readonly nodes: ClusterNode[]
  readonly controller = new Controller(this)
  readonly findings = new Findings({ keepMax: 1000 })
  readonly producerIds = new ProducerIds()
  readonly groups: GroupCoordinator
  readonly dynamicConfigs = new DynamicConfigs()
  readonly events: EventStream
  readonly capture: WireCapture
  /** Before every broker has started for the first time, one that is down is no reason to take leadership away. */
  isStarted = false
  private partitionsMade = 0
  private readonly idRandom: Random
  private readonly timers: Timers
  private readonly topicsByName = new Map<string, Topic>()
  private readonly topicsById = new Map<string, Topic>()
  private readonly logMemory = new LogMemory()
  private readonly staleViews = new Map<number, ClusterView>()

  constructor(config: ClusterConfig, dependencies: ClusterDependencies) {
    this.config = config
    this.clock = dependencies.clock
    this.random = dependencies.random
    this.events = new EventStream({
      eventsMax: config.eventsMax,
      trace: dependencies.trace,
      onListenerError: (error) => {
        const message = `a subscriber to events threw: ${error instanceof Error ? error.message : String(error)}`
        this.find({ kind: 'internal', broker: 0, connection: 0, message })
      },
    })
    this.capture = new WireCapture(this.clock, { bytesMax: config.captureBytesMax })
    this.timers = dependencies.timers
    this.idRandom = this.random.fork('ids')
    this.groups = this.newGroups()
    this.clusterId = config.clusterId ?? randomUuid(this.random.fork('cluster id'))
    this.nodes = config.brokers.map((broker) => this.newNode(broker))
    this.createConfiguredTopics()
  }

  get topics(): IterableIterator<Topic> {
    return this.topicsByName.values()
  }

  /** Brokers that the controller takes for alive. */
  get availableNodes(): ClusterNode[] {
    return this.nodes.filter((node) => !node.isFenced)
  }

  /** Bytes of all logs together. What several replicas hold counts once. */
  get logBytes(): number {
    return this.logMemory.usedBytes
  }

  /** Of all topics together. */
  get partitionCount(): number {
    return this.partitionsMade
  }

  /** How many more there may be. */
  get partitionsLeft(): number {
    return this.config.partitionsMax - this.partitionsMade
  }

  node(id: number): ClusterNode | undefined {
    return this.nodes.find((node) => node.id === id)
  }

  topic(name: string): Topic | undefined {
    return this.topicsByName.get(name)
  }

  topicById(id: string): Topic | undefined {
    return this.topicsById.get(id)
  }

  partition(topic: string, index: number): Partition | undefined {
    return this.topicsByName.get(topic)?.partitions[index]
  }

  /** Makes a topic that does not exist yet. `assignments` has the replicas of each partition, if somebody chose them. */
  createTopic(name: string, plan: TopicPlan, assignments?: readonly (readonly number[])[]): Topic {
    invariant(!this.topicsByName.has(name), `topic ${name} exists`)
    const replicasOf = assignments ?? this.spread(plan.partitions, Math.min(plan.replicas, this.nodes.length), 0)
    const { overrides } = plan
    const topic: Topic = {
      name,
      id: randomUuid(this.idRandom),
      config: this.configOf(overrides),
      overrides,
      isInternal: internalTopics.has(name),
      partitions: [],
    }
    this.topicsByName.set(name, topic)
    this.topicsById.set(topic.id, topic)
    this.tell({ event: 'topic-created', topic: name, topicId: topic.id, partitions: replicasOf.length })
    this.grow(topic, replicasOf)
    return topic
  }

  /** Makes the topic that groups belong to, as Kafka does when somebody asks for a coordinator for the first time. */
  createOffsetsTopic(at: { readonly broker: number; readonly connection: number }): void {
    const { partitionsMax, defaultReplicas } = this.config
    if (this.partitionsLeft < offsetsTopicPartitions) {
      const message = `${offsetsTopicName} needs ${offsetsTopicPartitions} partitions; at most ${partitionsMax} (partitionsMax)`
      this.find({ kind: 'limit', ...at, message })
      return
    }
    this.createTopic(offsetsTopicName, {
      partitions: offsetsTopicPartitions,
      replicas: defaultReplicas,
      overrides: offsetsTopicOverrides,
    })
  }

  /** Its records are gone, and whoever waits for it is told. Returns how to make it anew, if nobody has by then. */
  deleteTopic(topic: Topic): () => void {
    const { name, overrides, partitions } = topic
    const assignments = partitions.map((partition) => partition.replicas)
    this.topicsByName.delete(name)
    this.topicsById.delete(topic.id)
    this.tell({ event: 'topic-deleted', topic: name, topicId: topic.id })
    this.groups.topicDeleted(name)
    for (const partition of partitions) partition.delete()
    this.partitionsMade -= partitions.length
    return () => {
      if (this.topic(name) !== undefined) return
      const known = assignments.map((replicas) => replicas.filter((id) => this.node(id) !== undefined))
      const plan = { partitions: partitions.length, replicas: assignments[0]?.length ?? 1, overrides }
      this.createTopic(name, plan, known.some((replicas) => replicas.length === 0) ? undefined : known)
    }
  }

  /** Adds partitions until there are `count`. */
  addPartitions(topic: Topic, count: number, assignments?: readonly (readonly number[])[]): void {
    const from = topic.partitions.length
    const replicas = topic.partitions[0]?.replicas.length ?? 1
    this.grow(topic, assignments ?? this.spread(count - from, replicas, from))
    this.tell({ event: 'partitions-added', topic: topic.name, partitions: topic.partitions.length })
  }

  /** Gives a topic other settings. */
  configureTopic(topic: Topic, overrides: TopicOverrides): void {
    topic.config = this.configOf(overrides)
    topic.overrides = overrides
    for (const partition of topic.partitions) partition.configure(topic.config)
  }

  /** What was set for all brokers has changed: topics that say nothing of their own follow. */
  configureTopics(): void {
    for (const topic of this.topics) this.configureTopic(topic, topic.overrides)
  }

  /** A broker that did not exist so far. It has no replicas yet and is not started. */
  addNode(broker: BrokerConfig): ClusterNode {
    const node = this.newNode(broker)
    this.nodes.push(node)
    return node
  }

  /** Nobody knows this broker any more. */
  removeNode(id: number): void {
    const index = this.nodes.findIndex((node) => node.id === id)
    if (index >= 0) this.nodes.splice(index, 1)
    this.staleViews.delete(id)
  }

  /** What a broker knows of the cluster: the truth, or what it was when the broker stopped hearing of it (M9). */
  viewOf(nodeId: number): ClusterView {
    return this.staleViews.get(nodeId) ?? this
  }

  /** From here on a broker hears of no change until `refreshView`: its metadata answers grow stale. */
  freezeView(nodeId: number): void {
    this.staleViews.set(nodeId, snapshotOf(this))
  }

  refreshView(nodeId: number): void {
    this.staleViews.delete(nodeId)
  }

  /** How long after an append the replicas of a broker have it; `Infinity`: they do not fetch. */
  setLag(node: ClusterNode, lagMs: number): void {
    node.lagMs = lagMs
    for (const { partitions } of this.topics) {
      for (const partition of partitions) if (partition.replicas.includes(node.id)) partition.catchUp()
    }
  }

  /** What time it is on a broker. */
  wallMsAt(node: ClusterNode): number {
    return this.clock.wallMs() + node.wallSkewMs
  }

  /** Whether the logs can take so many bytes more: deletes what is oldest in this partition, or says no and why. */
  makeRoom(
    partition: Partition,
    bytes: number,
    at: { readonly node: BrokerNode; readonly connection: number },
  ): boolean {
    const { logBytesMax, logOverflow } = this.config
    while (logOverflow === 'delete-oldest' && this.logBytes + bytes > logBytesMax) {
      const oldest = partition.log.stored[0]
      if (oldest === undefined) break
      partition.deleteBefore(oldest.lastOffset + 1n)
    }
    if (this.logBytes + bytes <= logBytesMax) return true
    const message = `the logs are full: ${this.logBytes} of ${logBytesMax} bytes (logBytesMax), ${bytes} more wanted`
    this.find({ kind: 'limit', broker: at.node.id, connection: at.connection, message })
    return false
  }

  tell(event: BrokerEventInput): void {
    // The event was made for this call. A copy with the time in it costs microseconds, and everything is told.
    const told = event as { atMs?: number } as BrokerEvent & { atMs: number }
    told.atMs = this.clock.nowMs()
    this.events.tell(told)
  }

  find(finding: Omit<Finding, 'atMs'>): Finding {
    const found = { ...finding, atMs: this.clock.nowMs() }
    this.findings.add(found)
    const { kind, broker, connection, message } = found
    this.tell({ event: 'finding', kind, broker, connection, message })
    return found
  }

  /**
   * Topics as configured, empty and with new ids; all others are gone, and so are lags, skews and stale views. Producer
   * ids go on, as they do in Kafka.
   */
  reset(): void {
    for (const topic of [...this.topics]) this.deleteTopic(topic)
    for (const node of this.nodes) {
      Object.assign(node, { lagMs: this.config.replicationLagMs, wallSkewMs: 0, isLogDirOffline: false })
    }
    this.staleViews.clear()
    this.dynamicConfigs.clear()
    this.findings.clear()
    this.events.clear()
    this.capture.clear()
    this.createConfiguredTopics()
  }

  private configOf(overrides: TopicOverrides): TopicConfig {
    return topicConfigOf(overrides, this.dynamicConfigs.of(configResource.broker, ''))
  }

  private createConfiguredTopics(): void {
    for (const [name, plan] of this.config.topics) this.createTopic(name, plan)
  }

  private newNode({ id, host, port, rack, kafka }: BrokerConfig): ClusterNode {
    const fetchSessions = new FetchSessions(this.random.fork(`fetch sessions ${id}`))
    const state = { isRunning: false, isFenced: true, lagMs: this.config.replicationLagMs }
    const release = kafkaRelease(kafka)
    return { id, host, port, rack, ...state, wallSkewMs: 0, isLogDirOffline: false, release, fetchSessions }
  }

  private grow(topic: Topic, assignments: readonly (readonly number[])[]): void {
    for (const replicas of assignments) {
      const partition = new Partition(topic.name, topic.partitions.length, replicas, topic.config, this.surroundings())
      topic.partitions.push(partition)
      this.partitionsMade++
      if (!this.isStarted) continue
      const live = replicas.filter((id) => isAvailable(this.node(id)))
      // A controller makes no partition without a leader if it can help it.
      if (live.length > 0) partition.setIsr(live)
      if (!live.includes(partition.leaderId)) this.controller.elect(partition)
    }
  }

  private surroundings(): PartitionSurroundings {
    const { producerIdExpirationMs, replicaLagTimeMaxMs, retentionCheckIntervalMs } = this.config
    return {
      memory: this.logMemory,
      producerIdExpirationMs,
      replicaLagTimeMaxMs,
      retentionCheckIntervalMs,
      nowMs: () => this.clock.nowMs(),
      later: (ms, wake) => this.timers.after(ms, wake),
      canReplicate: (id) => canReplicate(this.node(id)),
      isAvailable: (id) => isAvailable(this.node(id)),
      lagOf: (id) => this.node(id)?.lagMs ?? 0,
      holdsHighWatermark: (id) => this.node(id)?.release.holdsHighWatermarkBelowMinIsr ?? true,
      tell: (event) => this.tell(event),
    }
  }

  private newGroups(): GroupCoordinator {
    return new GroupCoordinator({
      limits: this.config,
      random: this.random.fork('group members'),
      later: (ms, wake) => this.timers.after(ms, wake),
      offsetsPartitions: () => this.topic(offsetsTopicName)?.partitions ?? [],
      isRunning: (id) => this.node(id)?.isRunning === true,
      tell: (event) => this.tell(event),
      find: (finding) => void this.find(finding),
    })
  }

  /** Round robin, so that 6 partitions on 3 brokers give each broker 2 to lead. `from`: partitions there already. */
  private spread(partitions: number, replicas: number, from: number): number[][] {
    const ids = this.nodes.map((node) => node.id)
    return Array.from({ length: partitions }, (_, partition) =>
      Array.from({ length: replicas }, (_, replica) => ids[(from + partition + replica) % ids.length] ?? -1),
    )
  }
}

/** Java: `GroupCoordinatorConfig`, `GroupCoordinatorService.groupMetadataTopicConfigs`. */
const offsetsTopicOverrides = topicOverridesFrom({ 'cleanup.policy': 'compact', 'segment.bytes': 104_857_600 })

const internalTopics: ReadonlySet<string> = new Set([offsetsTopicName, '__transaction_state', '__share_group_state'])

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 22 characters of base64url, not starting with a dash: Kafka avoids those because command lines stumble over them. */
function randomUuid(random: Random): string {
  let uuid = base64url.charAt(random.below(62))
  for (let i = 1; i < 21; i++) uuid += base64url.charAt(random.below(64))
  // 128 bits are 21 characters and two bits.
  return uuid + base64url.charAt(random.below(4) * 16)
}
