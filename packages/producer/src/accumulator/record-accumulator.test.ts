import { nodeCodecs } from '@harrow/protocol/node'
import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { AccumulatorFixture, clusterOf, codecOf, valuesOf } from '../../test/accumulator-fixture.ts'
import type { ProducerBatch } from './producer-batch.ts'

test('record accumulator: records share a batch until one does not fit, and then the broker is ready', () => {
  const fixture = new AccumulatorFixture()
  expect([fixture.append(0), fixture.append(0)]).toEqual(['batch-created', 'appended'])
  expect(fixture.readyNodes(0)).toEqual([])
  while (fixture.append(0) !== 'batch-created');
  expect(fixture.readyNodes(0)).toEqual([1])
  expect(fixture.drain(1, 0)).toEqual([0])
})

test('record accumulator: the first batch is drained with exactly its records, in their order', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_086 })
  const values: string[] = []
  for (let i = 0; fixture.append(0, { value: `value ${i}` }) !== 'batch-created' || i === 0; i++)
    values.push(`value ${i}`)
  expect(fixture.batches.map(({ isFull }) => isFull)).toEqual([true, false])
  expect(fixture.readyNodes(0)).toEqual([1])
  expect(fixture.take(1, 0).map(valuesOf)).toEqual([values])
  expect(fixture.readyNodes(0)).toEqual([])
})

test.each([
  ['uncompressed', undefined],
  ['with gzip', nodeCodecs.gzip],
])('record accumulator: a record of twice the batch size leaves alone and whole, %s', (_, codec) => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024, lingerMs: 0, codec })
  const random = seededRandom(1)
  const value = Array.from({ length: 2_048 }, () => String.fromCharCode(33 + random.below(90))).join('')
  fixture.append(0, { value })
  expect(fixture.readyNodes(0)).toEqual([1])
  const [batch] = fixture.take(1, 0)
  expect(valuesOf(batch!)).toEqual([value])
})

test('record accumulator: a record larger than a batch gets one of its own and is ready at once', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0, { bytes: 400 })
  fixture.append(0, { bytes: 10 })
  expect(fixture.readyNodes(0)).toEqual([1])
  expect([...fixture.accumulator.incompleteBatches].map(({ recordCount }) => recordCount)).toEqual([1, 1])
})

test('record accumulator: nothing is ready before linger.ms, and at linger.ms it is', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0, { value: 'a', nowMs: 5 })
  expect([fixture.readyNodes(5), fixture.readyNodes(14.9), fixture.readyNodes(15)]).toEqual([[], [], [1]])
  expect(fixture.take(1, 15).map(valuesOf)).toEqual([['a']])
})

test('record accumulator: the next look is the earliest of all partitions, full ones make their broker ready before', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0, { nowMs: 0 })
  expect(fixture.ready(0).nextCheckMs).toBe(10)
  fixture.append(2, { nowMs: 5 })
  expect(fixture.ready(5).nextCheckMs).toBe(10)
  while (fixture.append(1, { nowMs: 6 }) !== 'batch-full' && fixture.batches.length < 4);
  expect(fixture.readyNodes(6)).toEqual([1])
  expect(fixture.ready(6).nextCheckMs).toBeLessThanOrEqual(16)
})

test('record accumulator: the next look is when the oldest batch has lingered', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0, { nowMs: 0 })
  fixture.append(2, { nowMs: 4 })
  expect(fixture.ready(5).nextCheckMs).toBe(10)
  expect(fixture.readyNodes(10)).toEqual([1])
})

test('record accumulator: partitions of a ready broker go along before their time', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0, { nowMs: 0 })
  fixture.append(1, { nowMs: 9 })
  expect(fixture.drain(1, 10)).toEqual([0, 1])
})

test('record accumulator: what does not fit is first next time, and smaller ones fill the gap', () => {
  const fixture = new AccumulatorFixture({}, clusterOf([1, 1, 1, 1]))
  for (const partition of [0, 1, 2, 3]) fixture.append(partition, { bytes: partition === 1 ? 500 : 10 })
  expect(fixture.drain(1, 10, 400)).toEqual([0, 2, 3])
  for (const partition of [0, 2, 3]) fixture.append(partition, { nowMs: 10 })
  expect(fixture.drain(1, 20, 400)).toEqual([1])
  expect(fixture.drain(1, 20, 400)).toEqual([0, 2, 3])
})

