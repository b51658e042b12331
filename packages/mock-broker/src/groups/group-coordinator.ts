import { kafkaErrors } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { ClusterConfig } from '../config.ts'
import type { Finding } from '../findings.ts'
import type { Partition } from '../replication/partition.ts'
import type { BrokerEventInput } from '../trace.ts'
import { ClassicGroup } from './classic-group.ts'
import type { CommittedOffset } from './committed-offsets.ts'
import { KeyedTimers } from './keyed-timers.ts'
import { groupPartition } from './offsets-topic.ts'
import { groupLoaded } from './rebalance.ts'

/** Kafka's settings of groups, and the bounds of this cluster. */
export type GroupLimits = Pick<
  ClusterConfig,
  | 'groupInitialRebalanceDelayMs'
  | 'groupMinSessionTimeoutMs'
  | 'groupMaxSessionTimeoutMs'
  | 'groupMaxSize'
  | 'groupsMax'
  | 'groupBytesMax'
>

/** What groups know of the cluster around them. */
export interface GroupSurroundings {
  readonly limits: GroupLimits
  readonly random: Random
  later(ms: number, wake: () => void): () => void
  /** The partitions of `__consumer_offsets`; none while there is no such topic. */
  offsetsPartitions(): readonly Partition[]
  isRunning(nodeId: number): boolean
  tell(event: BrokerEventInput): void
  find(finding: Omit<Finding, 'atMs'>): void
}

/** Who noticed. */
interface Where {
  readonly broker: number
  readonly connection: number
}

/** A partition of `__consumer_offsets` with groups, and who coordinated them when somebody last looked. */
interface Shard {
  readonly home: Partition
  leaderId: number
  leaderEpoch: number
  readonly groups: Map<string, ClassicGroup>
}

/**
 * The groups of a cluster. Who leads the partition of `__consumer_offsets` that a group falls into coordinates it; when
 * another takes over, what was written down of the group goes on there and the rest is lost. Java:
 * `GroupCoordinatorService` and `CoordinatorRuntime`.
 *
 * Differs from Java: nothing is written into `__consumer_offsets`. What a broker would read from it is kept here, as if
 * every replica had it.
 */
export class GroupCoordinator {
  readonly around: GroupSurroundings
  private readonly shards = new Map<Partition, Shard>()
  private groupCount = 0
  private keptBytes = 0

  constructor(around: GroupSurroundings) {
    this.around = around
  }

  /** Every group, in the order in which they were made within a partition. */
  get all(): ClassicGroup[] {
    return [...this.shards.values()].flatMap(({ groups }) => [...groups.values()])
  }

  /** Bytes that groups and what they have committed keep alive, more or less. */
  get bytes(): number {
    return this.keptBytes
  }

  /** The partition that a group belongs to. */
  homeOf(groupId: string): Partition | undefined {
    const partitions = this.around.offsetsPartitions()
    return partitions[groupPartition(groupId, partitions.length)]
  }

  /** Whether this broker may answer for a group. */
  coordinates(nodeId: number, groupId: string): boolean {
    return this.homeOf(groupId)?.leaderId === nodeId
  }

  group(groupId: string): ClassicGroup | undefined {
    const home = this.homeOf(groupId)
    return home === undefined ? undefined : this.shards.get(home)?.groups.get(groupId)
  }

  /** The groups that a broker coordinates. */
  groupsOf(nodeId: number): ClassicGroup[] {
    return this.all.filter(({ home }) => home.leaderId === nodeId)
  }

  /** Makes a group that does not exist; undefined if there are too many, and that is found. */
  create(groupId: string, at: Where): ClassicGroup | undefined {
    const home = this.homeOf(groupId)
    if (home === undefined) return undefined
    const { groupsMax } = this.around.limits
    if (this.groupCount >= groupsMax && !this.dropUnused()) {
      this.around.find({ kind: 'limit', ...at, message: `there are ${groupsMax} groups already (groupsMax)` })
      return undefined
    }
    const timers = new KeyedTimers((ms, wake) =>
      this.around.later(ms, () => {
        // A broker that was killed does nothing more, even while nobody has noticed.
        if (this.around.isRunning(home.leaderId)) wake()
      }),
    )
    const group = new ClassicGroup(groupId, home, timers)
    this.shardOf(home).groups.set(groupId, group)
    this.groupCount++
    group.save()
    return group
  }

