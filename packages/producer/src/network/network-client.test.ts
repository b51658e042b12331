import { apiVersions, InvariantError, metadata, produce, type RequestOf } from '@harrow/protocol'
import { simulatedRuntime } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { ScriptedCluster, type ScriptedRequest } from '../../test/scripted-broker.ts'
import { ScriptedWorld } from '../../test/scripted-world.ts'
import type { ClusterNode } from '../metadata/cluster.ts'
import type { Answer } from './connection.ts'
import { CorrelationIds } from './correlation-ids.ts'
import { NetworkClient } from './network-client.ts'

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

/** A client of its own, connected to nothing, with a cluster to talk to. */
function clientOf(options: { nodes?: number; requestTimeoutMs?: number; first?: number } = {}) {
  const runtime = simulatedRuntime({ seed: 3 })
  const cluster = new ScriptedCluster(runtime, { nodes: options.nodes ?? 1 })
  const client = new NetworkClient<string>(runtime, {
    clientId: 'test',
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    maxInFlightRequestsPerConnection: 2,
    connectionsMaxIdleMs: -1,
    reconnectBackoffMs: 50,
    reconnectBackoffMaxMs: 1_000,
    socketConnectionSetupTimeoutMs: 1_000,
    socketConnectionSetupTimeoutMaxMs: 4_000,
    correlationIds: new CorrelationIds(options.first),
    trace: undefined,
    wake: () => {},
  })
  const nodes = Array.from({ length: options.nodes ?? 1 }, (_, i) => ({
    id: i + 1,
    host: `broker-${i + 1}`,
    port: 9092,
  }))
  const answers: Answer<string>[] = []
  const runMs = (ms: number): void => {
    const untilMs = runtime.clock.nowMs() + ms
    while (runtime.clock.nowMs() < untilMs) {
      runtime.clock.runUntil(Math.min(untilMs, runtime.clock.nowMs() + 1))
      answers.push(...client.poll(runtime.clock.nowMs()).answers)
    }
  }
  const nowMs = (): number => runtime.clock.nowMs()
  const connect = (node: ClusterNode): void => {
    client.ready(node, nowMs())
    runMs(20)
    expect(client.ready(node, nowMs())).toBe(true)
  }
  const ask = (node: ClusterNode, context: string): void =>
    client.send(node, { api: metadata, version: 12, body: { topics: [] }, context }, nowMs())
  return { runtime, cluster, client, nodes, answers, runMs, nowMs, connect, ask }
}

test('network client: sending to a node that is not ready is a mistake of ours', () => {
  const { nodes, ask } = clientOf()
  expect(() => ask(nodes[0]!, 'too early')).toThrow(InvariantError)
})

test('network client: a node is ready only after it told its versions', () => {
  const { cluster, client, nodes, runMs, nowMs } = clientOf()
  cluster.silentApis.add('ApiVersions')
  client.ready(nodes[0]!, nowMs())
  expect(client.inspect()[0]?.state).toBe('connecting')
  runMs(100)
  expect(client.inspect()[0]?.state).toBe('negotiating')
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
  expect(client.versionOf(nodes[0]!, metadata)).toBeUndefined()
})

test('network client: nothing outlives close, neither requests nor readiness', () => {
  const { runtime, client, nodes, connect, ask, answers, runMs, nowMs } = clientOf()
  connect(nodes[0]!)
  ask(nodes[0]!, 'asked')
  client.close()
  runMs(100)
  expect(answers).toEqual([])
  expect(client.inFlightRequests).toBe(0)
  expect(runtime.transport.openLinks).toBe(0)
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
})

test('network client: an error in ApiVersions ends the connection', () => {
  const { cluster, client, nodes, runMs, nowMs } = clientOf()
  cluster.apiVersionsError = 42
  client.ready(nodes[0]!, nowMs())
  runMs(20)
  expect(client.inspect()[0]?.state).toBe('disconnected')
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
})