test('record accumulator: partitions of a broker take turns when not all fit', () => {
  const fixture = new AccumulatorFixture({}, clusterOf([1, 1, 1, 1]))
  const served: number[][] = []
  for (let turn = 0; turn < 6; turn++) {
    for (const partition of [0, 1, 2, 3]) fixture.append(partition, { nowMs: turn, bytes: 100 })
    served.push(fixture.drain(1, 100, 350))
  }
  expect(served).toEqual([
    [0, 1],
    [2, 3],
    [0, 1],
    [2, 3],
    [0, 1],
    [2, 3],
  ])
})

test('record accumulator: partitions of each broker take turns, a muted one is passed over, and all fit in the end', () => {
  const fixture = new AccumulatorFixture()
  const send = (): void => {
    for (const partition of [0, 1, 2, 3]) fixture.append(partition, { bytes: 120 })
  }
  const drainBoth = (bytesMax?: number): number[][] => [
    fixture.drain(1, 100, bytesMax),
    fixture.drain(2, 100, bytesMax),
  ]
  send()
  expect(drainBoth(200)).toEqual([[0], [2]])
  send()
  expect(drainBoth(200)).toEqual([[1], [3]])
  send()
  expect(drainBoth(200)).toEqual([[0], [2]])
  const muted = fixture.batches.find(({ partition }) => partition === 1)
  fixture.accumulator.setMuted(muted!, true)
  send()
  expect(drainBoth(200)).toEqual([[0], [3]])
  fixture.accumulator.setMuted(muted!, false)
  send()
  expect(drainBoth().map((partitions) => partitions.sort())).toEqual([
    [0, 1],
    [2, 3],
  ])
})

test('record accumulator: of two full partitions one leaves when the request has no room for both', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024 })
  for (const partition of [0, 1])
    while (fixture.batches.filter((one) => one.partition === partition).length < 2) fixture.append(partition)
  expect(fixture.drain(1, 0, 1_024)).toEqual([0])
})

test('record accumulator: a broker that leads nothing has nothing to be sent', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  expect(fixture.drain(7, 100)).toEqual([])
})

test('record accumulator: a vetoed partition does not hold up the others of its broker', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  fixture.append(1)
  const [work] = fixture.ready(10).work
  const batches = fixture.accumulator.drain(work!, {
    bytesMax: 1_000,
    take: ({ partition }) => (partition === 0 ? undefined : 1),
  })
  expect(batches.map(({ partition }) => partition)).toEqual([1])
})

test('record accumulator: a muted partition is neither ready nor drained, and both again afterwards', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [batch] = fixture.accumulator.incompleteBatches
  fixture.accumulator.setMuted(batch!, true)
  expect(fixture.readyNodes(100)).toEqual([])
  fixture.accumulator.setMuted(batch!, false)
  expect(fixture.drain(1, 100)).toEqual([0])
})

test('record accumulator: a partition without a leader is reported, and ready nowhere', () => {
  const fixture = new AccumulatorFixture({}, clusterOf([-1, 1]))
  fixture.append(0)
  const { work, topicsWithoutLeader } = fixture.ready(100)
  expect(work).toEqual([])
  expect([...topicsWithoutLeader]).toEqual(['t'])
})

test('record accumulator: in backoff a batch waits, flush or not, and others of its broker do not', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [batch] = fixture.take(1, 10)
  fixture.retry(batch!, { retryAtMs: 120 })
  fixture.append(1, { nowMs: 10 })
  expect(fixture.readyNodes(19, true)).toEqual([1])
  expect(fixture.drain(1, 20)).toEqual([1])
  expect(fixture.readyNodes(119, true)).toEqual([])
  expect(fixture.ready(119).nextCheckMs).toBe(120)
  expect(fixture.take(1, 120)).toEqual([batch])
})

