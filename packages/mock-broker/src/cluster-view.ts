import type { Cluster, ClusterNode } from './cluster.ts'

/** The part of a cluster that brokers tell each other: what each of them answers Metadata from. */
export interface ClusterView {
  readonly availableNodes: readonly Readonly<ClusterNode>[]
  readonly topics: Iterable<TopicView>
  node(id: number): Readonly<ClusterNode> | undefined
  topic(name: string): TopicView | undefined
  topicById(id: string): TopicView | undefined
}

export interface TopicView {
  readonly name: string
  readonly id: string
  readonly isInternal: boolean
  readonly partitions: readonly PartitionView[]
}

export interface PartitionView {
  readonly topic: string
  readonly index: number
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

/** What a cluster looks like now, and will not any more. */
export function snapshotOf(cluster: Cluster): ClusterView {
  const nodes = new Map(cluster.nodes.map((node) => [node.id, { ...node }]))
  const topics = [...cluster.topics].map(
    ({ name, id, isInternal, partitions }): TopicView => ({
      name,
      id,
      isInternal,
      partitions: partitions.map(({ topic, index, leaderId, leaderEpoch, replicas, isr }) => ({
        topic,
        index,
        leaderId,
        leaderEpoch,
        replicas,
        isr,
      })),
    }),
  )
  const byName = new Map(topics.map((topic) => [topic.name, topic]))
  const byId = new Map(topics.map((topic) => [topic.id, topic]))
  return {
    availableNodes: [...nodes.values()].filter((node) => !node.isFenced),
    topics,
    node: (id) => nodes.get(id),
    topic: (name) => byName.get(name),
    topicById: (id) => byId.get(id),
  }
}
