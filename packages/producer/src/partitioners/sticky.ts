import type { Random } from '@harrow/runtime'

/** What the choice of the next partition depends on, measured at the moment of choosing. */
export interface PartitionLoads {
  readonly partitionCount: number
  /** Partitions with a leader, ascending. */
  readonly available: readonly number[]
  /**
   * How many batches are queued per partition, where there are any; undefined without adaptive partitioning.
   * -1 marks a partition whose leader has not taken data for `partitioner.availability.timeout.ms`.
   */
  readonly queueSizes: ReadonlyMap<number, number> | undefined
}

/**
 * The built-in partitioner for records without a key (KIP-480, KIP-794), one per topic: stays with a partition until
 * `batch.size` bytes went there, so that batches fill; prefers partitions with short queues, so that a slow broker
 * gets less.
 */
export class StickyPartitioner {
  private readonly random: Random
  /** The quantum of stickiness. Java refuses 0 here and its producer makes it 1. */
  private readonly batchBytes: number
  private chosen: number | undefined
  private producedBytes = 0

  constructor(random: Random, options: { readonly batchBytes: number }) {
    this.random = random
    this.batchBytes = Math.max(options.batchBytes, 1)
  }

  /** The partition for the next record; undefined before the first choice. */
  get current(): number | undefined {
    return this.chosen
  }

  /**
   * HOT: once per record without a key. Counts `bytes` for the current partition. True: choose another. It may be left
   * once a quantum went there and no half-filled batch would stay behind (`mayLeave`), and is left in any case after two.
   */
  isOverAfter(bytes: number, mayLeave: boolean): boolean {
    this.producedBytes += bytes
    return this.producedBytes >= this.batchBytes * 2 || (this.producedBytes >= this.batchBytes && mayLeave)
  }

  choose(loads: PartitionLoads): number {
    const chosen = choosePartition(loads, this.random.below(2 ** 31))
    this.chosen = chosen
    this.producedBytes = 0
    return chosen
  }
}

/**
 * Pure: `draw` is a number in [0, 2^31). Each partition weighs `max + 1 - size`, one left out nothing; the draw falls into
 * the running sums of the weights, by partition. The choice is uniform with one partition, or when all queues are equal
 * and none is left out, or all are.
 *
 * Java makes the table of all running sums. Here only partitions with a queue are looked at: between them all weigh the
 * same. So 10,000 partitions cost no more than those with data.
 */
export function choosePartition(loads: PartitionLoads, draw: number): number {
  const { partitionCount, available, queueSizes } = loads
  if (available.length === 0) return draw % partitionCount
  const uniform = available[draw % available.length]!
  if (queueSizes === undefined || available.length < 2) return uniform
  const queues = placesOf(queueSizes, available)
  const sizes = queues.map(({ size }) => size).filter((size) => size >= 0)
  const isAnyEmpty = queues.length < available.length
  const knownCount = available.length - (queues.length - sizes.length)
  const max = Math.max(isAnyEmpty ? 0 : -1, ...sizes)
  const areEqual = sizes.every((size) => size === max) && (max === 0 || !isAnyEmpty)
  if (knownCount === 0 || (areEqual && knownCount === available.length)) return uniform
  const emptyWeight = max + 1
  let left = draw % sizes.reduce((sum, size) => sum - size, knownCount * emptyWeight)
  let place = 0
  for (const queue of queues) {
    const before = (queue.place - place) * emptyWeight
    if (left < before) break
    left -= before
    const weight = queue.size < 0 ? 0 : emptyWeight - queue.size
    if (left < weight) return available[queue.place]!
    left -= weight
    place = queue.place + 1
  }
  return available[place + Math.floor(left / emptyWeight)]!
}

/** Queue sizes by their place in `available`, ascending. */
function placesOf(queueSizes: ReadonlyMap<number, number>, available: readonly number[]) {
  const found: { readonly place: number; readonly size: number }[] = []
  for (const [partition, size] of queueSizes) {
    const place = placeOf(partition, available)
    if (place !== undefined) found.push({ place, size })
  }
  return found.sort((a, b) => a.place - b.place)
}

/** Where `partition` is in an ascending list. */
function placeOf(partition: number, ascending: readonly number[]): number | undefined {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < partition) low = middle + 1
    else high = middle
  }
  return ascending[low] === partition ? low : undefined
}
