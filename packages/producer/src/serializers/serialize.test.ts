import { expect, test } from 'vitest'
import { ScriptedWorld } from '../../test/scripted-world.ts'
import type { ProducerConfig } from '../config.ts'
import { SerializationError } from '../errors.ts'
import type { SerializerObject } from './serializer.ts'

const utf8 = new TextEncoder()

/** A serializer whose answers come when the test says so. */
class Registry implements SerializerObject<string> {
  readonly calls: { data: string; headers: unknown[]; answer(bytes?: unknown): void; fail(error: Error): void }[] = []
  closed = 0

  serialize(_topic: string, data: string, headers: unknown[]): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const answer = (bytes: unknown = utf8.encode(data)): void => resolve(bytes as Uint8Array)
      this.calls.push({ data, headers, answer, fail: reject })
    })
  }

  close(): void {
    this.closed++
  }
}

function worldWith(config: Partial<ProducerConfig> = {}): { world: ScriptedWorld; registry: Registry } {
  const registry = new Registry()
  const world = new ScriptedWorld({ 'linger.ms': 0, 'value.serializer': registry, ...config })
  world.cluster.topic('orders').topic('teas')
  world.run(50)
  return { world, registry }
}

/** Promises do not live in virtual time. */
async function pass(world: ScriptedWorld, ms = 50): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await Promise.resolve()
  world.run(ms)
}

test('serialize: null and undefined are null on the wire, and no serializer is asked', () => {
  const world = new ScriptedWorld({
    'linger.ms': 0,
    'key.serializer': () => utf8.encode('never'),
    'value.serializer': () => utf8.encode('never'),
  })
  world.cluster.topic('orders')
  const sizes: unknown[] = []
  world.core.send({ topic: 'orders', value: null }, (metadata) => sizes.push(metadata))
  world.runUntil(() => sizes.length === 1, 1_000)
  expect(sizes).toMatchObject([{ serializedKeySize: -1, serializedValueSize: -1 }])
})

test('serialize: a serializer is told topic and headers, and may add to them, but not to those of the caller', () => {
  const seen: unknown[] = []
  const world = new ScriptedWorld({
    'linger.ms': 0,
    'value.serializer': (data: string, topic, headers) => {
      seen.push([topic, headers.map(({ key }) => key)])
      headers.push({ key: 'schema', value: utf8.encode('7') })
      return utf8.encode(data)
    },
  })
  world.cluster.topic('orders')
  const headers = [{ key: 'trace', value: null }]
  world.send('orders', 'a', { headers })
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(seen).toEqual([
    ['orders', ['trace']],
    ['orders', []],
  ])
  expect(headers).toEqual([{ key: 'trace', value: null }])
  expect(world.cluster.batches.flatMap((batch) => batch.headers)).toEqual([['trace', 'schema'], ['schema']])
})

test('serialize: headers of the caller may change after send, and repeated keys keep their order', () => {
  const world = new ScriptedWorld({ 'linger.ms': 5 })
  world.cluster.topic('orders')
  const headers = [
    { key: 'a', value: utf8.encode('1') },
    { key: 'b', value: null },
    { key: 'a', value: utf8.encode('2') },
  ]
  world.send('orders', 'v', { headers })
  headers.pop()
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.cluster.batches[0]?.headers).toEqual([['a', 'b', 'a']])
})

test('serialize: a slow serializer of one record holds back later ones of its topic, and no other topic', async () => {
  const { world, registry } = worldWith()
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.send('teas', 'c')
  world.send('orders', 'd', { key: 'k' })
  expect(registry.calls.map(({ data }) => data)).toEqual(['a', 'b', 'c', 'd'])
  for (const at of [3, 1, 2]) registry.calls[at]?.answer()
  await pass(world)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['c'])
  expect(world.core.inspect().blockedSends).toBe(3)
  registry.calls[0]?.answer()
  await pass(world)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['c', 'a', 'b', 'd'])
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['a', 'b', 'd'])
})

test('serialize: a record whose serializer answers at once stays behind one whose serializer does not', async () => {
  const registry = new Registry()
  const world = new ScriptedWorld({
    'linger.ms': 0,
    'value.serializer': (data: string, topic, headers) =>
      data === 'slow' ? registry.serialize(topic, data, headers) : utf8.encode(data),
  })
  world.cluster.topic('orders')
  world.run(50)
  world.send('orders', 'slow')
  world.send('orders', 'fast')
  world.run(100)
  expect(world.outcomes).toEqual([])
  registry.calls[0]?.answer()
  await pass(world)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['slow', 'fast'])
})

test('serialize: what an asynchronous serializer adds to the headers is sent, and the bytes of the caller are its own', async () => {
  const { world, registry } = worldWith({ 'key.serializer': 'bytes' })
  const key = utf8.encode('k')
  const header = utf8.encode('h')
  world.send('orders', 'a', { key, headers: { mine: header } })
  key.fill(0)
  header.fill(0)
  registry.calls[0]?.headers.push({ key: 'schema', value: '7' })
  registry.calls[0]?.answer()
  await pass(world)
  expect(world.cluster.batches[0]).toMatchObject({ headers: [['mine', 'schema']], keys: ['k'] })
})

