import type { Broker } from './broker.ts'
import type { Cluster, ClusterNode, Topic } from './cluster.ts'
import { type BrokerOptions, ClusterOptionsError, parseBrokerOptions } from './config.ts'
import { suggestion } from './did-you-mean.ts'
import { type KafkaReleaseName, kafkaRelease } from './kafka-releases.ts'
import type { Partition } from './replication/partition.ts'
import type { Timers } from './timers.ts'

/** A partition, by name. */
export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

/** Which replicas: those that meet all that is given. */
export interface LagScope {
  /** On this broker. */
  readonly broker?: number
  readonly topic?: string
  /** With `topic`. */
  readonly partition?: number
}

/** How a partition stands: who leads, who is in sync, and how far each replica has come. */
export interface PartitionState {
  /** Node id, -1 for nobody. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly highWatermark: bigint
  readonly replicas: readonly { readonly broker: number; readonly endOffset: bigint }[]
}

export interface RollOptions {
  /** How long each broker is down. Milliseconds; default 0: stopped and started again at once. */
  readonly downMs?: number
  /** How long to wait between two brokers. Milliseconds; default 0. */
  readonly betweenMs?: number
  /** The release that each broker comes back as: a rolling upgrade, or downgrade. */
  readonly to?: KafkaReleaseName
}

export interface AdminParts {
  readonly cluster: Cluster
  readonly timers: Timers
  /** Grows and shrinks with the cluster. */
  readonly brokers: Broker[]
  readonly newBroker: (node: ClusterNode) => Broker
}

/**
 * What administrators, and accidents, do to a running cluster. Everything happens at once, unless a callback says when it
 * is done. What does not exist is a RangeError, with a suggestion.
 */
export class ClusterAdmin {
  private readonly parts: AdminParts

  constructor(parts: AdminParts) {
    this.parts = parts
  }

  /** The partitions of a topic, or the one. @throws RangeError if there is no such topic or partition */
  partitions(topic: string, partition?: number): readonly PartitionName[] {
    if (partition !== undefined) return [this.partition({ topic, partition })].map(() => ({ topic, partition }))
    return this.topic(topic).partitions.map(({ index }) => ({ topic, partition: index }))
  }

  /** How a partition stands. @throws RangeError if there is no such partition */
  describe(name: PartitionName): PartitionState {
    const partition = this.partition(name)
    const { leaderId: leader, leaderEpoch, isr, highWatermark } = partition
    const replicas = partition.replicas.map((broker) => ({ broker, endOffset: partition.endOffsetOf(broker) ?? 0n }))
    return { leader, leaderEpoch, isr, highWatermark, replicas }
  }

  /**
   * Makes another broker lead the partition, with the next epoch: `to`, or the next live replica. Returns its node id.
   * @throws RangeError if there is no such partition, or nobody to lead it
   */
  moveLeader(name: PartitionName, to?: number): number {
    const leader = this.cluster.controller.moveLeader(this.partition(name), to)
    if (leader !== undefined) return leader
    throw new RangeError(`no live broker to lead ${name.topic} ${name.partition}${to === undefined ? '' : `: ${to}`}`)
  }

  /** Nobody leads until somebody is elected. @throws RangeError if there is no such partition */
  removeLeader(name: PartitionName): void {
    this.cluster.controller.removeLeader(this.partition(name))
  }

  /**
   * The first live replica in sync leads again, as after `removeLeader`. Returns its node id, -1 for nobody.
   * @throws RangeError if there is no such partition
   */
  electLeader(name: PartitionName): number {
    return this.cluster.controller.elect(this.partition(name))
  }

  /**
   * A replica leads whether it is in sync or not, and what it lacks is lost: `to`, or a live one that is not in sync.
   * Returns its node id.
   * @throws RangeError if there is no such partition, or no live replica but the leader
   */
  electUnclean(name: PartitionName, to?: number): number {
    const leader = this.cluster.controller.electUnclean(this.partition(name), to)
    if (leader !== undefined) return leader
    throw new RangeError(`no live replica of ${name.topic} ${name.partition} to lead it but the one that does`)
  }

