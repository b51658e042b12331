import { zeroUuid } from '@harrow/protocol'
import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { Cluster } from '../metadata/cluster.ts'
import { type AccumulatorOptions, type AppendResult, type ReadyCheck, RecordAccumulator } from './record-accumulator.ts'

const utf8 = new TextEncoder()

/** Topic `t`; partition p is led by node `leaders[p]`, at epoch `epoch`; -1 is no leader. */
function clusterOf(leaders: readonly number[], epoch = 0): Cluster {
  const ids = [...new Set(leaders)].filter((id) => id >= 0)
  const nodes = new Map(ids.map((id) => [id, { id, host: `broker-${id}`, port: 9092 }]))
  const partitions = leaders.map((leaderId) => ({ leaderId, leaderEpoch: epoch }))
  return new Cluster({ clusterId: null, nodes, topics: new Map([['t', { topicId: zeroUuid, partitions }]]) })
}

class Fixture {
  readonly accumulator: RecordAccumulator
  cluster: Cluster

  constructor(options: Partial<AccumulatorOptions> = {}, cluster = clusterOf([1, 1, 2, 2])) {
    this.cluster = cluster
    this.accumulator = new RecordAccumulator(seededRandom(1), {
      batchSize: 200,
      lingerMs: 10,
      bufferMemory: 10_000,
      deliveryTimeoutMs: 1_000,
      partitionerAdaptivePartitioningEnable: true,
      partitionerAvailabilityTimeoutMs: 0,
      codec: undefined,
      trace: undefined,
      ...options,
    })
  }

  append(partition: number | undefined, at: { nowMs?: number; bytes?: number } = {}): AppendResult {
    const value = utf8.encode('x'.repeat(at.bytes ?? 10))
    const record = { key: null, value, headers: [], timestampMs: 0, onCompletion: () => {} }
    const { cluster } = this
    return this.accumulator.append(record, { topic: 't', partition, sendNumber: 0, cluster, nowMs: at.nowMs ?? 0 })
  }

  ready(nowMs: number, isHurried = false): ReadyCheck {
    return this.accumulator.ready(this.cluster, nowMs, { isHurried })
  }

  /** Nodes that must not wait. */
  readyNodes(nowMs: number, isHurried = false): number[] {
    return this.ready(nowMs, isHurried).work.map(({ node }) => node.id)
  }

  /** Partitions of what a node would be sent. */
  drain(node: number, nowMs: number, bytesMax = 1_000_000): number[] {
    const work = this.ready(nowMs).work.find((one) => one.node.id === node)
    if (work === undefined) return []
    const batches = this.accumulator.drain(work, { bytesMax, mayDrain: () => true })
    this.accumulator.checkInvariants()
    return batches.map(({ partition }) => partition)
  }
}

test('record accumulator: records share a batch until one does not fit, and then the broker is ready', () => {
  const fixture = new Fixture()
  expect([fixture.append(0), fixture.append(0)]).toEqual(['batch-created', 'appended'])
  expect(fixture.readyNodes(0)).toEqual([])
  while (fixture.append(0) !== 'batch-created');
  expect(fixture.readyNodes(0)).toEqual([1])
  expect(fixture.drain(1, 0)).toEqual([0])
})

test('record accumulator: a record larger than a batch gets one of its own and is ready at once', () => {
  const fixture = new Fixture()
  fixture.append(0, { bytes: 400 })
  fixture.append(0, { bytes: 10 })
  expect(fixture.readyNodes(0)).toEqual([1])
  expect([...fixture.accumulator.incompleteBatches].map(({ recordCount }) => recordCount)).toEqual([1, 1])
})

test('record accumulator: the next look is when the oldest batch has lingered', () => {
  const fixture = new Fixture()
  fixture.append(0, { nowMs: 0 })
  fixture.append(2, { nowMs: 4 })
  expect(fixture.ready(5).nextCheckMs).toBe(10)
  expect(fixture.readyNodes(10)).toEqual([1])
})

test('record accumulator: partitions of a ready broker go along before their time', () => {
  const fixture = new Fixture()
  fixture.append(0, { nowMs: 0 })
  fixture.append(1, { nowMs: 9 })
  expect(fixture.drain(1, 10)).toEqual([0, 1])
})

test('record accumulator: what does not fit is first next time, and smaller ones fill the gap', () => {
  const fixture = new Fixture({}, clusterOf([1, 1, 1, 1]))
  for (const partition of [0, 1, 2, 3]) fixture.append(partition, { bytes: partition === 1 ? 500 : 10 })
  expect(fixture.drain(1, 10, 400)).toEqual([0, 2, 3])
  for (const partition of [0, 2, 3]) fixture.append(partition, { nowMs: 10 })
  expect(fixture.drain(1, 20, 400)).toEqual([1])
  expect(fixture.drain(1, 20, 400)).toEqual([0, 2, 3])
})