test('network client: a broker that does not say which versions of ApiVersions it knows is asked in version 0', () => {
  const { cluster, client, nodes, connect } = clientOf()
  cluster.maxVersions.set(apiVersions.key, 0)
  cluster.tellsKnownVersions = false
  connect(nodes[0]!)
  expect(cluster.requestsOf(apiVersions).map(({ header }) => header.apiVersion)).toEqual([4, 0])
  expect(client.versionOf(nodes[0]!, metadata)).toBe(metadata.versions.max)
})

test('network client: a broker that refuses even version 0 of ApiVersions is given up', () => {
  const { cluster, client, nodes, runMs, nowMs } = clientOf()
  cluster.maxVersions.set(apiVersions.key, -1)
  cluster.tellsKnownVersions = false
  client.ready(nodes[0]!, nowMs())
  runMs(30)
  expect(client.inspect()[0]?.state).toBe('disconnected')
})

test('network client: an address that never answers is given up after the setup timeout, which grows', () => {
  const { runtime, client, nodes, runMs, nowMs } = clientOf({ nodes: 2 })
  for (const node of nodes) runtime.transport.hang(node)
  const triesMs: number[] = []
  for (let i = 0; i < 4; i++) {
    for (const node of nodes) client.ready(node, nowMs())
    const startMs = nowMs()
    expect(client.inspect().map(({ state }) => state)).toEqual(['connecting', 'connecting'])
    while (client.inspect().some(({ state }) => state === 'connecting')) runMs(1)
    triesMs.push(nowMs() - startMs)
    runMs(1_300)
  }
  for (const [i, term] of [1_000, 2_000, 4_000, 4_000].entries()) {
    expect(triesMs[i]).toBeGreaterThanOrEqual(term * 0.8)
    expect(triesMs[i]).toBeLessThanOrEqual(Math.min(term * 1.2, 4_000) + 1)
  }
  expect(runtime.transport.openLinks).toBe(0)
  for (const node of nodes) runtime.transport.unhang(node)
  client.ready(nodes[0]!, nowMs())
  runMs(20)
  expect(client.ready(nodes[0]!, nowMs())).toBe(true)
})

test('network client: a broker that accepts and then says nothing is given up after the request timeout', () => {
  const { cluster, client, nodes, runMs, nowMs } = clientOf({ requestTimeoutMs: 2_000 })
  cluster.silentApis.add('ApiVersions')
  client.ready(nodes[0]!, nowMs())
  runMs(1_900)
  expect(client.inspect()[0]?.state).toBe('negotiating')
  runMs(200)
  expect(client.inspect()[0]?.state).toBe('disconnected')
})

test('network client: connections lost before they were ready back off ever longer, and nobody else hears of it', () => {
  const { cluster, client, nodes, answers, runMs, nowMs } = clientOf()
  cluster.apiVersionsError = 42
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    client.ready(nodes[0]!, nowMs())
    runMs(10)
    expect(client.inspect()[0]?.state).toBe('disconnected')
    waits.push(client.readyAgainMs(nodes[0]!, nowMs()) - nowMs())
    runMs(1_000)
  }
  for (const [i, term] of [50, 100, 200, 400].entries()) {
    expect(waits[i]).toBeGreaterThan(term * 0.8 - 11)
    expect(waits[i]).toBeLessThanOrEqual(term * 1.2)
  }
  expect(answers).toEqual([])
})

test('network client: a connection that breaks ends its requests in the order they were sent', () => {
  const { cluster, client, nodes, connect, ask, answers, runMs, nowMs } = clientOf()
  connect(nodes[0]!)
  cluster.silentApis.add('Metadata')
  ask(nodes[0]!, 'first')
  ask(nodes[0]!, 'second')
  runMs(20)
  expect(client.inFlightRequests).toBe(2)
  cluster.stop(1)
  runMs(20)
  expect(answers.map(({ kind, request }) => [kind, request.context])).toEqual([
    ['disconnected', 'first'],
    ['disconnected', 'second'],
  ])
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
})

