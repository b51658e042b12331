import { toPositive } from './murmur2.ts'
import type { Partitioner, PartitionerInput } from './partitioner.ts'

/** Java's RoundRobinPartitioner: each topic in turn over the partitions that have a leader, over all if none has. */
export class RoundRobinPartitioner implements Partitioner {
  private readonly counters = new Map<string, number>()

  partition({ topic, partitionCount, availablePartitions }: PartitionerInput): number {
    const counter = this.counters.get(topic) ?? 0
    this.counters.set(topic, toPositive(counter + 1))
    if (availablePartitions.length === 0) return counter % partitionCount
    return availablePartitions[counter % availablePartitions.length]!
  }
}