test('record accumulator: partitions of a broker take turns when not all fit', () => {
  const fixture = new Fixture({}, clusterOf([1, 1, 1, 1]))
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

test('record accumulator: a vetoed partition does not hold up the others of its broker', () => {
  const fixture = new Fixture()
  fixture.append(0)
  fixture.append(1)
  const [work] = fixture.ready(10).work
  const batches = fixture.accumulator.drain(work!, { bytesMax: 1_000, mayDrain: ({ partition }) => partition !== 0 })
  expect(batches.map(({ partition }) => partition)).toEqual([1])
})

test('record accumulator: a muted partition is neither ready nor drained, and both again afterwards', () => {
  const fixture = new Fixture()
  fixture.append(0)
  const [batch] = fixture.accumulator.incompleteBatches
  fixture.accumulator.setMuted(batch!, true)
  expect(fixture.readyNodes(100)).toEqual([])
  fixture.accumulator.setMuted(batch!, false)
  expect(fixture.drain(1, 100)).toEqual([0])
})

test('record accumulator: a partition without a leader is reported, and ready nowhere', () => {
  const fixture = new Fixture({}, clusterOf([-1, 1]))
  fixture.append(0)
  const { work, topicsWithoutLeader } = fixture.ready(100)
  expect(work).toEqual([])
  expect([...topicsWithoutLeader]).toEqual(['t'])
})

test('record accumulator: in backoff a batch waits, unless a newer leader appears', () => {
  const fixture = new Fixture()
  fixture.append(0)
  const [work] = fixture.ready(10).work
  const [batch] = fixture.accumulator.drain(work!, { bytesMax: 1_000, mayDrain: () => true })
  Object.assign(batch!, { leaderEpochWhenSent: 0, attempts: 1, retryAtMs: 120 })
  fixture.accumulator.putBack(batch!)
  expect(fixture.readyNodes(119, true)).toEqual([])
  expect(fixture.ready(119).nextCheckMs).toBe(120)
  expect(fixture.readyNodes(120)).toEqual([1])
  fixture.cluster = clusterOf([2, 1, 2, 2], 0)
  expect(fixture.readyNodes(119)).toEqual([])
  fixture.cluster = clusterOf([2, 1, 2, 2], 1)
  expect(fixture.readyNodes(119)).toEqual([2])
})

test('record accumulator: a retry goes in front of what came after it', () => {
  const fixture = new Fixture()
  fixture.append(0)
  const [work] = fixture.ready(10).work
  const [batch] = fixture.accumulator.drain(work!, { bytesMax: 1_000, mayDrain: () => true })
  fixture.append(0, { nowMs: 11 })
  batch!.attempts++
  fixture.accumulator.putBack(batch!)
  const [queue] = fixture.accumulator.queuedPartitions
  expect([queue?.head, queue?.length]).toEqual([batch, 2])
})

test('record accumulator: without memory nothing is changed', () => {
  const fixture = new Fixture({ bufferMemory: 300 })
  fixture.append(0)
  expect(fixture.append(1)).toBe('no-memory')
  expect(fixture.accumulator.incompleteBatches.size).toBe(1)
  expect(fixture.accumulator.pool.availableBytes).toBe(100)
  fixture.accumulator.checkInvariants()
})

test('record accumulator: keyless records leave whole batches behind', () => {
  const fixture = new Fixture({ lingerMs: 1_000 }, clusterOf([1, 1, 1]))
  for (let i = 0; i < 120; i++) fixture.append(undefined)
  const batches = [...fixture.accumulator.incompleteBatches]
  const unfinished = batches.filter(({ isFull, estimatedBytes }) => !isFull && estimatedBytes < 180)
  expect(new Set(batches.map(({ partition }) => partition)).size).toBe(3)
  expect(unfinished.length).toBeLessThanOrEqual(1)
})

test('record accumulator: keyless records avoid brokers that take nothing, empty queues included (K4)', () => {
  const fixture = new Fixture({ partitionerAvailabilityTimeoutMs: 50, batchSize: 0 })
  for (const partition of [0, 1, 2, 3]) fixture.append(partition)
  fixture.drain(1, 100)
  fixture.accumulator.noteAvailability(1, { canSend: false, nowMs: 100 })
  const chosen = new Set<number>()
  for (let i = 0; i < 50; i++) {
    const before = [...fixture.accumulator.incompleteBatches].length
    fixture.append(undefined, { nowMs: 200 })
    const created = [...fixture.accumulator.incompleteBatches].slice(before)
    for (const { partition } of created.slice(0)) if (i > 2) chosen.add(partition)
  }
  expect([...chosen].sort()).toEqual([2, 3])
})

test('record accumulator: batch.size 0 means one record per batch, without linger', () => {
  const fixture = new Fixture({ batchSize: 0 })
  expect([fixture.append(0), fixture.append(0)]).toEqual(['batch-created', 'batch-created'])
  expect(fixture.readyNodes(0)).toEqual([1])
})
