import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { AccumulatorFixture, clusterOf, scriptedRandom } from '../../test/accumulator-fixture.ts'

/** The partitions of the batches that appear while `count` keyless records of `bytes` are appended. */
function partitionsOf(fixture: AccumulatorFixture, count: number, bytes: number, nowMs = 0): number[] {
  const before = fixture.batches.length
  for (let i = 0; i < count; i++) fixture.append(undefined, { bytes, nowMs })
  return fixture.batches.slice(before).map(({ partition }) => partition)
}

test('sticky accumulation: keyless records leave whole batches behind', () => {
  const fixture = new AccumulatorFixture({ lingerMs: 1_000 }, clusterOf([1, 1, 1]))
  for (let i = 0; i < 120; i++) fixture.append(undefined)
  const unfinished = fixture.batches.filter(({ isFull, estimatedBytes }) => !isFull && estimatedBytes < 180)
  expect(new Set(fixture.batches.map(({ partition }) => partition)).size).toBe(3)
  expect(unfinished.length).toBeLessThanOrEqual(1)
})

test('sticky accumulation: keyless records share one batch until it is full, and then one other', () => {
  const fixture = new AccumulatorFixture({}, clusterOf([1, 1, 1]))
  for (let i = 0; i < 100; i++) {
    const before = fixture.batches
    const result = fixture.append(undefined)
    expect(result === 'batch-created').toBe(before.every(({ isFull }) => isFull))
  }
  expect(new Set(fixture.batches.map(({ partition }) => partition)).size).toBe(3)
})

test('sticky accumulation: past the quantum it stays while the batch has room, and leaves with the next whole batch', () => {
  const fixture = new AccumulatorFixture(
    { partitionerAdaptivePartitioningEnable: false },
    clusterOf([1, 1, 1]),
    scriptedRandom([0, 1, 2, 0]),
  )
  fixture.append(undefined, { bytes: 60 })
  const [first] = fixture.take(1, 10)
  fixture.finish(first!)
  // 128 bytes of the quantum of 200 are used: it ends inside this batch.
  fixture.append(undefined, { bytes: 40 })
  for (const bytes of [20, 40]) fixture.append(undefined, { bytes })
  expect(fixture.batches.map(({ partition, isFull }) => [partition, isFull])).toEqual([[0, false]])
  fixture.append(undefined, { bytes: 40 })
  expect(fixture.batches.map(({ partition }) => partition)).toEqual([0, 1])
  const found = partitionsOf(fixture, 40, 60)
  const turns = found.filter((partition, i) => partition !== found[i - 1])
  expect(turns.slice(0, 3)).toEqual([1, 2, 0])
})

test('sticky accumulation: draws over queues of 1, 7 and 2 go 7, 1 and 6 times', () => {
  const found = [0, 0, 0]
  for (let draw = 0; draw < 14; draw++) {
    const fixture = new AccumulatorFixture({ batchSize: 0 }, clusterOf([1, 1, 1]), scriptedRandom([draw]))
    for (const [partition, batches] of [1, 7, 2].entries()) for (let i = 0; i < batches; i++) fixture.append(partition)
    const [partition] = partitionsOf(fixture, 1, 10)
    found[partition!]!++
  }
  expect(found).toEqual([7, 1, 6])
})

test('sticky accumulation: keyless records avoid brokers that take nothing, empty queues included (K4)', () => {
  const fixture = new AccumulatorFixture({ partitionerAvailabilityTimeoutMs: 50, batchSize: 0 })
  for (const partition of [0, 1, 2, 3]) fixture.append(partition)
  const { availability } = fixture.accumulator
  availability.note(1, { hasTaken: false, nowMs: 100 })
  fixture.take(1, 160)
  availability.note(1, { hasTaken: false, nowMs: 160 })
  expect(new Set(partitionsOf(fixture, 100, 1, 200).slice(3))).toEqual(new Set([2, 3]))
})

test('sticky accumulation: a broker is avoided for as long as data waits for it', () => {
  const fixture = new AccumulatorFixture({ partitionerAvailabilityTimeoutMs: 50, batchSize: 0, bufferMemory: 100_000 })
  for (const partition of [0, 1, 2, 3]) fixture.append(partition)
  fixture.accumulator.availability.note(1, { hasTaken: false, nowMs: 100 })
  expect(new Set(partitionsOf(fixture, 100, 1, 9_000).slice(3))).toEqual(new Set([2, 3]))
  fixture.accumulator.availability.note(1, { hasTaken: true, nowMs: 9_000 })
  expect(new Set(partitionsOf(fixture, 100, 1, 9_000))).toEqual(new Set([0, 1, 2, 3]))
})

test('sticky accumulation: bursts of two thirds of a batch with a long linger make no small batches', () => {
  const random = seededRandom(3)
  const fixture = new AccumulatorFixture(
    { batchSize: 1_500, bufferMemory: 1_000_000, lingerMs: 50 },
    clusterOf([1, 1, 1]),
    random,
  )
  const sizes: number[] = []
  for (let burst = 0; burst < 200; burst++) {
    for (let i = 0; i < 10; i++) fixture.append(undefined, { bytes: 90, nowMs: burst * 100 })
    for (const batch of fixture.take(1, burst * 100 + 50)) {
      sizes.push(batch.seal().length)
      fixture.finish(batch)
    }
  }
  expect(sizes).toHaveLength(200)
  expect(Math.min(...sizes)).toBeGreaterThan(750)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_500)
})