  delete(group: ClassicGroup): void {
    group.timers.cancelAll()
    if (this.shards.get(group.home)?.groups.delete(group.id)) this.groupCount--
    this.keptBytes -= group.bytes
  }

  /** Members came, went or changed. */
  countMembers(group: ClassicGroup): void {
    this.keptBytes -= group.bytes
    group.countMembers()
    this.keptBytes += group.bytes
  }

  /** Stores how far a group has read. */
  commit(group: ClassicGroup, topic: string, partition: number, committed: CommittedOffset): void {
    this.keptBytes -= group.offsets.bytes
    group.offsets.set(topic, partition, committed)
    this.keptBytes += group.offsets.bytes
  }

  /** Forgets how far a group has read a partition. */
  forget(group: ClassicGroup, topic: string, partition: number): void {
    this.keptBytes -= group.offsets.bytes
    group.offsets.delete(topic, partition)
    this.keptBytes += group.offsets.bytes
  }

  /** Whether so many bytes more may be kept; if not, that is found. */
  hasRoom(bytes: number, at: Where): boolean {
    const { groupBytesMax } = this.around.limits
    if (this.bytes + bytes <= groupBytesMax) return true
    const message = `groups hold ${this.bytes} of ${groupBytesMax} bytes (groupBytesMax), ${bytes} more wanted`
    this.around.find({ kind: 'limit', ...at, message })
    return false
  }

  /** Nobody has read a topic that is gone. Java: `OffsetMetadataManager.onPartitionsDeleted`. */
  topicDeleted(topic: string): void {
    for (const group of this.all) {
      for (const partition of group.offsets.partitionsOf(topic)) this.forget(group, topic, partition)
    }
  }

  /** An id like Kafka's: what the client calls itself, and a random UUID. */
  newMemberId(name: string): string {
    const { random } = this.around
    const hex = (digits: number): string => Array.from({ length: digits }, () => random.below(16).toString(16)).join('')
    return `${name}-${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + random.below(4)).toString(16)}${hex(3)}-${hex(12)}`
  }

  private shardOf(home: Partition): Shard {
    const known = this.shards.get(home)
    if (known !== undefined) return known
    const { leaderId, leaderEpoch } = home
    const shard: Shard = { home, leaderId, leaderEpoch, groups: new Map() }
    this.shards.set(home, shard)
    home.watchers.add(() => this.homeChanged(shard))
    return shard
  }

  private homeChanged(shard: Shard): void {
    const { home, groups } = shard
    if (home.isDeleted) {
      this.shards.delete(home)
      for (const group of groups.values()) {
        const { bytes } = group
        group.restore(kafkaErrors.NOT_COORDINATOR)
        group.timers.cancelAll()
        this.keptBytes -= bytes
      }
      this.groupCount -= groups.size
      return
    }
    if (home.leaderId === shard.leaderId && home.leaderEpoch === shard.leaderEpoch) return
    shard.leaderId = home.leaderId
    shard.leaderEpoch = home.leaderEpoch
    for (const group of groups.values()) {
      group.restore(kafkaErrors.NOT_COORDINATOR)
      this.countMembers(group)
      if (home.leaderId !== -1) groupLoaded(this, group)
    }
  }

  /** Forgets a group that nobody is in and that has committed nothing, as Kafka does after a while. */
  private dropUnused(): boolean {
    for (const group of this.all) {
      if (group.state !== 'Empty' || group.pendingJoin.size > 0 || !group.offsets.isEmpty) continue
      this.delete(group)
      return true
    }
    return false
  }
}
