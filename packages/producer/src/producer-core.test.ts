import { metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../test/scripted-world.ts'
import { ConfigError, ProducerClosedError } from './errors.ts'

const total = 32 * 1024 * 1024

test('producer core: a record is delivered and its offset comes back', () => {
  const world = new ScriptedWorld()
  world.cluster.topic('orders')
  world.send('orders', 'tea', { key: 'alice' })
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.metadata).toMatchObject({
    topic: 'orders',
    partition: 0,
    offset: 0n,
    serializedKeySize: 5,
    serializedValueSize: 3,
  })
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: total, incompleteBatches: 0, producerId: 1000n })
})

test('producer core: nothing is called back inside send, whether it fails or not', () => {
  const world = new ScriptedWorld({ 'max.request.size': 100 })
  world.send('orders', 'x'.repeat(200))
  expect(world.outcomes).toEqual([])
  world.run(0)
  expect(world.errors()).toEqual(['RECORD_TOO_LARGE'])
})

test('producer core: records of one turn to one broker leave in one request, one batch per partition', () => {
  const world = new ScriptedWorld({ 'linger.ms': 5 })
  world.cluster.topic('orders', { partitions: 4 })
  for (let i = 0; i < 40; i++) world.send('orders', `v${i}`, { partition: i % 4 })
  world.runUntil(() => world.outcomes.length === 40, 1_000)
  expect(world.cluster.requestsOf(produce)).toHaveLength(1)
  expect(world.cluster.batches.map((batch) => batch.partition).sort()).toEqual([0, 1, 2, 3])
})

test('producer core: a batch that cannot leave stays open for records', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'max.in.flight.requests.per.connection': 1 })
  world.cluster.topic('orders')
  world.send('orders', 'first')
  world.runUntil(() => world.cluster.batches.length === 1, 1_000)
  for (let i = 0; i < 20; i++) {
    world.send('orders', `later ${i}`)
    world.core.poll(world.nowMs)
  }
  world.runUntil(() => world.outcomes.length === 21, 1_000)
  expect(world.cluster.batches.map((batch) => batch.values.length)).toEqual([1, 20])
})

test('producer core: a topic that stays unknown fails after max.block.ms with the last error as cause', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 2_000 })
  world.send('nowhere', 'x')
  world.runUntil(() => world.outcomes.length === 1)
  const { error, atMs } = world.outcomes[0]!
  expect(error).toMatchObject({ name: 'TimeoutError', code: 'METADATA_TIMEOUT', certainty: 'definite' })
  expect(error?.cause).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  expect(atMs).toBeGreaterThanOrEqual(2_000)
  expect(atMs).toBeLessThan(2_001)
  // Asking again is paced: 100 ms doubling to 1 s leaves room for about seven requests in two seconds.
  const asked = world.cluster.requestsOf(metadata).length
  expect(asked).toBeGreaterThan(3)
  expect(asked).toBeLessThan(12)
})

test('producer core: a refused topic fails as soon as the broker says so', () => {
  const world = new ScriptedWorld()
  world.cluster.topicErrors.set('secret', 29)
  world.send('secret', 'x')
  world.runUntil(() => world.outcomes.length === 1, 100)
  expect(world.errors()).toEqual(['TOPIC_AUTHORIZATION_FAILED'])
})

test('producer core: a partition that does not exist yet is waited for, and others of the topic pass it', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 5_000 })
  world.cluster.topic('orders', { partitions: 1 })
  world.send('orders', 'later', { partition: 1 })
  world.send('orders', 'now', { partition: 0 })
  world.run(500)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['now'])
  world.cluster.topic('orders', { partitions: 2 })
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  expect(world.outcomes[1]).toMatchObject({ value: 'later', error: undefined })
})

test('producer core: sends that wait for metadata keep their order, and later ones stay behind them', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 100 })
  world.cluster.topic('orders')
  const values = Array.from({ length: 30 }, (_, i) => `v${i}`)
  for (const value of values.slice(0, 10)) world.send('orders', value)
  world.run(1)
  for (const value of values.slice(10)) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 30, 5_000)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(values)
})

test('producer core: without memory sends queue in order, use all of it and give all of it back', () => {
  const world = new ScriptedWorld({ 'buffer.memory': 400, 'batch.size': 100, 'linger.ms': 1_000 })
  world.cluster.topic('orders', { partitions: 2 })
  world.run(50)
  const values = Array.from({ length: 60 }, (_, i) => `${i} ${'x'.repeat((i * 37) % 150)}`)
  for (const [i, value] of values.entries()) world.send('orders', value, { partition: i % 2 })
  expect(world.core.inspect().bufferPooledWaiters).toBeLessThanOrEqual(60)
  world.runUntil(() => world.outcomes.length === 60, 60_000)
  expect(world.errors().every((error) => error === undefined)).toBe(true)
  for (const partition of [0, 1]) {
    expect(world.cluster.valuesOf('orders', partition)).toEqual(values.filter((_, i) => i % 2 === partition))
  }
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: 400, blockedSends: 0 })
})

