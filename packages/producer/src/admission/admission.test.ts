import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../../test/scripted-world.ts'
import { ProducerClosedError } from '../errors.ts'

/** A world whose topic is known, so that only memory is waited for. */
function worldWith(config: ConstructorParameters<typeof ScriptedWorld>[0]): ScriptedWorld {
  const world = new ScriptedWorld({ 'linger.ms': 0, ...config })
  world.cluster.topic('orders', { partitions: 4 })
  world.send('orders', 'first', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 1, 30_000)
  world.outcomes.length = 0
  return world
}

const large = 'x'.repeat(300)

test('admission: a record that needs all memory waits while a buffer is out, and goes when it comes back', () => {
  const world = worldWith({ 'buffer.memory': 400, 'batch.size': 100 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'small', { partition: 0 })
  world.run(10)
  world.send('orders', large, { partition: 1 })
  expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 1, bufferAvailableBytes: 300 })
  world.run(1_000)
  expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 1 })
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => world.outcomes.length === 2, 60_000)
  expect(world.errors()).toEqual([undefined, undefined])
  expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 0, bufferAvailableBytes: 400 })
})

test('admission: a record that finds no memory fails when max.block.ms is over, not before, and leaves nothing behind', () => {
  const world = worldWith({ 'buffer.memory': 201, 'batch.size': 200, 'max.block.ms': 2_000 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'takes the buffer', { partition: 0 })
  world.run(10)
  const sentMs = world.nowMs
  world.send('orders', 'waits', { partition: 1 })
  world.run(1_999)
  expect(world.outcomes).toEqual([])
  world.run(1)
  expect(world.outcomes).toMatchObject([
    { error: { name: 'BufferExhaustedError', certainty: 'definite' }, atMs: sentMs + 2_000 },
  ])
  expect(world.outcomes[0]?.error?.message).toContain('1 of 201 are free')
  expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 0, blockedSends: 0, bufferAvailableBytes: 1 })
})

test('admission: of two that wait, each leaves alone when its time is over', () => {
  const world = worldWith({ 'buffer.memory': 200, 'batch.size': 200, 'max.block.ms': 2_000 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'takes the buffer', { partition: 0 })
  world.run(100)
  world.send('orders', 'a', { partition: 1 })
  world.run(300)
  world.send('orders', 'b', { partition: 2 })
  expect(world.core.inspect().bufferPooledWaiters).toBe(2)
  world.run(1_700)
  expect([world.core.inspect().bufferPooledWaiters, world.outcomes.map(({ value }) => value)]).toEqual([1, ['a']])
  world.run(300)
  expect([world.core.inspect().bufferPooledWaiters, world.outcomes.map(({ value }) => value)]).toEqual([0, ['a', 'b']])
})

test('admission: a small record does not overtake a large one that waits for memory (K11)', () => {
  const world = worldWith({ 'buffer.memory': 400, 'batch.size': 100 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'small', { partition: 0 })
  world.run(10)
  world.send('orders', large, { partition: 1 })
  world.send('orders', 'a pooled buffer is free for this', { partition: 2 })
  expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 2, bufferAvailableBytes: 300 })
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => world.outcomes.length === 3, 60_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['small', large, 'a pooled buffer is free for this'])
})

test('admission: a record of all of buffer.memory is taken, one byte more is refused at once with both sizes', () => {
  const world = worldWith({ 'buffer.memory': 500, 'batch.size': 100 })
  const fitting = 500 - 61 - 21 - 1 - 2 - 1
  world.send('orders', 'x'.repeat(fitting), { partition: 0 })
  world.send('orders', 'x'.repeat(fitting + 1), { partition: 0 })
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  const [refused, taken] = world.outcomes
  expect(taken?.error).toBeUndefined()
  expect(refused?.error).toMatchObject({ code: 'RECORD_TOO_LARGE', certainty: 'definite' })
  expect(refused?.error?.message).toContain('needs 501 bytes; buffer.memory is 500')
})