test('network client: correlation ids wrap on the wire, and answers still find their requests', () => {
  const { cluster, nodes, connect, ask, answers, runMs } = clientOf({ first: 2_147_483_638 })
  connect(nodes[0]!)
  for (let i = 0; i < 4; i++) {
    ask(nodes[0]!, `${i}`)
    runMs(20)
  }
  expect(cluster.requests.map(({ header }) => header.correlationId)).toEqual([2_147_483_638, 2_147_483_639, 0, 1, 2])
  expect(answers.map(({ kind, request }) => [kind, request.context])).toEqual(
    ['0', '1', '2', '3'].map((context) => ['response', context]),
  )
})

test('network client: the least loaded node is one that is ready and idle, else one that connects, else the one tried longest ago', () => {
  const { client, nodes, connect, ask, cluster, runMs, nowMs } = clientOf({ nodes: 3 })
  const [one, two] = nodes
  cluster.silentApis.add('Metadata')
  client.ready(one!, nowMs())
  // Nobody is ready: the one that connects, whatever the random start.
  for (let i = 0; i < 10; i++) expect(client.leastLoadedNode(nodes, nowMs())).toBe(one)
  runMs(20)
  connect(two!)
  ask(one!, 'busy')
  for (let i = 0; i < 10; i++) expect(client.leastLoadedNode(nodes, nowMs())).toBe(two)
  expect(client.leastLoadedNode([], nowMs())).toBeUndefined()
})

test('network client: no node is offered while all are within their backoff', () => {
  const { client, nodes, cluster, runMs, nowMs } = clientOf()
  cluster.stop(1)
  expect(client.leastLoadedNode(nodes, nowMs())).toBe(nodes[0])
  client.ready(nodes[0]!, nowMs())
  runMs(5)
  expect(client.leastLoadedNode(nodes, nowMs())).toBeUndefined()
  runMs(100)
  expect(client.leastLoadedNode(nodes, nowMs())).toBe(nodes[0])
})

test('network client: of nodes that cannot be reached each is offered once before any is offered again', () => {
  const { client, nodes, cluster, runMs, nowMs } = clientOf({ nodes: 3 })
  for (const node of nodes) cluster.stop(node.id)
  for (let round = 0; round < 5; round++) {
    const offered = new Set<number>()
    for (let i = 0; i < 3; i++) {
      const node = client.leastLoadedNode(nodes, nowMs())!
      offered.add(node.id)
      client.ready(node, nowMs())
      runMs(1_300)
    }
    expect(offered).toEqual(new Set([1, 2, 3]))
  }
})

test('network client: a busy node is no node to ask, yet counts as connected', () => {
  const { client, nodes, connect, ask, cluster, runMs, nowMs } = clientOf()
  expect(client.hasConnected(nodes)).toBe(false)
  connect(nodes[0]!)
  cluster.silentApis.add('Metadata')
  ask(nodes[0]!, 'one')
  ask(nodes[0]!, 'two')
  runMs(20)
  expect(client.leastLoadedNode(nodes, nowMs())).toBeUndefined()
  expect(client.hasConnected(nodes)).toBe(true)
})

test('network client: a throttled node is not offered, counts down, and is ready at the end', () => {
  const { client, nodes, cluster, runMs, nowMs } = clientOf()
  cluster.apiVersionsThrottleMs = 100
  client.ready(nodes[0]!, nowMs())
  runMs(10)
  expect(client.leastLoadedNode(nodes, nowMs())).toBeUndefined()
  const untilMs = client.readyAgainMs(nodes[0]!, nowMs())
  expect(untilMs - nowMs()).toBeGreaterThan(85)
  expect(untilMs - nowMs()).toBeLessThan(100)
  runMs(50)
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
  expect(client.readyAgainMs(nodes[0]!, nowMs())).toBe(untilMs)
  runMs(50)
  expect(client.ready(nodes[0]!, nowMs())).toBe(true)
})