test('producer core: a send that finds no memory within max.block.ms fails, and metadata and memory share that time', () => {
  const world = new ScriptedWorld({ 'buffer.memory': 200, 'batch.size': 200, 'max.block.ms': 1_000, 'linger.ms': 0 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'waits for metadata', { timestamp: 1 })
  world.send('orders', 'waits for metadata, then for memory'.padEnd(110))
  world.run(600)
  world.cluster.topic('orders')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.outcomes[0]?.error).toMatchObject({ name: 'BufferExhaustedError', code: 'BUFFER_EXHAUSTED' })
  expect(world.outcomes[0]?.atMs).toBeGreaterThanOrEqual(1_000)
  expect(world.outcomes[0]?.atMs).toBeLessThan(1_001)
})

test('producer core: a retriable error is retried after its backoff, with the same bytes', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  let failures = 3
  world.cluster.produceScript = () => () => (failures-- > 0 ? { errorCode: 19 } : {})
  world.send('orders', 'x')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.errors()).toEqual([undefined])
  const { batches } = world.cluster
  expect(batches).toHaveLength(4)
  expect(new Set(batches.map(({ crc }) => crc)).size).toBe(1)
  const gaps = batches.slice(1).map((batch, i) => batch.atMs - batches[i]!.atMs)
  for (const [i, [min, max]] of [
    [80, 123],
    [160, 243],
    [320, 483],
  ].entries()) {
    expect(gaps[i]).toBeGreaterThanOrEqual(min!)
    expect(gaps[i]).toBeLessThanOrEqual(max!)
  }
})

test('producer core: when retries are used up the last error comes back, with topic, attempts and advice', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, retries: 2 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => ({ errorCode: 19 })
  world.send('orders', 'x')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'NOT_ENOUGH_REPLICAS', errorCode: 19, certainty: 'definite' })
  expect(world.outcomes[0]?.error?.message).toMatch(
    /^orders-0: NOT_ENOUGH_REPLICAS after 3 attempts: .*min\.insync\.replicas/,
  )
})

test('producer core: delivery.timeout.ms holds for batches in the queue and on the wire', () => {
  const config = {
    'linger.ms': 0,
    'request.timeout.ms': 3_000,
    'delivery.timeout.ms': 4_000,
    'max.in.flight.requests.per.connection': 1,
  }
  const world = new ScriptedWorld(config)
  world.cluster.topic('orders')
  world.cluster.produceScript = () => 'silence'
  world.run(50)
  world.send('orders', 'on the wire')
  world.run(10)
  world.send('orders', 'in the queue')
  world.runUntil(() => world.outcomes.length === 2, 10_000)
  expect(world.outcomes.map(({ value, atMs }) => [value, Math.floor(atMs)])).toEqual([
    ['on the wire', 4_051],
    ['in the queue', 4_060],
  ])
  expect(world.outcomes.map(({ error }) => [error?.code, error?.certainty])).toEqual([
    ['DELIVERY_TIMEOUT', 'maybe'],
    ['DELIVERY_TIMEOUT', 'definite'],
  ])
  world.runUntil(() => world.core.inspect().heldBatches === 0, 10_000)
  expect(world.core.inspect().bufferAvailableBytes).toBe(total)
})

test('producer core: a batch that expires on the wire keeps its memory until its request is over', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'request.timeout.ms': 3_000, 'delivery.timeout.ms': 4_000 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  expect(world.errors()).toEqual(['DELIVERY_TIMEOUT'])
  expect(world.core.inspect()).toMatchObject({
    bufferAvailableBytes: total - 16_384,
    heldBatches: 1,
    incompleteBatches: 0,
  })
  world.run(2_500)
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: total, heldBatches: 0 })
})

test('producer core: flush cuts linger short and waits for sends that still wait for metadata', () => {
  const world = new ScriptedWorld({ 'linger.ms': 60_000, 'delivery.timeout.ms': 200_000 })
  let flushedMs = -1
  world.send('orders', 'a')
  world.core.flush(() => {
    flushedMs = world.nowMs
  })
  world.run(300)
  expect(flushedMs).toBe(-1)
  world.cluster.topic('orders')
  world.runUntil(() => flushedMs >= 0, 3_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['a'])
})

test('producer core: flush does not wait for what is sent after it', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders', { partitions: 2 })
  world.cluster.produceScript = () => (_, partition) => (partition === 1 ? { errorCode: 19 } : {})
  world.run(50)
  let flushed = false
  world.send('orders', 'a', { partition: 0 })
  world.core.flush(() => {
    flushed = true
  })
  world.send('orders', 'b', { partition: 1 })
  world.runUntil(() => flushed, 1_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['a'])
})

