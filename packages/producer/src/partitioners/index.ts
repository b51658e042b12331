import type { PartitionerOption } from './partitioner.ts'
import { RoundRobinPartitioner } from './round-robin.ts'

export type { Partitioner, PartitionerInput, PartitionerOption } from './partitioner.ts'

/** By the name that `partitioner.class` takes. The built-in one (murmur2 of the key, sticky without) has no name. */
export const partitioners = { RoundRobinPartitioner } as const satisfies Record<string, PartitionerOption>