test('network client: when to ask again: at once for an unknown node, never without an event once connected, after the backoff when lost', () => {
  const { client, nodes, cluster, connect, runMs, nowMs } = clientOf()
  expect(client.readyAgainMs(nodes[0]!, nowMs())).toBe(nowMs())
  connect(nodes[0]!)
  expect(client.readyAgainMs(nodes[0]!, nowMs())).toBe(Number.POSITIVE_INFINITY)
  cluster.stop(1)
  runMs(3)
  const waitMs = client.readyAgainMs(nodes[0]!, nowMs()) - nowMs()
  expect(waitMs).toBeGreaterThan(36)
  expect(waitMs).toBeLessThanOrEqual(60)
})

test('network client: nodes are apart: one that is lost does not touch another', () => {
  const { client, nodes, cluster, connect, runMs, nowMs } = clientOf({ nodes: 2 })
  for (const node of nodes) connect(node)
  cluster.stop(1)
  runMs(10)
  expect(client.inspect().map(({ state }) => state)).toEqual(['disconnected', 'ready'])
  expect(client.ready(nodes[1]!, nowMs())).toBe(true)
  expect(client.hasConnected(nodes)).toBe(true)
})

test('network client: a node that moved is found at its new address without the backoff of the old one', () => {
  const { client, nodes, cluster, runMs, nowMs } = clientOf({ nodes: 2 })
  cluster.stop(1)
  client.ready(nodes[0]!, nowMs())
  runMs(5)
  expect(client.ready(nodes[0]!, nowMs())).toBe(false)
  const moved = { ...nodes[1]!, id: 1 }
  client.ready(moved, nowMs())
  runMs(20)
  expect(client.ready(moved, nowMs())).toBe(true)
})

test('network client: throttle times of all answers are told, that of ApiVersions included', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'enable.idempotence': false })
  world.cluster.topic('orders')
  world.cluster.apiVersionsThrottleMs = 400
  world.send('orders', 'a')
  for (const throttleTimeMs of [100, 200, 300]) {
    world.cluster.throttleTimeMs = throttleTimeMs
    world.runUntil(() => world.outcomes.length === throttleTimeMs / 100, 5_000)
    world.send('orders', 'next')
  }
  const told = world.eventsOf('response-received').filter(({ api }) => api === 'ApiVersions' || api === 'Produce')
  expect(new Set(told.map(({ api, throttleTimeMs }) => `${api} ${throttleTimeMs}`))).toEqual(
    new Set(['ApiVersions 400', 'Produce 100', 'Produce 200', 'Produce 300']),
  )
})

test('network client: an old broker that throttled before it answered is not left alone for the same time again', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'enable.idempotence': false })
  world.cluster.topic('orders')
  world.cluster.maxVersions.set(produce.key, 5)
  world.cluster.throttleTimeMs = 5_000
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  const answeredMs = world.nowMs
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 10_000)
  expect(world.nowMs - answeredMs).toBeLessThan(100)
  expect(world.eventsOf('response-received').filter(({ api }) => api === 'Produce')).toMatchObject([
    { throttleTimeMs: 5_000 },
    { throttleTimeMs: 5_000 },
  ])
})

test('network client: a request that times out asks for metadata, because the leader may be gone', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'request.timeout.ms': 500, 'delivery.timeout.ms': 5_000 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.run(2_000)
  const asked = world.cluster.requestsOf(metadata).length
  let isFirst = true
  world.cluster.produceScript = () => {
    const isLost = isFirst
    isFirst = false
    return isLost ? 'silence' : () => ({})
  }
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 3_000)
  expect(world.cluster.requestsOf(metadata)).toHaveLength(asked + 1)
})

test('network client: time that a broker takes by throttling does not count against requests on their way', () => {
  const config = { 'linger.ms': 0, 'batch.size': 0, 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 10_000 }
  const world = new ScriptedWorld({ ...config, 'enable.idempotence': false })
  world.cluster.topic('orders')
  world.send('orders', 'warm')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  const held: ScriptedRequest[] = []
  world.cluster.produceScript = (request) => {
    held.push(request)
    return 'silence'
  }
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.run(500)
  world.cluster.throttleTimeMs = 2_000
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(2_000)
  world.cluster.throttleTimeMs = 0
  world.cluster.answerProduce(held[1]!, () => ({}))
  world.run(20)
  expect(world.errors()).toEqual([undefined, undefined, undefined])
  expect(world.eventsOf('request-timed-out')).toEqual([])
})

