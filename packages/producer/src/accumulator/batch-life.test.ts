import { produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../../test/scripted-world.ts'

type Config = ConstructorParameters<typeof ScriptedWorld>[0]

/** A world that knows its topic, has a producer id, and has sent one record to each partition. */
function worldWith(config: Config): ScriptedWorld {
  const world = new ScriptedWorld({ 'linger.ms': 0, ...config })
  world.cluster.topic('orders', { partitions: 3 })
  for (const partition of [0, 1, 2]) world.send('orders', 'first', { partition })
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  world.outcomes.length = 0
  return world
}

const shortLife: Config = { 'request.timeout.ms': 3_000, 'delivery.timeout.ms': 4_000 }

test('batch life: a batch that cannot leave expires delivery.timeout.ms after its creation, not before', () => {
  const world = worldWith(shortLife)
  world.cluster.stop(1)
  world.run(10)
  const sentMs = world.nowMs
  world.send('orders', 'a')
  world.run(3_999)
  expect(world.outcomes).toEqual([])
  world.run(1)
  expect(world.outcomes).toMatchObject([
    { error: { code: 'DELIVERY_TIMEOUT', certainty: 'definite' }, atMs: sentMs + 4_000 },
  ])
})

test('batch life: batches behind a muted one expire in their order, each at its own time', () => {
  const world = worldWith({ ...shortLife, 'max.in.flight.requests.per.connection': 1, 'enable.idempotence': false })
  world.cluster.produceScript = () => 'silence'
  const sentMs = world.nowMs
  for (const value of ['on the wire', 'muted']) {
    world.send('orders', value, { partition: 0 })
    world.run(7)
  }
  world.send('orders', 'also muted'.padEnd(16_384), { partition: 0 })
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  expect(world.outcomes.map(({ value, atMs, error }) => [value.trim(), atMs - sentMs, error?.certainty])).toEqual([
    ['on the wire', 4_000, 'maybe'],
    ['muted', 4_007, 'definite'],
    ['also muted', 4_014, 'definite'],
  ])
  world.run(10_000)
  expect(world.outcomes).toHaveLength(3)
})

test('batch life: retries do not make a batch live longer, nor shorter', () => {
  const world = worldWith(shortLife)
  world.cluster.produceScript = () => () => ({ errorCode: 7 })
  const sentMs = world.nowMs
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.eventsOf('batch-retried').length).toBeGreaterThan(3)
  expect(world.outcomes[0]!.atMs - sentMs).toBe(4_000)
})

test('batch life: retries wait 100 ms doubling to a second, give or take 20 %', () => {
  const world = worldWith({})
  world.cluster.produceScript = () => () => ({ errorCode: 7 })
  world.send('orders', 'a')
  world.runUntil(() => world.eventsOf('batch-retried').length === 7, 30_000)
  const windows = [
    [80, 120],
    [160, 240],
    [320, 480],
    [640, 960],
    [800, 1_000],
    [800, 1_000],
    [800, 1_000],
  ] as const
  const sent = world.cluster.batches.slice(3).map(({ atMs }) => atMs)
  for (const [i, { afterMs }] of world.eventsOf('batch-retried').entries()) {
    expect(afterMs).toBeGreaterThanOrEqual(windows[i]![0])
    expect(afterMs).toBeLessThanOrEqual(windows[i]![1])
    if (i < 6) expect(sent[i + 1]! - sent[i]!).toBeGreaterThanOrEqual(afterMs)
  }
})

test('batch life: a forced close fails what is on the wire and what is not, each of 100 callbacks once', () => {
  const world = worldWith({ 'batch.size': 100 })
  world.cluster.produceScript = () => 'silence'
  for (let i = 0; i < 100; i++) world.send('orders', `${i}`, { partition: i % 3 })
  world.run(10)
  let closed = false
  world.core.close({ timeoutMs: 0 }, () => {
    closed = true
  })
  world.run(0)
  expect(closed).toBe(true)
  expect(world.outcomes.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual([...Array(100).keys()])
  expect(new Set(world.errors())).toEqual(new Set(['PRODUCER_CLOSED']))
  expect(new Set(world.outcomes.map(({ error }) => error?.certainty))).toEqual(new Set(['maybe', 'definite']))
  expect(world.core.inspect()).toMatchObject({ incompleteBatches: 0, heldBatches: 0, bufferAvailableBytes: 33_554_432 })
})

test('batch life: a broker that only knows older batches is refused by name', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.cluster.maxVersions.set(produce.key, produce.versions.min - 1)
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 200_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'UNSUPPORTED_VERSION', certainty: 'definite' })
})

test('batch life: with a tiny pool and a slow connection no buffer is written before its request is over (K1)', () => {
  const world = new ScriptedWorld(
    {
      'linger.ms': 0,
      'buffer.memory': 4_000,
      'batch.size': 1_000,
      'max.block.ms': 500_000,
      ...shortLife,
      'enable.idempotence': false,
    },
    { windowBytes: 256 },
  )
  world.cluster.topic('orders', { partitions: 3 })
  world.run(100)
  world.cluster.produceScript = () => 'silence'
  const values = Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(900, '.'))
  for (const [i, value] of values.entries()) world.send('orders', value, { partition: i % 3 })
  world.runUntil(() => world.outcomes.length === 40, 1_000_000)
  // A batch that was overwritten on its way would arrive with a wrong checksum, or with the records of another.
  for (const { partition, values: arrived } of world.cluster.batches) {
    for (const value of arrived)
      expect([values.includes(value), Number.parseInt(value, 10) % 3]).toEqual([true, partition])
  }
  expect(world.outcomes.some(({ error }) => error?.code === 'DELIVERY_TIMEOUT')).toBe(true)
  world.run(10_000)
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: 4_000, heldBatches: 0 })
})
