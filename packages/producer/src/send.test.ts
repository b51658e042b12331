import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../test/scripted-world.ts'
import { TimeoutError } from './errors.ts'
import type { Partitioner } from './partitioners/index.ts'

/** Metadata requests that name the topic. */
function asked(world: ScriptedWorld, topic: string): number {
  return world.cluster.requestsOf(metadata).filter(({ body }) => {
    const { topics } = body as { topics: readonly { name: string | null }[] | null }
    return topics?.some(({ name }) => name === topic) ?? false
  }).length
}

test('send: a topic is asked for until it is there, and then not again', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.send('orders', 'a')
  world.run(500)
  const before = asked(world, 'orders')
  expect(before).toBeGreaterThan(1)
  world.cluster.topic('orders')
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  const found = asked(world, 'orders')
  for (const value of ['b', 'c']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(world.errors()).toEqual([undefined, undefined, undefined])
  expect(asked(world, 'orders')).toBe(found)
})

test('send: metadata that came of age is asked for once, and sends do not wait for it', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'metadata.max.age.ms': 10_000 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.run(9_000)
  const before = asked(world, 'orders')
  world.run(4_000)
  expect(asked(world, 'orders')).toBe(before + 1)
  world.cluster.silentApis.add('Metadata')
  world.run(10_000)
  expect(world.core.inspect().inFlightRequests).toBe(1)
  world.send('orders', 'b')
  expect(world.core.inspect().blockedSends).toBe(0)
})

test('send: a topic that stays unknown is asked for again and again, and the timeout has the answer as cause', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 2_000, 'retry.backoff.max.ms': 200 })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 3_000)
  const [outcome] = world.outcomes
  expect(outcome?.atMs).toBeCloseTo(2_000, 0)
  expect(outcome?.error).toBeInstanceOf(TimeoutError)
  expect(outcome?.error?.cause).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  expect(asked(world, 'orders')).toBeGreaterThan(5)
})

test('send: a partition that does not exist yet is sent to as soon as it does', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.send('orders', 'a', { partition: 1 })
  world.run(300)
  expect(world.outcomes).toEqual([])
  world.cluster.topic('orders', { partitions: 2 })
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  expect(world.outcomes[0]?.metadata).toMatchObject({ partition: 1, offset: 0n })
})

test('send: a partition that never exists is a timeout', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 1_000 })
  world.cluster.topic('orders')
  world.send('orders', 'a', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'METADATA_TIMEOUT', certainty: 'definite', partition: 1 })
})

test('send: close without time fails a record that waits for metadata, promptly', () => {
  const world = new ScriptedWorld()
  world.send('orders', 'a')
  world.run(500)
  let closed = false
  world.core.close({ timeoutMs: 0 }, () => {
    closed = true
  })
  world.run(1)
  expect([closed, ...world.errors()]).toEqual([true, 'PRODUCER_CLOSED'])
})

test('send: what a flush found is done when the flush is', () => {
  const world = new ScriptedWorld({ 'linger.ms': 60_000, 'delivery.timeout.ms': 120_000 })
  world.cluster.topic('orders', { partitions: 3 })
  for (let n = 0; n < 50; n++) world.send('orders', `v${n}`, { partition: n % 3 })
  let doneAtFlush = -1
  world.core.flush(() => {
    doneAtFlush = world.outcomes.length
  })
  world.runUntil(() => doneAtFlush >= 0, 2_000)
  expect(doneAtFlush).toBe(50)
  expect(world.errors().filter((code) => code !== undefined)).toEqual([])
})

test('send: a partitioner whose answer is no partition of the topic fails that record', () => {
  const answers: unknown[] = [-1, 3, 0.5, Number.NaN, undefined, 2]
  const world = new ScriptedWorld({ 'linger.ms': 0, 'partitioner.class': () => answers.shift() as number })
  world.cluster.topic('orders', { partitions: 3 })
  for (let n = 0; n < 6; n++) world.send('orders', `v${n}`)
  world.runUntil(() => world.outcomes.length === 6, 1_000)
  expect(new Set(world.errors().slice(0, 5))).toEqual(new Set(['INVALID_RECORD']))
  expect(world.outcomes[5]?.metadata?.partition).toBe(2)
  expect(world.outcomes[0]?.error?.message).toBe('the partitioner chose -1 of 3 partitions of orders')
})

test('send: a partitioner that throws fails that record, with what it threw as cause', () => {
  const world = new ScriptedWorld({
    'linger.ms': 0,
    'partitioner.class'() {
      throw new Error('mine')
    },
  })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.send('orders', 'b', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'INVALID_RECORD', cause: new Error('mine') })
  expect(world.outcomes[1]?.error).toBeUndefined()
})

test('send: a partitioner is made once, and closed once with the producer; what close throws is logged', () => {
  const story: string[] = []
  class Own implements Partitioner {
    constructor() {
      story.push('made')
    }
    partition(): number {
      return 0
    }
    close(): void {
      story.push('closed')
      throw new Error('mine')
    }
  }
  const world = new ScriptedWorld({ 'linger.ms': 0, 'partitioner.class': Own })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.core.close({}, () => story.push('done'))
  world.run(1_000)
  world.core.close({}, () => story.push('done again'))
  expect(story).toEqual(['made', 'closed', 'done', 'done again'])
  expect(world.logged).toContain('a callback of the application threw')
})
