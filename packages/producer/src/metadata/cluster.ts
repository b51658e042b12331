import type { Address } from '@harrow/runtime'

export interface ClusterNode extends Address {
  /** Negative for bootstrap servers, whose real id is not known. */
  readonly id: number
}

export interface PartitionInfo {
  readonly leaderId: number
  /** Undefined when the broker did not say (Metadata before v7) or is not to be trusted (before v9). */
  readonly leaderEpoch: number | undefined
}

export interface TopicInfo {
  /** `zeroUuid` when the broker did not say (Metadata before v10). */
  readonly topicId: string
  /** By partition number. A partition that the answer left out is undefined. */
  readonly partitions: readonly (PartitionInfo | undefined)[]
}

export interface Leader {
  readonly node: ClusterNode
  readonly leaderEpoch: number | undefined
}

/** What is known of the cluster, at one moment. Never changed: an update makes a new one. */
export class Cluster {
  readonly clusterId: string | null
  readonly nodes: ReadonlyMap<number, ClusterNode>
  readonly topics: ReadonlyMap<string, TopicInfo>
  private readonly available = new Map<string, readonly number[]>()
  private readonly namesById = new Map<string, string>()

  constructor(options: {
    readonly clusterId: string | null
    readonly nodes: ReadonlyMap<number, ClusterNode>
    readonly topics: ReadonlyMap<string, TopicInfo>
  }) {
    this.clusterId = options.clusterId
    this.nodes = options.nodes
    this.topics = options.topics
    for (const [name, { topicId }] of this.topics) this.namesById.set(topicId, name)
  }

  partitionCount(topic: string): number | undefined {
    return this.topics.get(topic)?.partitions.length
  }

  topicName(topicId: string): string | undefined {
    return this.namesById.get(topicId)
  }

  /** Undefined when there is none, or when its address is unknown. */
  leaderOf(topic: string, partition: number): Leader | undefined {
    const info = this.topics.get(topic)?.partitions[partition]
    const node = info === undefined ? undefined : this.nodes.get(info.leaderId)
    return info === undefined || node === undefined ? undefined : { node, leaderEpoch: info.leaderEpoch }
  }

  /** Partitions with a leader, ascending. */
  availablePartitions(topic: string): readonly number[] {
    const cached = this.available.get(topic)
    if (cached !== undefined) return cached
    const partitions = this.topics.get(topic)?.partitions ?? []
    const found = partitions.flatMap((_, partition) =>
      this.leaderOf(topic, partition) === undefined ? [] : [partition],
    )
    this.available.set(topic, found)
    return found
  }
}

/** Before the first answer: only where to ask. */
export function bootstrapNodes(addresses: readonly Address[]): ClusterNode[] {
  return addresses.map(({ host, port }, index) => ({ id: -1 - index, host, port }))
}
