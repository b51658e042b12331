import type { Cluster } from '../metadata/cluster.ts'
import type { PartitionLoads } from '../partitioners/sticky.ts'
import type { NodeAvailability } from './node-availability.ts'
import type { TopicQueues, TopicState } from './topic-queues.ts'

export interface PartitionLoadFacts {
  readonly cluster: Cluster
  readonly nowMs: number
  readonly queues: TopicQueues
  readonly availability: NodeAvailability
  /** `partitioner.adaptive.partitioning.enable`. */
  readonly isAdaptive: boolean
}

/**
 * What the sticky partitioner is to know of a topic. Java's RecordAccumulator.updatePartitionLoadStats.
 * Differs from Java: measured when a partition is chosen, not on each pass.
 */
export function partitionLoads(topic: TopicState, facts: PartitionLoadFacts): PartitionLoads {
  const { cluster, nowMs, queues, availability, isAdaptive } = facts
  const partitionCount = cluster.partitionCount(topic.name) ?? 1
  const available = cluster.availablePartitions(topic.name)
  // As in Java: no statistics before every partition was used once.
  if (!isAdaptive || topic.usedPartitions < partitionCount) return { partitionCount, available, queueSizes: undefined }
  const queueSizes = new Map<number, number>()
  for (const { partition, length } of topic.queued) queueSizes.set(partition, length)
  const leftOut = availability.leftOut(nowMs, (node) => hasQueuedFor(node, queues, cluster))
  // Only while a broker is left out are all partitions looked at.
  for (const partition of leftOut.size === 0 ? [] : available) {
    const leader = cluster.leaderOf(topic.name, partition)
    if (leader !== undefined && leftOut.has(leader.node.id)) queueSizes.set(partition, -1)
  }
  return { partitionCount, available, queueSizes }
}

function hasQueuedFor(node: number, queues: TopicQueues, cluster: Cluster): boolean {
  for (const { topic, partition } of queues.queued)
    if (cluster.leaderOf(topic, partition)?.node.id === node) return true
  return false
}
