import type { Random } from '@harrow/runtime'

/** What the choice of the next partition depends on, measured at the moment of choosing. */
export interface PartitionLoads {
  readonly partitionCount: number
  /** Partitions with a leader, ascending. */
  readonly available: readonly number[]
  /**
   * Batches queued per entry of `available`, where known for all; undefined without adaptive partitioning.
   * -1 marks a partition whose leader has not taken data for `partitioner.availability.timeout.ms`.
   */
  readonly queueSizes: readonly number[] | undefined
}

/**
 * The built-in partitioner for records without a key (KIP-480, KIP-794), one per topic: stays with a partition until
 * `batch.size` bytes went there, so that batches fill; prefers partitions with short queues, so that a slow broker
 * gets less.
 */
export class StickyPartitioner<Context> {
  private readonly random: Random
  /** Asked only when a partition is to be chosen, which is once per batch and not once per record. */
  private readonly measure: (context: Context) => PartitionLoads
  /** The quantum of stickiness. */
  private readonly batchBytes: number
  private current = -1
  private producedBytes = 0

  constructor(
    random: Random,
    options: { readonly batchBytes: number; readonly measure: (context: Context) => PartitionLoads },
  ) {
    this.random = random
    this.measure = options.measure
    this.batchBytes = Math.max(options.batchBytes, 1)
  }

  /** The partition for the next record. */
  peek(context: Context): number {
    if (this.current < 0) this.switch(context)
    return this.current
  }

  /**
   * Counts `bytes` for the current partition. It may be left once a quantum went there and no half-filled batch would
   * stay behind (`mayLeave`), and is left in any case after two.
   */
  update(bytes: number, options: { readonly mayLeave: boolean; readonly context: Context }): void {
    this.producedBytes += bytes
    if (this.producedBytes >= this.batchBytes * 2 || (this.producedBytes >= this.batchBytes && options.mayLeave)) {
      this.switch(options.context)
    }
  }

  private switch(context: Context): void {
    this.current = choosePartition(this.measure(context), this.random.below(2 ** 31))
    this.producedBytes = 0
  }
}

/** Pure: `draw` is a number in [0, 2^31). */
export function choosePartition(loads: PartitionLoads, draw: number): number {
  const { partitionCount, available, queueSizes } = loads
  if (available.length === 0) return draw % partitionCount
  const table = queueSizes === undefined ? undefined : cumulativeWeights(queueSizes)
  if (table === undefined) return available[draw % available.length]!
  const weight = draw % table.at(-1)!
  // The first entry strictly greater than the draw. Left-out partitions add no weight, so they are never the first.
  return available[table.findIndex((sum) => sum > weight)]!
}

/**
 * Running sums of `max + 1 - size`. Undefined when the choice is uniform anyway: fewer than two queues, or all equal
 * and none left out. Sizes 0, 3, 1 give 4, 5, 8.
 */
export function cumulativeWeights(queueSizes: readonly number[]): number[] | undefined {
  const known = queueSizes.filter((size) => size >= 0)
  // Differs from Java: with every partition left out there is nothing to prefer, so the choice is uniform; Java does the same
  // by having no table.
  if (known.length === 0 || queueSizes.length < 2) return undefined
  const max = Math.max(...known)
  if (known.length === queueSizes.length && known.every((size) => size === max)) return undefined
  let sum = 0
  return queueSizes.map((size) => {
    if (size >= 0) sum += max + 1 - size
    return sum
  })
}
