import { invariant } from '@harrow/protocol'
import type { Clock, Random } from '@harrow/runtime'
import type { ClusterConfig, TopicPlan } from './config.ts'
import { EventStream } from './event-stream.ts'
import { type Finding, Findings } from './findings.ts'
import { PartitionLog } from './log/partition-log.ts'
import { ProducerIds } from './producer-ids.ts'
import type { TopicConfig } from './topic-config.ts'
import type { BrokerEventInput, Tracer } from './trace.ts'
import { WireCapture } from './wire-capture.ts'

/** A broker as the cluster sees it: who it is and whether it lives. Its sockets are `broker.ts`. */
export interface BrokerNode {
  readonly id: number
  readonly host: string
  /** 0 until it listens for the first time, if any free port was asked for. */
  port: number
  readonly rack: string | null
  isRunning: boolean
}

export interface Topic {
  readonly name: string
  readonly id: string
  readonly config: TopicConfig
  /** Kafka's own, such as `__consumer_offsets`: only administrators write there. */
  readonly isInternal: boolean
  readonly partitions: readonly Partition[]
}

export class Partition {
  readonly topic: string
  readonly index: number
  readonly log: PartitionLog
  /** Node ids, the preferred leader first. */
  readonly replicas: readonly number[]
  /** Node id, -1 if nobody leads. */
  leaderId: number
  leaderEpoch = 0
  isr: readonly number[]
  /** Fetches that wait for something to happen here. */
  readonly watchers = new Set<() => void>()

  constructor(topic: string, index: number, replicas: readonly number[], log: PartitionLog) {
    this.topic = topic
    this.index = index
    this.replicas = replicas
    this.isr = replicas
    this.leaderId = replicas[0] ?? -1
    this.log = log
  }

  /** Something happened that a waiting Fetch must see. */
  changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}

export interface ClusterDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly trace?: Tracer | undefined
}

/**
 * The state of a cluster: what the controller of a real one decides and every broker knows at once. No input or
 * output; handlers read and change it synchronously, so between two requests it is always whole.
 */
