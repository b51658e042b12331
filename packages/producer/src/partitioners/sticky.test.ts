import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { RoundRobinPartitioner } from './round-robin.ts'
import { choosePartition, cumulativeWeights, type PartitionLoads, StickyPartitioner } from './sticky.ts'

const all = (count: number): number[] => Array.from({ length: count }, (_, partition) => partition)
const loads = (queueSizes: readonly number[]): PartitionLoads => ({
  partitionCount: queueSizes.length,
  available: all(queueSizes.length),
  queueSizes,
})

test('sticky partitioner: weights are max + 1 - size, as running sums', () => {
  expect(cumulativeWeights([0, 3, 1])).toEqual([4, 5, 8])
  expect(cumulativeWeights([5, 0, 3, 0, 1])).toEqual([1, 7, 10, 16, 21])
  expect(cumulativeWeights([1, 7, 2])).toEqual([7, 8, 14])
})

test('sticky partitioner: without a reason to prefer one the choice is uniform', () => {
  for (const sizes of [[], [3], [2, 2, 2], [-1, -1]]) expect(cumulativeWeights(sizes)).toBeUndefined()
})

test('sticky partitioner: each draw picks in proportion to the weights', () => {
  expect(all(8).map((draw) => choosePartition(loads([0, 3, 1]), draw))).toEqual([0, 0, 0, 0, 1, 2, 2, 2])
  const counts = [0, 0, 0]
  for (const draw of all(14)) counts[choosePartition(loads([1, 7, 2]), draw)]!++
  expect(counts).toEqual([7, 1, 6])
})

test('sticky partitioner: a partition of a stuck leader is never chosen while another is left', () => {
  for (const draw of all(100)) expect(choosePartition(loads([-1, 4, 4]), draw)).not.toBe(0)
})

test('sticky partitioner: partitions without a leader are left out, unless none has one', () => {
  const some = { partitionCount: 4, available: [1, 3], queueSizes: undefined }
  expect(all(4).map((draw) => choosePartition(some, draw))).toEqual([1, 3, 1, 3])
  const none = { partitionCount: 4, available: [], queueSizes: undefined }
  expect(all(4).map((draw) => choosePartition(none, draw))).toEqual([0, 1, 2, 3])
})

test('sticky partitioner: it stays for a quantum, then leaves if no half-filled batch stays behind, at last after two', () => {
  const measured: number[] = []
  const measure = (): PartitionLoads => {
    measured.push(1)
    return { partitionCount: 1000, available: all(1000), queueSizes: undefined }
  }
  const partitioner = new StickyPartitioner<void>(seededRandom(1), { batchBytes: 100, measure })
  const first = partitioner.peek()
  partitioner.update(99, { mayLeave: true, context: undefined })
  expect(partitioner.peek()).toBe(first)
  partitioner.update(50, { mayLeave: false, context: undefined })
  expect(partitioner.peek()).toBe(first)
  partitioner.update(0, { mayLeave: true, context: undefined })
  expect(measured).toHaveLength(2)
  partitioner.update(199, { mayLeave: false, context: undefined })
  expect(measured).toHaveLength(2)
  partitioner.update(1, { mayLeave: false, context: undefined })
  expect(measured).toHaveLength(3)
})

test('round robin partitioner: each topic in turn over partitions with a leader, over all if none has', () => {
  const partitioner = new RoundRobinPartitioner()
  const next = (topic: string, availablePartitions: readonly number[]): number =>
    partitioner.partition({
      topic,
      key: null,
      keyBytes: null,
      value: null,
      valueBytes: null,
      partitionCount: 3,
      availablePartitions,
    })
  expect([next('a', [0, 2]), next('a', [0, 2]), next('b', [0, 2]), next('a', [0, 2])]).toEqual([0, 2, 0, 0])
  expect([next('c', []), next('c', []), next('c', []), next('c', [])]).toEqual([0, 1, 2, 0])
})