  /**
   * Replicas leave those in sync and do not come back until `restoreIsr`. Without `out`, all but the leader.
   * @throws RangeError if there is no such partition
   */
  shrinkIsr(name: PartitionName, out?: readonly number[]): void {
    const partition = this.partition(name)
    partition.shrinkIsr(out ?? partition.replicas)
  }

  /** Every replica fetches again as its broker does, and is in sync as soon as it has everything. */
  restoreIsr(name: PartitionName): void {
    const partition = this.partition(name)
    for (const id of partition.replicas) partition.setLag(id, undefined)
  }

  /**
   * Followers have what is appended so many milliseconds later; `Infinity`: not at all; undefined: as they are configured
   * to. Those on one broker or on all, of one partition, of one topic, or of all that they follow.
   * @throws RangeError if there is no such broker, topic or partition
   */
  setLag(lagMs: number | undefined, { broker, topic, partition }: LagScope = {}): void {
    const nodes = broker === undefined ? this.cluster.nodes : [this.node(broker)]
    if (topic === undefined) {
      for (const node of nodes) this.cluster.setLag(node, lagMs ?? this.cluster.config.replicationLagMs)
      return
    }
    for (const name of this.partitions(topic, partition)) {
      for (const { id } of nodes) this.partition(name).setLag(id, lagMs)
    }
  }

  /**
   * What the replicas of a partition know about producers is gone (B33). `keep: 'last'`: of each producer its last batch
   * stays, as after a restart (B42).
   * @throws RangeError if there is no such partition
   */
  loseProducerState(name: PartitionName, options: { readonly keep?: 'last' } = {}): void {
    const partition = this.partition(name)
    if (options.keep === undefined) this.cluster.tell({ event: 'producers-forgotten', ...name })
    for (const id of partition.replicas) {
      const log = partition.replica(id)?.log
      if (options.keep === undefined) log?.loseProducers()
      else if (log !== undefined) log.producers = log.producers.lastBatches()
    }
  }

  /** A broker hears of no change from here on, and its metadata answers grow stale (M9). @throws RangeError */
  freezeMetadata(broker: number): void {
    this.cluster.freezeView(this.node(broker).id)
  }

  /** It knows everything again. @throws RangeError */
  refreshMetadata(broker: number): void {
    this.cluster.refreshView(this.node(broker).id)
  }

  /** The wall clock of a broker is so far ahead of the others; negative: behind. @throws RangeError */
  skewClock(broker: number, ms: number): void {
    this.node(broker).wallSkewMs = ms
  }

  /**
   * The log directory of a broker fails, or is whole again. Meanwhile Produce and Fetch answer KAFKA_STORAGE_ERROR there
   * (B12), its replicas do not fetch, and others lead in its place. @throws RangeError
   */
  setLogDirOffline(broker: number, isOffline: boolean): void {
    const node = this.node(broker)
    if (node.isLogDirOffline === isOffline) return
    node.isLogDirOffline = isOffline
    if (isOffline) this.cluster.controller.logDirFailed(node)
    else this.cluster.controller.logDirRepaired(node)
  }

  /**
   * Records below `offset` are gone, as DeleteRecords does it.
   * @throws RangeError if there is no such partition, or the offset is above the high watermark
   */
  deleteRecords(name: PartitionName, offset: bigint): void {
    const partition = this.partition(name)
    if (offset > partition.highWatermark) {
      throw new RangeError(`${name.topic} ${name.partition} has records to ${partition.highWatermark}, not ${offset}`)
    }
    partition.deleteBefore(offset)
  }

  /**
   * Returns how to make it anew, with as many partitions and another id, if it is not there by then.
   * @throws RangeError if there is no such topic
   */
  deleteTopic(name: string): () => void {
    return this.cluster.deleteTopic(this.topic(name))
  }

  /** Deletes a topic and makes it anew: empty, with the same partitions and another id. Returns that. */
  recreateTopic(name: string): string {
    this.deleteTopic(name)()
    return this.topic(name).id
  }