test('record accumulator: a newer leader epoch ends a backoff, another leader without one does not', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [batch] = fixture.take(1, 10)
  fixture.retry(batch!, { retryAtMs: 120, leaderEpoch: 0 })
  expect([fixture.readyNodes(119), fixture.take(1, 119)]).toEqual([[], []])
  for (const epoch of [0, undefined]) {
    fixture.cluster = clusterOf([2, 1, 2, 2], epoch)
    expect([fixture.readyNodes(119), fixture.readyNodes(120)]).toEqual([[], [2]])
  }
  fixture.cluster = clusterOf([2, 1, 2, 2], 1)
  expect(fixture.readyNodes(119)).toEqual([2])
  expect(fixture.take(2, 119)).toEqual([batch])
})

test('record accumulator: the epoch that ended one backoff does not end the next', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  fixture.cluster = clusterOf([2, 1, 2, 2], 5)
  const [batch] = fixture.take(2, 10)
  fixture.retry(batch!, { retryAtMs: 120, leaderEpoch: 5 })
  expect(fixture.readyNodes(119)).toEqual([])
  for (const epoch of [4, undefined]) {
    fixture.cluster = clusterOf([2, 1, 2, 2], epoch)
    expect(fixture.readyNodes(119)).toEqual([])
  }
  fixture.cluster = clusterOf([2, 1, 2, 2], 6)
  expect(fixture.readyNodes(119)).toEqual([2])
})

test('record accumulator: a retry goes in front of what came after it', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [work] = fixture.ready(10).work
  const [batch] = fixture.accumulator.drain(work!, { bytesMax: 1_000, take: () => 1 })
  fixture.append(0, { nowMs: 11 })
  batch!.attempts++
  fixture.accumulator.putBack(batch!)
  const [queue] = fixture.accumulator.queuedPartitions
  expect([queue?.head, queue?.length]).toEqual([batch, 2])
})

test('record accumulator: without memory nothing is changed', () => {
  const fixture = new AccumulatorFixture({ bufferMemory: 300 })
  fixture.append(0)
  expect(fixture.append(1)).toBe('no-memory')
  expect(fixture.accumulator.incompleteBatches.size).toBe(1)
  expect(fixture.accumulator.pool.availableBytes).toBe(100)
  fixture.accumulator.checkInvariants()
})

test('record accumulator: batch.size 0 means one record per batch, without linger', () => {
  const fixture = new AccumulatorFixture({ batchSize: 0 })
  expect([fixture.append(0), fixture.append(0)]).toEqual(['batch-created', 'batch-created'])
  expect(fixture.readyNodes(0)).toEqual([1])
})

test('record accumulator: in a hurry nothing lingers, and afterwards nothing is left', () => {
  const fixture = new AccumulatorFixture({ lingerMs: Number.MAX_SAFE_INTEGER }, clusterOf([1, 1, 1]))
  for (let i = 0; i < 100; i++) fixture.append(i % 3, { bytes: 0 })
  expect(fixture.readyNodes(1_000_000).length).toBe(fixture.batches.length > 3 ? 1 : 0)
  while (fixture.accumulator.hasQueued)
    for (const batch of fixture.take(1, 0, { isHurried: true })) fixture.finish(batch)
  expect([fixture.accumulator.isEmpty, fixture.availableBytes]).toEqual([true, 10_000])
})

test('record accumulator: batches expire by age, retried and muted ones too, and not before', () => {
  const fixture = new AccumulatorFixture({ deliveryTimeoutMs: 1_000 })
  fixture.append(0, { nowMs: 0 })
  fixture.append(1, { nowMs: 3 })
  fixture.append(2, { nowMs: 3 })
  const [first] = fixture.take(1, 10)
  fixture.retry(first!, { retryAtMs: 2_000 })
  fixture.accumulator.setMuted(first!, true)
  expect(fixture.batches.map(({ deadlineMs }) => deadlineMs)).toEqual([1_000, 1_003, 1_003])
  const longest = new AccumulatorFixture({ deliveryTimeoutMs: 2_147_483_647 })
  longest.append(0, { nowMs: 1_700_000_000_000 })
  expect(longest.batches[0]?.deadlineMs).toBe(1_702_147_483_647)
})

test('record accumulator: one batch per partition leaves at a time, close to its end or not', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024 })
  fixture.append(0, { nowMs: 0, bytes: 900 })
  fixture.append(0, { nowMs: 1, bytes: 900 })
  const [first, second] = fixture.batches
  expect(fixture.take(1, 990)).toEqual([first])
  expect(fixture.take(1, 999)).toEqual([second])
})

