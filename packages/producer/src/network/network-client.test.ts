import { apiVersions, metadata, produce, type RequestOf } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../../test/scripted-world.ts'

test('network client: ApiVersions comes first on each connection, with the name of the software', () => {
  const world = new ScriptedWorld()
  world.run(50)
  const [first] = world.cluster.requests
  expect(first?.api).toBe(apiVersions)
  expect(first?.header.apiVersion).toBe(4)
  expect(first?.body).toMatchObject({ clientSoftwareName: 'harrow', clientSoftwareVersion: '0.1.0' })
})

test('network client: a broker that does not know the version is asked again with one that it knows (KIP-511)', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.cluster.maxVersions.set(apiVersions.key, 2)
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  const asked = world.cluster.requestsOf(apiVersions).slice(0, 2)
  expect(asked.map(({ header }) => header.apiVersion)).toEqual([4, 2])
  expect(asked[0]?.link).toBe(asked[1]?.link)
})

test('network client: Produce goes by topic id where the broker offers it, by name where not', () => {
  const versionsOf = (maxVersion?: number): number[] => {
    const world = new ScriptedWorld({ 'linger.ms': 0 })
    world.cluster.topic('orders')
    if (maxVersion !== undefined) world.cluster.maxVersions.set(produce.key, maxVersion)
    world.send('orders', 'a')
    world.runUntil(() => world.outcomes.length === 1, 1_000)
    expect(world.cluster.batches[0]?.topic).toBe('orders')
    return world.cluster.requestsOf(produce).map(({ header }) => header.apiVersion)
  }
  expect(versionsOf()).toEqual([13])
  expect(versionsOf(9)).toEqual([9])
})

test('network client: without a topic id Produce stays at the last version that names topics', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders', { id: 'AAAAAAAAAAAAAAAAAAAAAA' })
  world.cluster.maxVersions.set(metadata.key, 9)
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.cluster.requestsOf(produce)[0]?.header.apiVersion).toBe(12)
})

test('network client: a request without an answer costs its connection, and all its requests are retried in order', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0, 'request.timeout.ms': 1_000 })
  world.cluster.topic('orders')
  world.send('orders', 'warm')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  let silent = true
  world.cluster.produceScript = () => (silent ? 'silence' : () => ({}))
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.run(900)
  silent = false
  world.runUntil(() => world.outcomes.length === 4, 5_000)
  expect(world.eventsOf('request-timed-out')).toHaveLength(1)
  expect(world.eventsOf('batch-retried').map(({ sequence, because }) => [sequence, because])).toEqual([
    [1, 'REQUEST_TIMED_OUT'],
    [2, 'REQUEST_TIMED_OUT'],
    [3, 'REQUEST_TIMED_OUT'],
  ])
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['warm', 'a', 'b', 'c', 'a', 'b', 'c'])
})

test('network client: a broker that is down is tried again after 50 ms doubling to a second', () => {
  const world = new ScriptedWorld({ 'metadata.recovery.strategy': 'none' })
  world.cluster.stop(1)
  world.run(8_000)
  const attempts = world.eventsOf('connection-state').filter(({ to }) => to === 'connecting')
  // 50 + 100 + 200 + 400 + 800 + 1000 + ...: within 20 %, eight seconds have room for ten to fourteen attempts.
  expect(attempts.length).toBeGreaterThanOrEqual(10)
  expect(attempts.length).toBeLessThanOrEqual(14)
})

test('network client: a throttled connection is left alone until the time is over, in both orders of magnitude', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.cluster.throttleTimeMs = 700
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.throttleTimeMs = 0
  const throttledMs = world.nowMs
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  const sent = world.eventsOf('request-sent').filter(({ api }) => api === 'Produce').length
  expect(sent).toBe(2)
  expect(world.cluster.batches[1]!.atMs - throttledMs).toBeGreaterThanOrEqual(700)
  expect(world.cluster.batches[1]!.atMs - throttledMs).toBeLessThan(702)
})

test('network client: an idle connection is closed, and made again when needed', () => {
  const world = new ScriptedWorld({ 'connections.max.idle.ms': 5_000, 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.run(6_000)
  expect(world.core.inspect().connections.every(({ state }) => state === 'disconnected')).toBe(true)
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
})

test('network client: garbage, and an answer to another request, end the connection and not the producer', () => {
  for (const garbage of [
    new Uint8Array([0xff, 0xff, 0xff, 0xff]),
    new Uint8Array([0, 0, 0, 8, 0x7f, 0, 0, 0, 0, 0, 0, 0]),
  ]) {
    const world = new ScriptedWorld({ 'linger.ms': 0 })
    world.cluster.topic('orders')
    let isFirst = true
    world.cluster.produceScript = (request) => {
      if (!isFirst) return () => ({})
      isFirst = false
      request.link.write(garbage)
      return 'silence'
    }
    world.send('orders', 'a')
    world.runUntil(() => world.outcomes.length === 1, 5_000)
    expect(world.errors()).toEqual([undefined])
    expect(world.eventsOf('batch-retried')).toHaveLength(1)
  }
})

test('network client: at most max.in.flight requests wait on a connection', () => {
  const config = {
    'linger.ms': 0,
    'batch.size': 0,
    'enable.idempotence': false,
    'max.in.flight.requests.per.connection': 3,
  }
  const world = new ScriptedWorld(config)
  world.cluster.topic('orders', { partitions: 20 })
  world.cluster.produceScript = () => 'silence'
  world.run(50)
  for (let i = 0; i < 20; i++) {
    world.send('orders', `${i}`, { partition: i })
    world.run(5)
  }
  expect(world.cluster.requestsOf(produce)).toHaveLength(3)
})

test('network client: a leader hint moves the next attempt at once, without backoff or waiting for metadata (KIP-951)', () => {
  const world = new ScriptedWorld(
    { 'linger.ms': 0, 'retry.backoff.ms': 5_000, 'retry.backoff.max.ms': 5_000 },
    { nodes: 2 },
  )
  world.cluster.topic('orders')
  world.send('orders', 'warm')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  world.cluster.moveLeader('orders', 0, 2)
  world.cluster.produceScript =
    ({ node }) =>
    () =>
      node === 2 ? {} : { errorCode: 6, currentLeader: { leaderId: 2, leaderEpoch: 1 } }
  const startMs = world.nowMs
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 2, 20_000)
  expect(world.outcomes[1]!.atMs - startMs).toBeLessThan(20)
  expect(world.cluster.batches.map(({ node }) => node)).toEqual([1, 1, 2])
})

test('network client: Metadata and Produce share correlation ids, which are never used twice on a connection', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  for (let i = 0; i < 10; i++) {
    world.send('orders', `${i}`)
    world.run(20)
  }
  const ids = world.cluster.requests.map(({ header }) => header.correlationId)
  expect(new Set(ids).size).toBe(ids.length)
  const body = world.cluster.requestsOf(metadata).at(-1)?.body as RequestOf<typeof metadata>
  expect(body.allowAutoTopicCreation).toBe(true)
})