  /** @throws RangeError if there is no such topic, or `count` is not more than there are */
  addPartitions(name: string, count: number): void {
    const topic = this.topic(name)
    const countMax = topic.partitions.length + this.cluster.partitionsLeft
    if (!Number.isInteger(count) || count <= topic.partitions.length || count > countMax) {
      throw new RangeError(`topic "${name}" has ${topic.partitions.length} partitions and cannot have ${count}`)
    }
    this.cluster.addPartitions(topic, count)
  }

  /**
   * A new broker joins and starts. It has no replicas until a topic is made or a leader moves there. Returns its node id.
   * @throws ClusterOptionsError for a node id that is taken
   */
  addBroker(options: BrokerOptions, done: (error?: Error) => void): number {
    const { cluster } = this.parts
    const nextId = Math.max(0, ...cluster.nodes.map(({ id }) => id)) + 1
    const config = parseBrokerOptions(options, {
      id: nextId,
      host: cluster.nodes[0]?.host ?? '127.0.0.1',
      kafka: cluster.config.kafka,
    })
    if (cluster.node(config.id) !== undefined) {
      throw new ClusterOptionsError([{ path: ['id'], message: `${config.id} is already taken` }])
    }
    const broker = this.parts.newBroker(cluster.addNode(config))
    this.parts.brokers.push(broker)
    broker.start(done)
    return config.id
  }

  /**
   * A broker leaves for good: others take over its replicas, it shuts down, and nobody knows it any more.
   * @throws RangeError if there is no such broker, it is the last, it alone can lead a partition that nobody leads, or it leaves already
   */
  removeBroker(id: number, done: () => void): void {
    const { cluster, brokers } = this.parts
    const broker = this.broker(id)
    if (broker.isLeaving) throw new RangeError(`broker ${id} is leaving already`)
    if (brokers.every((one) => one === broker || one.isLeaving)) throw new RangeError(`broker ${id} is the last one`)
    const last = cluster.controller.hasLast(id)
    if (last !== undefined) throw new RangeError(`only broker ${id} has the records of ${last.topic}-${last.index}`)
    cluster.controller.brokerRemoved(id)
    broker.leave(() => {
      brokers.splice(brokers.indexOf(broker), 1)
      cluster.removeNode(id)
      done()
    })
  }

  /** A broker looks like another release from now on. @throws RangeError if there is no such broker */
  setKafka(broker: number, kafka: KafkaReleaseName): void {
    this.node(broker).release = kafkaRelease(kafka)
  }

  /** Restarts every broker, one after another, each in good order. */
  roll(options: RollOptions, done: (error?: Error) => void): void {
    const { timers, brokers } = this.parts
    const { downMs = 0, betweenMs = 0, to } = options
    const rest = [...brokers]
    const next = (error?: Error): void => {
      const broker = rest.shift()
      if (error !== undefined || broker === undefined) {
        done(error)
        return
      }
      broker.stop('fin', () => {
        if (to !== undefined) this.setKafka(broker.node.id, to)
        const restart = (): void => broker.start((problem) => void timers.after(betweenMs, () => next(problem)))
        timers.after(downMs, restart)
      })
    }
    next()
  }

  private get cluster(): Cluster {
    return this.parts.cluster
  }

  private topic(name: string): Topic {
    const topic = this.cluster.topic(name)
    if (topic !== undefined) return topic
    const names = [...this.cluster.topics].map((one) => one.name)
    throw new RangeError(`no topic "${name}"${suggestion(name, names)}`)
  }

  private partition({ topic: name, partition: index }: PartitionName): Partition {
    const topic = this.topic(name)
    const partition = topic.partitions[index]
    if (partition !== undefined) return partition
    throw new RangeError(`topic "${name}" has partitions 0 to ${topic.partitions.length - 1}, not ${index}`)
  }

  private node(id: number): ClusterNode {
    return this.broker(id).node
  }

  private broker(id: number): Broker {
    const broker = this.parts.brokers.find(({ node }) => node.id === id)
    if (broker !== undefined) return broker
    throw new RangeError(`no broker ${id}; there are ${this.parts.brokers.map(({ node }) => node.id).join(', ')}`)
  }
}
