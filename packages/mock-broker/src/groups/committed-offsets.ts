/** How far a group has read a partition. */
export interface CommittedOffset {
  readonly offset: bigint
  /** -1: the client did not say. */
  readonly leaderEpoch: number
  readonly metadata: string
}

/** How far a group has read each partition. Java: `OffsetMetadataManager.Offsets`, for one group. */
export class CommittedOffsets {
  /** Bytes that all this keeps alive, more or less. */
  bytes = 0
  private readonly byTopic = new Map<string, Map<number, CommittedOffset>>()

  get isEmpty(): boolean {
    return this.byTopic.size === 0
  }

  get topics(): string[] {
    return [...this.byTopic.keys()]
  }

  partitionsOf(topic: string): number[] {
    return [...(this.byTopic.get(topic)?.keys() ?? [])]
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.byTopic.get(topic)?.get(partition)
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = this.byTopic.get(topic) ?? new Map<number, CommittedOffset>()
    this.byTopic.set(topic, partitions)
    const before = partitions.get(partition)
    partitions.set(partition, committed)
    this.bytes += offsetBytes(committed.metadata) - (before === undefined ? 0 : offsetBytes(before.metadata))
  }

  delete(topic: string, partition: number): void {
    const partitions = this.byTopic.get(topic)
    const before = partitions?.get(partition)
    if (partitions === undefined || before === undefined) return
    partitions.delete(partition)
    if (partitions.size === 0) this.byTopic.delete(topic)
    this.bytes -= offsetBytes(before.metadata)
  }
}

/** What an offset with this metadata weighs, more or less. */
export function offsetBytes(metadata: string): number {
  return fixedBytes + metadata.length
}

const fixedBytes = 128
