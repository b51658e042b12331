import { seededRandom } from '@harrow/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RoundRobinPartitioner } from './round-robin.ts'
import { choosePartition, type PartitionLoads, StickyPartitioner } from './sticky.ts'

const all = (count: number): number[] => Array.from({ length: count }, (_, partition) => partition)

/** Every partition with a leader; empty queues are left out, as in the accumulator. */
const loads = (queueSizes: readonly number[]): PartitionLoads => ({
  partitionCount: queueSizes.length,
  available: all(queueSizes.length),
  queueSizes: new Map([...queueSizes.entries()].filter(([, size]) => size !== 0)),
})

const uniform = (partitionCount: number): PartitionLoads => ({
  partitionCount,
  available: all(partitionCount),
  queueSizes: undefined,
})

const choices = (sizes: readonly number[], draws: number): number[] =>
  all(draws).map((draw) => choosePartition(loads(sizes), draw))

/** How often each partition is chosen. */
function counts(sizes: readonly number[], draws: number): number[] {
  const found = sizes.map(() => 0)
  for (const partition of choices(sizes, draws)) found[partition]!++
  return found
}

/** As Java does it: the running sums of all weights, and the first that is greater than the draw. */
function javaChoice(sizes: readonly number[], draw: number): number {
  const known = sizes.filter((size) => size >= 0)
  const max = Math.max(...known)
  const areEqual = known.length === sizes.length && known.every((size) => size === max)
  if (known.length === 0 || sizes.length < 2 || areEqual) return draw % sizes.length
  let sum = 0
  const table = sizes.map((size) => {
    sum += size < 0 ? 0 : max + 1 - size
    return sum
  })
  return table.findIndex((entry) => entry > draw % sum)
}

test('sticky partitioner: queues of 5, 0, 3, 0 and 1 are chosen 1, 6, 3, 6 and 5 times in 21 draws', () => {
  expect(counts([5, 0, 3, 0, 1], 21)).toEqual([1, 6, 3, 6, 5])
  expect(counts([5, 0, 3, 0, 1], 42)).toEqual([2, 12, 6, 12, 10])
  expect(counts([1, 7, 2], 14)).toEqual([7, 1, 6])
})

test('sticky partitioner: each draw picks what the table of running sums says', () => {
  expect(choices([0, 3, 1], 8)).toEqual([0, 0, 0, 0, 1, 2, 2, 2])
  const sizes = fc.array(fc.integer({ min: -1, max: 6 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(sizes, fc.nat(2 ** 31 - 1), (queueSizes, draw) => {
      expect(choosePartition(loads(queueSizes), draw)).toBe(javaChoice(queueSizes, draw))
    }),
    { numRuns: 2_000 },
  )
})

test('sticky partitioner: without a reason to prefer one the choice is uniform', () => {
  for (const sizes of [[3], [2, 2, 2], [0, 0], [-1, -1]]) {
    expect(choices(sizes, 6)).toEqual(all(6).map((draw) => draw % sizes.length))
  }
})

test('sticky partitioner: queues of partitions without a leader do not count', () => {
  const some = {
    partitionCount: 4,
    available: [1, 3],
    queueSizes: new Map([
      [0, 9],
      [1, 1],
      [2, 9],
    ]),
  }
  expect(all(3).map((draw) => choosePartition(some, draw))).toEqual([1, 3, 3])
})

test('sticky partitioner: a partition of a stuck leader is never chosen while another is left', () => {
  expect(new Set(choices([-1, 4, 4], 100))).toEqual(new Set([1, 2]))
  expect(new Set(choices([-1, 0, -1], 100))).toEqual(new Set([1]))
})

test('sticky partitioner: partitions without a leader are left out, unless none has one', () => {
  const some = { partitionCount: 4, available: [1, 3], queueSizes: undefined }
  expect(all(4).map((draw) => choosePartition(some, draw))).toEqual([1, 3, 1, 3])
  const one = { partitionCount: 4, available: [2], queueSizes: undefined }
  expect(all(4).map((draw) => choosePartition(one, draw))).toEqual([2, 2, 2, 2])
  const none = { partitionCount: 4, available: [], queueSizes: undefined }
  expect(all(4).map((draw) => choosePartition(none, draw))).toEqual([0, 1, 2, 3])
})

test('sticky partitioner: it stays for a quantum, then leaves if no half-filled batch stays behind, at last after two', () => {
  const partitioner = new StickyPartitioner(seededRandom(1), { batchBytes: 100 })
  expect(partitioner.current).toBeUndefined()
  const first = partitioner.choose(uniform(1000))
  expect(partitioner.isOverAfter(99, true)).toBe(false)
  expect(partitioner.isOverAfter(50, false)).toBe(false)
  expect(partitioner.current).toBe(first)
  expect(partitioner.isOverAfter(0, true)).toBe(true)
  expect(partitioner.choose(uniform(1000))).not.toBe(first)
  expect(partitioner.isOverAfter(199, false)).toBe(false)
  expect(partitioner.isOverAfter(1, false)).toBe(true)
})

test('sticky partitioner: with one partition leaving means staying', () => {
  const partitioner = new StickyPartitioner(seededRandom(1), { batchBytes: 3 })
  for (let i = 0; i < 5; i++) {
    expect(partitioner.choose(uniform(1))).toBe(0)
    expect([partitioner.isOverAfter(2, true), partitioner.isOverAfter(1, true)]).toEqual([false, true])
  }
})

test('sticky partitioner: a quantum of 0 is one of 1', () => {
  const partitioner = new StickyPartitioner(seededRandom(1), { batchBytes: 0 })
  expect([partitioner.isOverAfter(0, true), partitioner.isOverAfter(1, true)]).toEqual([false, true])
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

test('round robin partitioner: partitions get equal counts, with keys and without, each topic by itself', () => {
  const partitioner = new RoundRobinPartitioner()
  for (const key of ['same key', null]) {
    const found = new Map<string, number>()
    for (let i = 0; i < 30; i++) {
      const topic = i % 3 === 0 ? 'b' : 'a'
      const keyBytes = key === null ? null : new TextEncoder().encode(key)
      const input = {
        topic,
        key,
        keyBytes,
        value: null,
        valueBytes: null,
        partitionCount: 5,
        availablePartitions: all(5),
      }
      const name = `${topic}${partitioner.partition(input)}`
      found.set(name, (found.get(name) ?? 0) + 1)
    }
    expect([...found].sort()).toEqual([
      ...all(5).map((partition) => [`a${partition}`, 4]),
      ...all(5).map((partition) => [`b${partition}`, 2]),
    ])
  }
})
