import type { LogMemory } from '../log/log-memory.ts'
import type { PartitionLog, StoredBatch } from '../log/partition-log.ts'
import type { AcceptedBatch } from '../log/validate-batch.ts'
import type { TopicConfig } from '../topic-config.ts'
import type { BrokerEventInput } from '../trace.ts'
import { Replica } from './replica.ts'

/** What a partition knows of the cluster around it. */
export interface PartitionSurroundings {
  readonly memory: LogMemory
  readonly producerIdExpirationMs: number
  /** `replica.lag.time.max.ms`: a follower that is behind for longer is not in sync. */
  readonly replicaLagTimeMaxMs: number
  /** `log.retention.check.interval.ms` */
  readonly retentionCheckIntervalMs: number
  nowMs(): number
  later(ms: number, wake: () => void): () => void
  /** Whether its process runs and its disk is whole: it can fetch, and be fetched from. */
  canReplicate(nodeId: number): boolean
  /** Whether the controller takes it for alive and whole: it may lead and be in sync. */
  isAvailable(nodeId: number): boolean
  /** How long after an append the followers on this broker have it. */
  lagOf(nodeId: number): number
  /** Whether its release counts `min.insync.replicas` with care: see `KafkaRelease.holdsHighWatermarkBelowMinIsr`. */
  holdsHighWatermark(nodeId: number): boolean
  tell(event: BrokerEventInput): void
}

/**
 * A partition: its replicas, who leads them and who is in sync. Followers have what the leader appends after their lag,
 * by default in the same turn. Java: `Partition` and the replica fetchers.
 */
export class Partition {
  readonly topic: string
  readonly index: number
  /** Node ids, the preferred leader first. */
  replicas: readonly number[]
  /** Node id, -1 if nobody leads. */
  leaderId: number
  leaderEpoch = 0
  isr: readonly number[]
  /** Requests that wait for something to happen here. */
  readonly watchers = new Set<() => void>()
  isDeleted = false
  private config: TopicConfig
  private readonly around: PartitionSurroundings
  private readonly copies = new Map<number, Replica>()
  /** Whose log stands for the partition while nobody leads. */
  private lastLeader: Replica
  /** Where the log ended when the leader took over (KIP-207). */
  private epochStart = 0n
  private retainAtMs: number
  private cancelTick: (() => void) | undefined
  private tickAtMs = Number.POSITIVE_INFINITY

  constructor(
    topic: string,
    index: number,
    replicas: readonly number[],
    config: TopicConfig,
    around: PartitionSurroundings,
  ) {
    this.topic = topic
    this.index = index
    this.replicas = replicas
    this.isr = replicas
    this.config = config
    this.around = around
    for (const id of replicas) this.copies.set(id, new Replica(id, around))
    this.leaderId = replicas[0] ?? -1
    this.retainAtMs = around.nowMs() + around.retentionCheckIntervalMs
    this.lastLeader = this.copies.get(this.leaderId) ?? new Replica(-1, around)
  }

  /** The leader's log; while nobody leads, that of whoever led last. */
  get log(): PartitionLog {
    return this.lastLeader.log
  }

  /** Offset behind the last record that consumers see. */
  get highWatermark(): bigint {
    return this.log.highWatermark
  }

  /** The high watermark may still be below what was acknowledged before the leader took over (KIP-207). */
  get isHighWatermarkCertain(): boolean {
    return this.log.highWatermark >= this.epochStart
  }

  /** `min.insync.replicas`, but since Kafka 3.7 never more than there are replicas. */
  get minInsyncReplicas(): number {
    const { minInsyncReplicas } = this.config
    const isCapped = this.around.holdsHighWatermark(this.leaderId)
    return isCapped ? Math.min(minInsyncReplicas, this.replicas.length) : minInsyncReplicas
  }

  get isUnderMinIsr(): boolean {
    return this.isr.length < this.minInsyncReplicas
  }

  replica(nodeId: number): Replica | undefined {
    return this.copies.get(nodeId)
  }

  /** How far the replica on a broker has got; undefined if it has none. */
  endOffsetOf(nodeId: number): bigint | undefined {
    return this.copies.get(nodeId)?.log.endOffset
  }