test('producer core: flush with nothing to do is done at once, and callbacks may flush and send', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  const order: string[] = []
  world.core.flush(() => {
    order.push('empty')
    world.core.send({ topic: 'orders', value: 'a' }, () => {
      order.push('a')
      world.core.flush(() => order.push('flushed in callback'))
    })
  })
  world.runUntil(() => order.length === 3, 1_000)
  expect(order).toEqual(['empty', 'a', 'flushed in callback'])
})

test('producer core: a callback that throws is logged and the others are still told', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.core.send({ topic: 'orders', value: 'a' }, () => {
    throw new Error('mine')
  })
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.logged).toEqual(['a callback of the application threw'])
})

test('producer core: close sends everything, also what waits for metadata, and leaves nothing behind', () => {
  const world = new ScriptedWorld({ 'linger.ms': 1_000 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  let closed = false
  world.core.close({}, () => {
    closed = true
  })
  expect(() => world.send('orders', 'b')).toThrow(ProducerClosedError)
  world.runUntil(() => closed, 5_000)
  expect(world.errors()).toEqual([undefined])
  world.run(100)
  expect(world.runtime.clock.pending).toBe(0)
  expect(world.runtime.transport.openLinks).toBe(0)
  expect(world.core.inspect()).toMatchObject({ state: 'closed', bufferAvailableBytes: total, connections: [] })
})

test('producer core: close with a timeout fails what is left, then calls nothing any more', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'on the wire')
  world.send('nowhere', 'waiting')
  let closedMs = -1
  world.run(100)
  world.core.close({ timeoutMs: 500 }, () => {
    closedMs = world.nowMs
  })
  world.runUntil(() => closedMs >= 0, 5_000)
  expect(closedMs).toBe(600)
  expect(world.outcomes.map(({ value, error }) => [value, error?.code, error?.certainty])).toEqual([
    ['on the wire', 'PRODUCER_CLOSED', 'maybe'],
    ['waiting', 'PRODUCER_CLOSED', 'definite'],
  ])
  world.run(100_000)
  expect(world.outcomes).toHaveLength(2)
  expect(world.runtime.transport.openLinks).toBe(0)
  expect(world.core.inspect().bufferAvailableBytes).toBe(total)
})

test('producer core: close may be called from a callback and again, and refuses a negative timeout', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  let closed = 0
  const done = (): void => void closed++
  expect(() => world.core.close({ timeoutMs: -1 }, done)).toThrow(ConfigError)
  world.core.send({ topic: 'orders', value: 'a' }, () => world.core.close({}, done))
  world.runUntil(() => closed === 1, 1_000)
  world.core.close({}, done)
  expect(closed).toBe(2)
})

test('producer core: an idle producer makes no event but the metadata age', () => {
  const world = new ScriptedWorld({ 'connections.max.idle.ms': -1 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.run(1_000)
  const before = world.events.length
  world.run(290_000)
  expect(world.events.slice(before)).toEqual([])
  expect(world.runtime.clock.pending).toBe(1)
})

test('producer core: two runs of one seed are the same run', () => {
  const run = (): unknown => {
    const world = new ScriptedWorld({ 'linger.ms': 2 }, { nodes: 3, seed: 7 })
    world.cluster.topic('orders', { partitions: 6 })
    let n = 0
    world.cluster.produceScript = () => () => (n++ % 3 === 0 ? { errorCode: 6 } : {})
    for (let i = 0; i < 100; i++) world.send('orders', `v${i}`)
    world.runUntil(() => world.outcomes.length === 100, 60_000)
    return JSON.stringify(world.events, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  }
  expect(run()).toBe(run())
})

test('producer core: acks 0 succeeds without offset as soon as the bytes are written', () => {
  const world = new ScriptedWorld({ acks: 0, 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.metadata).toMatchObject({ offset: -1n })
  world.run(10)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['a'])
  expect(world.core.inspect()).toMatchObject({ inFlightRequests: 0, bufferAvailableBytes: total })
})

test('producer core: a serializer that throws fails the record, and nothing else', () => {
  const world = new ScriptedWorld({ 'value.serializer': 'json', 'linger.ms': 0 })
  world.cluster.topic('orders')
  const codes: (string | undefined)[] = []
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  world.core.send({ topic: 'orders', value: cyclic }, (_, error) => codes.push(error?.code))
  world.core.send({ topic: 'orders', value: { fine: true } }, (_, error) => codes.push(error?.code))
  world.runUntil(() => codes.length === 2, 1_000)
  expect(codes).toEqual(['SERIALIZATION', undefined])
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['{"fine":true}'])
})