test('serialize: a failure fails that record alone, however it comes about', async () => {
  const { world, registry } = worldWith()
  for (const value of ['rejects', 'no bytes', 'fine']) world.send('orders', value)
  registry.calls[0]?.fail(new Error('no such schema'))
  registry.calls[1]?.answer('text')
  registry.calls[2]?.answer()
  await pass(world)
  expect(world.outcomes.map(({ error }) => error?.message)).toEqual([
    'the value of a record for orders cannot be serialized: no such schema',
    'the value serializer returned string for a record for orders, not a Uint8Array',
    undefined,
  ])
  const [first] = world.outcomes
  expect(first?.error).toBeInstanceOf(SerializationError)
  expect(first?.error).toMatchObject({ certainty: 'definite', code: 'SERIALIZATION', topic: 'orders', attempts: 0 })
  expect(first?.error?.cause).toEqual(new Error('no such schema'))
})

test('serialize: headers that a serializer spoils fail the record', async () => {
  const { world, registry } = worldWith()
  world.send('orders', 'a')
  registry.calls[0]?.headers.push({ key: 'schema', value: 7 })
  registry.calls[0]?.answer()
  await pass(world)
  expect(world.outcomes[0]?.error?.code).toBe('INVALID_RECORD')
})

test('serialize: a serializer that never answers ends with max.block.ms, and lets go of what is behind it', async () => {
  const { world, registry } = worldWith({ 'max.block.ms': 1_000 })
  world.send('orders', 'never')
  world.run(500)
  world.send('orders', 'behind')
  registry.calls[1]?.answer()
  await pass(world, 400)
  expect(world.outcomes).toEqual([])
  await pass(world, 150)
  expect(world.outcomes.map(({ value, error }) => [value, error?.code])).toEqual([
    ['never', 'SERIALIZATION_TIMEOUT'],
    ['behind', undefined],
  ])
  registry.calls[0]?.answer()
  await pass(world)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['behind'])
})

test('serialize: flush and close wait for it, a forced close does not', async () => {
  const { world, registry } = worldWith()
  world.send('orders', 'a')
  let flushed = false
  world.core.flush(() => {
    flushed = true
  })
  await pass(world)
  expect(flushed).toBe(false)
  registry.calls[0]?.answer()
  await pass(world)
  expect(flushed).toBe(true)
  world.send('orders', 'b')
  world.core.close({ timeoutMs: 100 }, () => {})
  await pass(world, 200)
  expect(world.errors()).toEqual([undefined, 'PRODUCER_CLOSED'])
  registry.calls[1]?.answer()
  await pass(world)
  expect(world.outcomes).toHaveLength(2)
  expect(world.runtime.clock.pending).toBe(0)
})

test('serialize: serializers are closed once, with the producer; a class is made once', () => {
  const made: Registry[] = []
  class Own extends Registry {
    constructor() {
      super()
      made.push(this)
    }
  }
  const world = new ScriptedWorld({ 'value.serializer': Own, 'key.serializer': 'string' })
  world.core.close({}, () => {})
  world.run(100)
  expect(made.map(({ closed }) => closed)).toEqual([1])
})

test('serialize: keys are partitioned by their serialized bytes', () => {
  const upperCase = new ScriptedWorld({
    'linger.ms': 0,
    'key.serializer': (key: string) => utf8.encode(key.toUpperCase()),
  })
  const plain = new ScriptedWorld({ 'linger.ms': 0 })
  const partitions: (number | undefined)[] = []
  for (const [one, key] of [
    [upperCase, 'foobar'],
    [plain, 'FOOBAR'],
    [plain, 'foobar'],
  ] as const) {
    one.cluster.topic('many', { partitions: 100 })
    const before = partitions.length
    one.core.send({ topic: 'many', key, value: 'v' }, (metadata) => partitions.push(metadata?.partition))
    one.runUntil(() => partitions.length > before, 1_000)
  }
  expect(partitions[0]).toBe(partitions[1])
  expect(partitions[0]).not.toBe(partitions[2])
})

test('serialize: a serializer may send itself; the order of what is in line stays that of the deadlines', () => {
  const world: ScriptedWorld = new ScriptedWorld({
    'linger.ms': 0,
    'max.block.ms': 1_000,
    'value.serializer': (data: string) => {
      if (data === 'outer') world.send('orders', 'inner')
      return utf8.encode(data)
    },
  })
  world.send('orders', 'outer')
  world.send('orders', 'last')
  world.run(10)
  world.cluster.topic('orders')
  world.runUntil(() => world.outcomes.length === 3, 900)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['inner', 'outer', 'last'])
})
