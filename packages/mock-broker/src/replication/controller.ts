import type { Cluster } from '../cluster.ts'
import { type ClusterNode, canReplicate, isAvailable } from '../cluster-node.ts'
import type { Partition } from './partition.ts'

/**
 * What the controller of a cluster decides: who leads, who is in sync, which brokers count as alive. It decides at
 * once, and every broker knows at once. Java: `ReplicationControlManager` and `BrokerHeartbeatManager`.
 */
export class Controller {
  private readonly cluster: Cluster

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  /** A broker came up: it follows, and leads what nobody could lead without it. */
  brokerStarted(node: ClusterNode): void {
    // Back before its session ended: its former self is gone all the same.
    if (!node.isFenced) this.brokerFenced(node)
    node.isFenced = false
    for (const partition of this.partitionsOf(node.id)) {
      partition.replica(node.id)?.log.restoreProducers()
      if (partition.leaderId === -1) this.elect(partition)
      partition.replicaStarted(node.id)
    }
  }

  /** It asked to be shut down: whatever another replica in sync can lead is moved while it still answers. */
  controlledShutdown(node: ClusterNode): void {
    node.isFenced = true
    for (const partition of this.partitionsOf(node.id)) {
      const others = partition.isr.filter((id) => id !== node.id)
      const isNeeded = others.length === 0
      if (partition.leaderId === node.id && !isNeeded) this.elect(partition)
      if (!isNeeded) partition.setIsr(others)
    }
  }

  /** Its process ended in good order, after `controlledShutdown`. */
  brokerShutDown(node: ClusterNode): void {
    for (const partition of this.partitionsOf(node.id)) {
      partition.replica(node.id)?.log.snapshotProducers()
      partition.replica(node.id)?.stopFollowing()
      if (partition.leaderId === node.id) this.elect(partition)
    }
  }

  /** It was not heard of for too long: others lead, and it is in sync no more. */
  brokerFenced(node: ClusterNode): void {
    node.isFenced = true
    this.othersLead(node)
  }

  /** Its replicas are lost to the others although it lives. Java: `handleDirectoriesOffline` (KIP-858). */
  logDirFailed(node: ClusterNode): void {
    for (const partition of this.partitionsOf(node.id)) partition.replica(node.id)?.stopFollowing()
    this.othersLead(node)
  }

  /** Its replicas follow again, and lead what nobody could lead without them. */
  logDirRepaired(node: ClusterNode): void {
    for (const partition of this.partitionsOf(node.id)) {
      if (partition.leaderId === -1) this.elect(partition)
      partition.replicaStarted(node.id)
    }
  }

  private othersLead(node: ClusterNode): void {
    for (const partition of this.partitionsOf(node.id)) {
      const others = partition.isr.filter((id) => id !== node.id)
      // The last replica in sync stays on the list: only it has everything, so only it may lead again.
      if (others.length > 0) partition.setIsr(others)
      if (partition.leaderId === node.id) this.elect(partition)
    }
  }

  /**
   * Makes another replica lead, with the next epoch. Without `to`, the next live replica in line; a broker that is
   * not yet a replica may be named too, as if the partition had been reassigned. Returns the new leader, undefined
   * if there is none to move to.
   */
  moveLeader(partition: Partition, to?: number): number | undefined {
    const isOther = (id: number): boolean => id !== partition.leaderId && this.isAvailable(id)
    const after = (ids: readonly number[]): number | undefined => ids.find((id) => id > partition.leaderId) ?? ids[0]
    const inSync = partition.isr.filter(isOther).toSorted((a, b) => a - b)
    const others = this.cluster.availableNodes.map(({ id }) => id).filter(isOther)
    const leader = to ?? after(inSync) ?? after(others)
    if (leader === undefined || !this.isAvailable(leader)) return undefined
    if (leader === partition.leaderId) return leader
    if (!partition.replicas.includes(leader)) partition.reassign([...partition.replicas, leader])
    // One that has fallen behind would take records away: it first gets what it lacks.
    if (!partition.isr.includes(leader)) partition.bringInSync(leader)
    partition.lead(leader)
    return leader
  }