  /** Something happened that a waiting request must see. */
  changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }

  configure(config: TopicConfig): void {
    this.config = config
    this.advanceHighWatermark()
    this.changed()
  }

  /** The leader appends, and followers without lag have it before this returns. */
  append(batch: AcceptedBatch): StoredBatch {
    const stored = this.log.append(batch, this.leaderEpoch, this.config)
    let isAnyBehind = false
    for (const id of this.replicas) {
      if (id === this.leaderId) continue
      const follower = this.copies.get(id)
      if (follower === undefined) continue
      if (follower.isCaughtUp && this.lagOf(follower) === 0) follower.take(stored, this.config)
      else {
        const isStopped = this.lagOf(follower) === Number.POSITIVE_INFINITY
        follower.fellBehind(this.around.nowMs(), this.log.endOffset, isStopped)
        isAnyBehind = true
      }
    }
    if (isAnyBehind) this.schedule()
    this.advanceHighWatermark()
    this.changed()
    return stored
  }

  /** A replica leads, with the next epoch; -1: nobody does. The other replicas follow it. */
  lead(nodeId: number): void {
    this.leaderId = nodeId
    this.leaderEpoch++
    const leader = this.copies.get(nodeId)
    if (leader !== undefined) {
      leader.stopFollowing()
      this.lastLeader = leader
      this.epochStart = leader.log.endOffset
      leader.log.beginEpoch(this.leaderEpoch)
      for (const follower of this.copies.values()) if (follower !== leader) this.follow(follower)
    }
    const { topic, index, leaderEpoch } = this
    this.around.tell({ event: 'leader-moved', topic, partition: index, leader: nodeId, leaderEpoch })
    this.catchUp()
  }

  /** The controller's word on who is in sync. */
  setIsr(isr: readonly number[]): void {
    if (isr.length === this.isr.length && isr.every((id) => this.isr.includes(id))) return
    this.isr = isr
    this.around.tell({ event: 'isr-changed', topic: this.topic, partition: this.index, isr })
    this.advanceHighWatermark()
    this.changed()
  }

  /** A broker came up with a replica of this: it follows again. */
  replicaStarted(nodeId: number): void {
    const replica = this.copies.get(nodeId)
    if (replica === undefined || nodeId === this.leaderId || this.leaderId === -1) return
    this.follow(replica)
    this.catchUp()
  }

  /** Lags have changed, or somebody is in sync that was not. */
  catchUp(): void {
    this.tick()
    this.changed()
  }

  /** Gives a replica everything that the leader has, whatever its lag, and counts it as in sync. */
  bringInSync(nodeId: number): void {
    const replica = this.copies.get(nodeId)
    if (replica === undefined || replica === this.lastLeader) return
    this.follow(replica)
    replica.fetchAll(this.log, this.config)
    replica.log.hearHighWatermark(this.log.highWatermark)
    if (!this.isr.includes(nodeId)) this.setIsr([...this.isr, nodeId])
  }

  /**
   * Takes replicas out of those in sync, and keeps them out: they do not fetch until `setLag` says so. The leader stays
   * in. While nobody leads they only stop fetching: it is the leader that tells who is not in sync (KIP-497), and the last
   * in sync stay so, as nobody could ever lead otherwise.
   */
  shrinkIsr(out: readonly number[]): void {
    for (const id of out) {
      const replica = this.copies.get(id)
      if (replica !== undefined && id !== this.leaderId) replica.lagMs = Number.POSITIVE_INFINITY
    }
    if (this.leaderId !== -1) this.setIsr(this.isr.filter((id) => id === this.leaderId || !out.includes(id)))
    this.catchUp()
  }

  /** How long after an append a replica has it: `Infinity` for never, undefined for as long as its broker says. */
  setLag(nodeId: number, lagMs: number | undefined): void {
    const replica = this.copies.get(nodeId)
    if (replica === undefined) return
    replica.lagMs = lagMs
    this.catchUp()
  }

  /** Other replicas than so far, as after a reassignment; new ones begin with what the leader has. */
  reassign(replicas: readonly number[]): void {
    for (const id of replicas) {
      if (this.copies.has(id)) continue
      const replica = new Replica(id, this.around)
      this.copies.set(id, replica)
      this.follow(replica)
      // A reassignment ends when the new replica is in sync, so it ends with a full copy.
      replica.fetchAll(this.log, this.config)
      replica.log.hearHighWatermark(this.log.highWatermark)
    }
    for (const [id, replica] of [...this.copies]) {
      if (replicas.includes(id)) continue
      this.copies.delete(id)
      if (replica !== this.lastLeader) replica.log.dispose()
    }
    this.replicas = replicas
    this.catchUp()
  }

  /** Moves the log start of every replica; what lies before is gone. Returns the bytes that the leader freed. */
  deleteBefore(offset: bigint): number {
    const { log } = this
    const freed = log.deleteBefore(offset)
    for (const { log: other } of this.copies.values()) {
      if (other !== log && other.endOffset >= offset) other.deleteBefore(offset)
    }
    if (freed > 0) {
      const { topic, index } = this
      this.around.tell({ event: 'records-deleted', topic, partition: index, logStartOffset: offset })
    }
    return freed
  }

  /**
   * Deletes whole segments that are too old or too many, if the topic wants it. Called whenever somebody looks, and acts
   * as often as a broker looks by itself: so it needs no timer, and nobody can tell the difference.
   */
  retain(wallMs: number): void {
    const nowMs = this.around.nowMs()
    if (nowMs < this.retainAtMs) return
    this.retainAtMs = nowMs + this.around.retentionCheckIntervalMs
    const { hasRetention, retentionMs, retentionBytes } = this.config
    if (!hasRetention || this.leaderId === -1) return
    const start = this.log.retentionStart({ retentionMs, retentionBytes }, wallMs)
    if (start > this.log.startOffset) this.deleteBefore(start)
  }

  /** The topic is gone: nothing is left of it, and whoever waits here is told. */
  delete(): void {
    this.isDeleted = true
    this.leaderId = -1
    this.cancelTick?.()
    for (const { log } of this.copies.values()) log.dispose()
    this.copies.clear()
    this.changed()
  }

  private lagOf(replica: Replica): number {
    if (!this.around.canReplicate(replica.nodeId)) return Number.POSITIVE_INFINITY
    return replica.lagMs ?? this.around.lagOf(replica.nodeId)
  }

  private follow(replica: Replica): void {
    // One that is down learns of the new leader when it comes back.
    if (!this.around.canReplicate(replica.nodeId)) return
    const truncated = replica.follow(this.log, this.around.nowMs())
    if (truncated === 0) return
    const { topic, index } = this
    const endOffset = replica.log.endOffset
    this.around.tell({
      event: 'log-truncated',
      broker: replica.nodeId,
      topic,
      partition: index,
      endOffset,
      records: truncated,
    })
  }

  /** Followers fetch what is due, join or leave the replicas in sync; then the next time is set. */
  private tick(): void {
    // Followers fetch from the leader, and it is the leader who says who is in sync.
    if (this.leaderId === -1 || !this.around.canReplicate(this.leaderId)) return
    const nowMs = this.around.nowMs()
    let isr = this.isr
    for (const id of this.replicas) {
      const follower = this.copies.get(id)
      if (follower === undefined || id === this.leaderId) continue
      if (!follower.isCaughtUp) follower.fetch(this.log, nowMs, this.lagOf(follower), this.config)
      const behindSinceMs = follower.behindSinceMs ?? Number.POSITIVE_INFINITY
      const isTooLate = behindSinceMs + this.around.replicaLagTimeMaxMs <= nowMs
      if (isr.includes(id) && isTooLate) isr = isr.filter((other) => other !== id)
      else if (!isr.includes(id) && !isTooLate && this.isInSync(follower)) isr = [...isr, id]
    }
    this.setIsr(isr)
    if (this.advanceHighWatermark()) this.changed()
    this.schedule()
  }

  /** Java: `Partition.isFollowerInSync` and `isReplicaIsrEligible`. */
  private isInSync({ nodeId, log, lagMs }: Replica): boolean {
    if (!this.around.isAvailable(nodeId) || !this.around.canReplicate(nodeId)) return false
    // It does not fetch at all, so its leader never hears that it has caught up.
    if ((lagMs ?? this.around.lagOf(nodeId)) === Number.POSITIVE_INFINITY) return false
    return log.endOffset >= this.highWatermark && log.endOffset >= this.epochStart
  }

  /** Java: `Partition.maybeIncrementLeaderHW`. Since Kafka 3.7 it stands still while too few are in sync (KIP-966). */
  private advanceHighWatermark(): boolean {
    if (this.leaderId === -1) return false
    if (this.isUnderMinIsr && this.around.holdsHighWatermark(this.leaderId)) return false
    const { log } = this
    let offset = log.endOffset
    for (const id of this.isr) {
      const end = this.copies.get(id)?.log.endOffset
      if (end !== undefined && end < offset) offset = end
    }
    const isHigher = offset > log.highWatermark
    if (isHigher) log.highWatermark = offset
    for (const follower of this.copies.values()) {
      if (follower === this.lastLeader || this.lagOf(follower) === Number.POSITIVE_INFINITY) continue
      follower.log.hearHighWatermark(log.highWatermark)
    }
    return isHigher
  }

  private schedule(): void {
    let atMs = Number.POSITIVE_INFINITY
    for (const follower of this.copies.values()) {
      const { behindSinceMs } = follower
      if (behindSinceMs === undefined || follower.nodeId === this.leaderId) continue
      atMs = Math.min(atMs, behindSinceMs + this.lagOf(follower))
      if (this.isr.includes(follower.nodeId)) {
        atMs = Math.min(atMs, behindSinceMs + this.around.replicaLagTimeMaxMs)
      }
    }
    if (atMs === this.tickAtMs) return
    this.cancelTick?.()
    this.tickAtMs = atMs
    this.cancelTick = undefined
    if (atMs === Number.POSITIVE_INFINITY) return
    this.cancelTick = this.around.later(Math.max(atMs - this.around.nowMs(), 0), () => {
      this.cancelTick = undefined
      this.tickAtMs = Number.POSITIVE_INFINITY
      this.tick()
    })
  }
}