test('admission: closing sends those that wait for memory, and a close that is out of time fails them', () => {
  for (const silent of [false, true]) {
    const world = worldWith({ 'buffer.memory': 200, 'batch.size': 200 })
    world.cluster.produceScript = () => 'silence'
    for (const [partition, value] of ['on the wire', 'a', 'b'].entries()) world.send('orders', value, { partition })
    world.run(10)
    expect(world.core.inspect().bufferPooledWaiters).toBe(2)
    if (!silent) world.cluster.produceScript = () => () => ({})
    let closed = false
    world.core.close({ timeoutMs: silent ? 0 : 100_000 }, () => {
      closed = true
    })
    expect(() => world.send('orders', 'c')).toThrow(ProducerClosedError)
    world.runUntil(() => closed, 100_000)
    expect(world.errors()).toEqual(silent ? Array(3).fill('PRODUCER_CLOSED') : Array(3).fill(undefined))
    expect(world.core.inspect()).toMatchObject({ bufferPooledWaiters: 0, bufferAvailableBytes: 200, state: 'closed' })
  }
})

test('admission: with little memory and records of all sizes everybody is served, and all memory comes back', () => {
  const random = seededRandom(11)
  const world = worldWith({ 'buffer.memory': 1_000, 'batch.size': 200, 'max.block.ms': 100_000_000 })
  const values = Array.from(
    { length: 2_000 },
    (_, i) => `${i} ${'x'.repeat(random.below(2) === 0 ? 10 : random.below(700))}`,
  )
  for (const [i, value] of values.entries()) {
    world.send('orders', value, { partition: i % 4 })
    if (random.below(10) === 0) world.run(random.below(50))
    const { bufferAvailableBytes } = world.core.inspect()
    if (bufferAvailableBytes < 0) throw new Error('more than buffer.memory is out')
  }
  world.runUntil(() => world.outcomes.length === values.length, 1_000_000_000)
  expect(world.errors().filter((error) => error !== undefined)).toEqual([])
  for (const partition of [1, 2, 3]) {
    expect(world.cluster.valuesOf('orders', partition)).toEqual(values.filter((_, i) => i % 4 === partition))
  }
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: 1_000, blockedSends: 0, incompleteBatches: 0 })
})

test('admission: memory that a record waits for makes what lingers leave', () => {
  const world = worldWith({
    'buffer.memory': 200,
    'batch.size': 200,
    'linger.ms': 20_000,
    'delivery.timeout.ms': 200_000,
  })
  world.send('orders', 'lingers', { partition: 0 })
  world.send('orders', 'waits', { partition: 1 })
  const sentMs = world.nowMs
  world.runUntil(() => world.outcomes.length === 1, 60_000)
  expect(world.outcomes[0]).toMatchObject({ value: 'lingers', error: undefined })
  expect(world.nowMs - sentMs).toBeLessThan(1_000)
})

test('admission: without max.block.ms a record that would wait fails in the next turn', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 0 })
  world.send('orders', 'x')
  expect(world.outcomes).toEqual([])
  world.run(0)
  expect(world.errors()).toEqual(['METADATA_TIMEOUT'])
})

test.each([-1, 4, 0.5, Number.NaN])('admission: a partitioner that answers %d fails its record alone', (answer) => {
  let count = 0
  const world = worldWith({ 'partitioner.class': () => (++count === 2 ? answer : 1) })
  world.outcomes.length = 0
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  expect(world.errors().filter((error) => error !== undefined)).toEqual(['INVALID_RECORD'])
})

test('admission: a partitioner that throws fails its record alone', () => {
  const world = worldWith({
    'partitioner.class': ({ value }) => {
      if (value === 'b') throw new Error('mine')
      return 1
    },
  })
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  const failed = world.outcomes.filter(({ error }) => error !== undefined)
  expect(failed.map(({ value, error }) => [value, error?.message.includes('mine')])).toEqual([['b', true]])
})

test('admission: the same key always goes to the same partition, unless keys are to be ignored', () => {
  for (const ignored of [false, true]) {
    const world = worldWith({ 'partitioner.ignore.keys': ignored, 'batch.size': 0 })
    for (let i = 0; i < 40; i++) world.send('orders', `${i}`, { key: 'alice' })
    world.runUntil(() => world.outcomes.length === 40, 5_000)
    const partitions = new Set(world.outcomes.map(({ metadata }) => metadata?.partition))
    if (ignored) expect(partitions.size).toBeGreaterThan(1)
    else expect(partitions.size).toBe(1)
  }
})

test('admission: with Long.MAX_VALUE for max.block.ms a record waits for its topic for as long as it takes', () => {
  const world = new ScriptedWorld({ 'max.block.ms': '9223372036854775807', 'linger.ms': 0 })
  world.send('orders', 'a')
  world.run(3_600_000)
  expect(world.outcomes).toEqual([])
  world.cluster.topic('orders')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.errors()).toEqual([undefined])
})