test('record accumulator: the buffer of a batch that is done is the buffer of the next', () => {
  const fixture = new AccumulatorFixture({ bufferMemory: 600 })
  fixture.append(0)
  const [first] = fixture.take(1, 10)
  const wire = first!.seal().buffer
  fixture.finish(first!)
  expect(fixture.accumulator.pool.pooledBytes).toBe(200)
  fixture.append(1)
  expect(fixture.accumulator.pool.pooledBytes).toBe(0)
  expect(fixture.take(1, 10)[0]!.seal().buffer).toBe(wire)
})

test('record accumulator: a batch on the wire cannot be freed, nor one without an outcome, nor twice', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [batch] = fixture.take(1, 10)
  expect(() => fixture.accumulator.free(batch!)).toThrow('freed too early')
  batch!.isInRequest = true
  batch!.finish({ kind: 'success', baseOffset: 0n, logAppendTimeMs: -1 })
  expect(() => fixture.accumulator.free(batch!)).toThrow('freed too early')
  batch!.isInRequest = false
  fixture.accumulator.free(batch!)
  expect(() => fixture.accumulator.free(batch!)).toThrow('freed twice')
})

test('record accumulator: whatever is appended, drained, retried and finished, every record is seen once, in order', () => {
  const random = seededRandom(7)
  const fixture = new AccumulatorFixture({ bufferMemory: 1_000 }, clusterOf([1, 1]))
  const sent: string[][] = [[], []]
  const seen: string[][] = [[], []]
  const onTheWire: ProducerBatch[] = []
  let refused = 0
  for (let step = 0; step < 20_000; step++) {
    if (random.below(3) > 0) {
      const partition = random.below(2)
      const value = `${partition} ${step} ${'x'.repeat(random.below(60))}`
      if (fixture.append(partition, { value, nowMs: step }) === 'no-memory') refused++
      else sent[partition]!.push(value)
    } else if (onTheWire.length === 0 || random.below(2) === 0) {
      for (const batch of fixture.take(1, step)) {
        fixture.accumulator.setMuted(batch, true)
        onTheWire.push(batch)
      }
    } else {
      const batch = onTheWire.splice(random.below(onTheWire.length), 1)[0]!
      fixture.accumulator.setMuted(batch, false)
      if (random.below(4) === 0) fixture.retry(batch, { retryAtMs: step })
      else {
        seen[batch.partition]!.push(...valuesOf(batch))
        fixture.finish(batch)
      }
    }
  }
  for (const batch of onTheWire) fixture.accumulator.setMuted(batch, false)
  for (const batch of onTheWire) fixture.retry(batch, { retryAtMs: 0 })
  while (fixture.accumulator.hasQueued) {
    for (const batch of fixture.take(1, 1_000_000)) {
      seen[batch.partition]!.push(...valuesOf(batch))
      fixture.finish(batch)
    }
  }
  expect(refused).toBeGreaterThan(100)
  expect(seen).toEqual(sent)
  expect(fixture.availableBytes).toBe(1_000)
})

test('record accumulator: what batches really came to counts for the size of a request, not what they were taken for (K19)', () => {
  const codec = codecOf(() => 1)
  const fixture = new AccumulatorFixture({ codec, batchSize: 1_000, lingerMs: 0 }, clusterOf([1, 1, 1]))
  // Records compressed well so far, and these do not.
  for (let n = 0; n < 150; n++) fixture.accumulator.ratios.observe('t', 0.2)
  for (const partition of [0, 1, 2]) fixture.append(partition, { bytes: 150 })
  const estimates = fixture.batches.map(({ estimatedBytes }) => estimatedBytes)
  expect(estimates.reduce((sum, bytes) => sum + bytes)).toBeLessThan(400)
  const taken = fixture.take(1, 0, { bytesMax: 400 })
  const bytes = taken.map((batch) => batch.seal().length)
  expect(taken.map(({ partition }) => partition)).toEqual([0, 1])
  expect(bytes.slice(0, -1).reduce((sum, one) => sum + one)).toBeLessThan(400)
})