test('network client: a cluster that speaks no version of Metadata fails those who wait, at once, with that reason', () => {
  const world = new ScriptedWorld()
  world.cluster.maxVersions.set(metadata.key, -1)
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'UNSUPPORTED_VERSION', certainty: 'definite' })
  // Brokers may be upgraded: asking goes on, with a backoff.
  world.run(5_000)
  const failures = world.eventsOf('metadata-failed').length
  expect(failures).toBeGreaterThan(4)
  expect(failures).toBeLessThan(12)
})

test('network client: all known brokers gone, the bootstrap servers are asked again, and those lead to where the cluster is now', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'bootstrap.servers': 'broker-3:9092' }, { nodes: 3 })
  world.cluster.topic('orders')
  // The seed names only brokers 1 and 2, which are all that the producer knows afterwards.
  world.cluster.editMetadata = (answer) => ({ ...answer, brokers: answer.brokers.filter(({ nodeId }) => nodeId !== 3) })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.editMetadata = (answer) => answer
  world.cluster.stop(1)
  world.cluster.stop(2)
  world.cluster.moveLeader('orders', 0, 3)
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.outcomes[1]?.error).toBeUndefined()
  expect(world.cluster.batches.at(-1)?.node).toBe(3)
})

test('network client: without recovery a producer stays with the brokers that it knows', () => {
  const config = { 'linger.ms': 0, 'bootstrap.servers': 'broker-3:9092', 'metadata.recovery.strategy': 'none' } as const
  const world = new ScriptedWorld({ ...config, 'request.timeout.ms': 500, 'delivery.timeout.ms': 3_000 }, { nodes: 3 })
  world.cluster.topic('orders')
  world.cluster.editMetadata = (answer) => ({ ...answer, brokers: answer.brokers.filter(({ nodeId }) => nodeId !== 3) })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.editMetadata = (answer) => answer
  world.cluster.stop(1)
  world.cluster.stop(2)
  world.cluster.moveLeader('orders', 0, 3)
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.outcomes[1]?.error?.code).toBe('DELIVERY_TIMEOUT')
})

test('network client: known brokers that never answer are given up after metadata.recovery.rebootstrap.trigger.ms', () => {
  const config = {
    'linger.ms': 0,
    'bootstrap.servers': 'broker-3:9092',
    'metadata.recovery.rebootstrap.trigger.ms': 5_000,
    'request.timeout.ms': 1_000,
  }
  const world = new ScriptedWorld(config, { nodes: 3 })
  world.cluster.topic('orders')
  world.cluster.editMetadata = (answer) => ({ ...answer, brokers: answer.brokers.filter(({ nodeId }) => nodeId !== 3) })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.editMetadata = (answer) => answer
  for (const id of [1, 2]) {
    world.runtime.transport.hang({ host: `broker-${id}`, port: 9092 })
    world.cluster.stop(id)
  }
  world.cluster.moveLeader('orders', 0, 3)
  const startMs = world.nowMs
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 20_000)
  expect(world.outcomes[1]?.error).toBeUndefined()
  expect(world.nowMs - startMs).toBeGreaterThanOrEqual(5_000)
  expect(world.nowMs - startMs).toBeLessThan(7_500)
})

test('network client: a broker that asks for it is rebootstrapped from (KIP-1102)', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'metadata.max.age.ms': 1_000 }, { nodes: 2 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  let isAsking = true
  world.cluster.editMetadata = (answer) => {
    const errorCode = isAsking ? 129 : 0
    isAsking = false
    return { ...answer, errorCode }
  }
  world.run(3_000)
  expect(world.eventsOf('metadata-failed')).toMatchObject([{ because: 'the broker asks to rebootstrap' }])
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.errors()).toEqual([undefined, undefined])
})