export class Cluster {
  readonly config: ClusterConfig
  readonly clock: Clock
  readonly random: Random
  readonly clusterId: string
  readonly nodes: readonly BrokerNode[]
  readonly findings = new Findings({ keepMax: 1000 })
  readonly producerIds = new ProducerIds()
  readonly events: EventStream
  readonly capture: WireCapture
  /** Before every broker has started for the first time, one that is down is no reason to take leadership away. */
  isStarted = false
  private readonly idRandom: Random
  private readonly topicsByName = new Map<string, Topic>()
  private readonly topicsById = new Map<string, Topic>()
  private usedBytes = 0

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
    this.idRandom = this.random.fork('ids')
    this.clusterId = config.clusterId ?? randomUuid(this.random.fork('cluster id'))
    this.nodes = config.brokers.map(({ id, host, port, rack }) => ({ id, host, port, rack, isRunning: false }))
    this.createConfiguredTopics()
  }

  get topics(): IterableIterator<Topic> {
    return this.topicsByName.values()
  }

  get liveNodes(): BrokerNode[] {
    return this.nodes.filter((node) => node.isRunning)
  }

  /** Bytes of all logs together. */
  get logBytes(): number {
    return this.usedBytes
  }

  node(id: number): BrokerNode | undefined {
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
    const { producerIdExpirationMs } = this.config
    const replicasOf = assignments ?? this.spread(plan)
    const partitions = replicasOf.map(
      (replicas, index) => new Partition(name, index, replicas, new PartitionLog({ producerIdExpirationMs })),
    )
    const topic: Topic = {
      name,
      id: randomUuid(this.idRandom),
      config: plan.config,
      isInternal: internalTopics.has(name),
      partitions,
    }
    this.topicsByName.set(name, topic)
    this.topicsById.set(topic.id, topic)
    this.tell({ event: 'topic-created', topic: name, topicId: topic.id, partitions: partitions.length })
    for (const partition of partitions) for (const id of partition.replicas) this.reconsider(partition, id)
    return topic
  }

  /**
   * Makes another replica lead, with the next epoch. Without `to`, the next live replica in line; a broker that is
   * not yet a replica may be named too, as if the partition had been reassigned. Returns the new leader, undefined
   * if there is none to move to.
   */
  moveLeader(partition: Partition, to?: number): number | undefined {
    const candidates = partition.replicas.filter((id) => id !== partition.leaderId && this.node(id)?.isRunning)
    const others = this.liveNodes.map((node) => node.id).filter((id) => id !== partition.leaderId)
    const after = (ids: readonly number[]): number | undefined => ids.find((id) => id > partition.leaderId) ?? ids[0]
    const leader = to ?? after(candidates.toSorted((a, b) => a - b)) ?? after(others)
    if (leader === undefined || this.node(leader)?.isRunning !== true) return undefined
    if (!partition.isr.includes(leader)) partition.isr = [...partition.isr, leader]
    this.setLeader(partition, leader)
    return leader
  }

  /** What a controller does when a broker comes or goes: leaders and in-sync replicas follow. */
  nodeChanged(id: number): void {
    for (const topic of this.topicsByName.values()) {
      for (const partition of topic.partitions) this.reconsider(partition, id)
    }
  }

  /** Counts what a log took or gave back. */
  countLogBytes(bytes: number): void {
    this.usedBytes += bytes
  }

  /** Whether the logs can take so many bytes more: deletes what is oldest in this partition, or says no and why. */
  makeRoom(
    partition: Partition,
    bytes: number,
    at: { readonly node: BrokerNode; readonly connection: number },
  ): boolean {
    const { logBytesMax, logOverflow } = this.config
    while (logOverflow === 'delete-oldest' && this.usedBytes + bytes > logBytesMax) {
      const freed = partition.log.deleteOldest()
      if (freed === 0) break
      this.usedBytes -= freed
    }
    if (this.usedBytes + bytes <= logBytesMax) return true
    const message = `the logs are full: ${this.usedBytes} of ${logBytesMax} bytes (logBytesMax), ${bytes} more wanted`
    this.find({ kind: 'limit', broker: at.node.id, connection: at.connection, message })
    return false
  }

  tell(event: BrokerEventInput): void {
    this.events.tell({ atMs: this.clock.nowMs(), ...event })
  }

  find(finding: Omit<Finding, 'atMs'>): Finding {
    const found = { ...finding, atMs: this.clock.nowMs() }
    this.findings.add(found)
    this.tell({ event: 'finding', kind: found.kind, broker: found.broker, connection: found.connection })
    return found
  }

  /** Topics as configured, empty and with new ids; all others are gone. Producer ids go on, as they do in Kafka. */
  reset(): void {
    const gone = [...this.topicsByName.values()].flatMap((topic) => topic.partitions)
    this.topicsByName.clear()
    this.topicsById.clear()
    this.usedBytes = 0
    this.findings.clear()
    this.events.clear()
    this.capture.clear()
    this.createConfiguredTopics()
    for (const partition of gone) partition.changed()
  }

  private createConfiguredTopics(): void {
    for (const [name, plan] of this.config.topics) this.createTopic(name, plan)
  }

  /** Round robin, so that 6 partitions on 3 brokers give each broker 2 to lead. */
  private spread(plan: TopicPlan): number[][] {
    const ids = this.nodes.map((node) => node.id)
    return Array.from({ length: plan.partitions }, (_, partition) =>
      Array.from({ length: plan.replicas }, (_, replica) => ids[(partition + replica) % ids.length] ?? -1),
    )
  }

  /** The broker `id` came or went: is it still in sync, and who leads? */
  private reconsider(partition: Partition, id: number): void {
    if (!partition.replicas.includes(id) && partition.leaderId !== id) return
    if (!this.isStarted) return
    const isRunning = this.node(id)?.isRunning === true
    const others = partition.isr.filter((replica) => replica !== id)
    if (isRunning && partition.leaderId === -1 && partition.isr.includes(id)) this.setLeader(partition, id)
    // A replica catches up at once: the log is shared.
    if (isRunning && partition.leaderId !== -1 && !partition.isr.includes(id)) partition.isr = [...partition.isr, id]
    // The last replica in sync stays on the list, as in Kafka: only it may lead again.
    if (!isRunning && others.length > 0) partition.isr = others
    if (!isRunning && partition.leaderId === id) {
      const next = partition.replicas.find(
        (replica) => partition.isr.includes(replica) && this.node(replica)?.isRunning,
      )
      this.setLeader(partition, next ?? -1)
    }
  }

  private setLeader(partition: Partition, leader: number): void {
    if (partition.leaderId === leader) return
    partition.leaderId = leader
    partition.leaderEpoch++
    const isLive = (id: number): boolean => this.node(id)?.isRunning === true && !partition.isr.includes(id)
    if (leader !== -1) partition.isr = [...partition.isr, ...partition.replicas.filter(isLive)]
    const { topic, index, leaderEpoch } = partition
    this.tell({ event: 'leader-moved', topic, partition: index, leader, leaderEpoch })
    partition.changed()
  }
}

const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 22 characters of base64url, not starting with a dash: Kafka avoids those because command lines stumble over them. */
function randomUuid(random: Random): string {
  let uuid = base64url.charAt(random.below(62))
  for (let i = 1; i < 21; i++) uuid += base64url.charAt(random.below(64))
  // 128 bits are 21 characters and two bits.
  return uuid + base64url.charAt(random.below(4) * 16)
}