  /** Nobody leads until `elect` or `moveLeader`, although replicas live. */
  removeLeader(partition: Partition): void {
    if (partition.leaderId !== -1) partition.lead(-1)
  }

  /**
   * The first replica in sync that lives leads; if there is none and the topic allows it, any other that lives, and what
   * it lacks is lost. Returns the leader, -1 for nobody.
   */
  elect(partition: Partition): number {
    const live = partition.replicas.filter((id) => this.isAvailable(id) && this.canReplicate(id))
    const clean = live.find((id) => partition.isr.includes(id))
    if (clean !== undefined) {
      partition.lead(clean)
      return clean
    }
    const isUncleanAllowed = this.cluster.topic(partition.topic)?.config.uncleanLeaderElection === true
    const unclean = isUncleanAllowed ? live[0] : undefined
    if (unclean !== undefined) return this.electUnclean(partition, unclean) ?? -1
    if (partition.leaderId !== -1) partition.lead(-1)
    return -1
  }

  /**
   * Makes a live replica lead whether it is in sync or not; it alone is in sync then, and whatever it lacks is lost.
   * Without `to`: one that is not in sync, or else the one that has least. Returns the leader, undefined if none lives.
   */
  electUnclean(partition: Partition, to?: number): number | undefined {
    const candidates = partition.replicas.filter((id) => id !== partition.leaderId && this.canReplicate(id))
    const byEnd = candidates.toSorted((a, b) => Number(this.endOf(partition, a) - this.endOf(partition, b)))
    const leader = to ?? byEnd.find((id) => !partition.isr.includes(id)) ?? byEnd[0]
    if (leader === undefined || !this.canReplicate(leader) || partition.replica(leader) === undefined) return undefined
    partition.isr = [leader]
    partition.lead(leader)
    return leader
  }

  /** A partition that nobody could lead if this broker left now: its records would go with the broker. */
  hasLast(id: number): Partition | undefined {
    const isLast = !this.cluster.nodes.some((node) => node.id !== id && isAvailable(node) && canReplicate(node))
    return this.partitionsOf(id).find(({ leaderId, isr }) =>
      leaderId === -1 ? isr.every((replica) => replica === id) : leaderId === id && isLast,
    )
  }

  /** A broker leaves for good: others take over its replicas where there is somebody left to do it. */
  brokerRemoved(id: number): void {
    for (const partition of this.partitionsOf(id)) {
      const others = partition.replicas.filter((replica) => replica !== id)
      const spare = this.cluster.availableNodes
        .map((node) => node.id)
        .find((node) => node !== id && !partition.replicas.includes(node))
      if (partition.leaderId === -1 || (spare === undefined && others.length === 0)) continue
      const replicas = partition.replicas.map((replica) => (replica === id ? (spare ?? -1) : replica))
      partition.reassign([...new Set([...replicas.filter((replica) => replica !== -1), id])])
      if (partition.leaderId === id) this.moveLeader(partition)
      if (partition.leaderId === id) continue
      partition.setIsr(partition.isr.filter((replica) => replica !== id))
      partition.reassign(partition.replicas.filter((replica) => replica !== id))
    }
  }

  private partitionsOf(nodeId: number): Partition[] {
    const found: Partition[] = []
    for (const { partitions } of this.cluster.topics) {
      for (const partition of partitions) if (partition.replicas.includes(nodeId)) found.push(partition)
    }
    return found
  }

  private endOf(partition: Partition, id: number): bigint {
    return partition.endOffsetOf(id) ?? 0n
  }

  private isAvailable(id: number): boolean {
    return isAvailable(this.cluster.node(id))
  }

  private canReplicate(id: number): boolean {
    return canReplicate(this.cluster.node(id))
  }
}
