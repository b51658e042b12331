/** What a partitioner may look at. */
export interface PartitionerInput {
  readonly topic: string
  readonly key: unknown
  readonly keyBytes: Uint8Array | null
  readonly value: unknown
  readonly valueBytes: Uint8Array | null
  readonly partitionCount: number
  /** Those with a leader, ascending. Empty when no partition has one. */
  readonly availablePartitions: readonly number[]
}

/** Chooses the partition of every record that does not name one. */
export interface Partitioner {
  /** A whole number in [0, partitionCount). Anything else fails the record with an InvalidRecordError. */
  partition(input: PartitionerInput): number
  /** Called once, when the producer closes. */
  close?(): void
}

/** `partitioner.class` takes an object, a plain function or a class without constructor arguments. */
export type PartitionerOption = Partitioner | ((input: PartitionerInput) => number) | (new () => Partitioner)

export function toPartitioner(option: PartitionerOption): Partitioner {
  if (typeof option !== 'function') return option
  if (isClass(option)) return new option()
  return { partition: option }
}

function isClass(option: unknown): option is new () => Partitioner {
  const prototype: unknown = typeof option === 'function' ? option.prototype : undefined
  return typeof prototype === 'object' && prototype !== null && 'partition' in prototype
}
