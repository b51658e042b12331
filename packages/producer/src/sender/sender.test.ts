import { initProducerId, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { PartitionScript, ScriptedRequest } from '../../test/scripted-broker.ts'
import { ScriptedWorld } from '../../test/scripted-world.ts'
import type { ProducerParts } from '../producer-parts.ts'

const plain = { 'enable.idempotence': false, 'linger.ms': 0, 'batch.size': 0 } as const
const total = 32 * 1024 * 1024

/** Without idempotence, connected to every node, nothing sent yet. */
function connected(
  config: Record<string, number | string> = {},
  options: { nodes?: number; partitions?: number } = {},
) {
  const world = new ScriptedWorld({ ...plain, ...config }, options)
  world.cluster.topic('orders', { partitions: options.partitions ?? 1 })
  for (let partition = 0; partition < (options.partitions ?? 1); partition++) {
    world.send('orders', `warm ${partition}`, { partition })
  }
  world.runUntil(() => world.outcomes.length === (options.partitions ?? 1), 1_000)
  world.outcomes.length = 0
  world.cluster.batches.length = 0
  return world
}

/** Keeps Produce requests instead of answering them. */
function hold(world: ScriptedWorld): ScriptedRequest[] {
  const held: ScriptedRequest[] = []
  world.cluster.produceScript = (request) => {
    held.push(request)
    return 'silence'
  }
  return held
}

function values(world: ScriptedWorld): (string | undefined)[] {
  return world.cluster.batches.map((batch) => batch.values[0])
}

test('sender: a record is in flight until its answer, and then nothing is', () => {
  const world = connected()
  const held = hold(world)
  world.send('orders', 'a')
  world.run(10)
  expect(world.core.inspect()).toMatchObject({ inFlightRequests: 1, incompleteBatches: 1 })
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(10)
  expect(world.core.inspect()).toMatchObject({ inFlightRequests: 0, incompleteBatches: 0 })
  expect(world.outcomes[0]?.metadata?.offset).toBe(1n)
})

test('sender: a lost connection costs one retry, and when retries are used up the caller hears of the network', () => {
  const world = connected({ retries: 1 })
  let losses = 1
  world.cluster.produceScript = () => (losses-- > 0 ? 'disconnect' : () => ({}))
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 5_000)
  losses = 2
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(values(world)).toEqual(['a', 'a', 'b', 'b'])
  expect(world.outcomes.map(({ error }) => [error?.code, error?.certainty])).toEqual([
    [undefined, undefined],
    ['NETWORK_EXCEPTION', 'maybe'],
  ])
  expect(world.core.inspect()).toMatchObject({ inFlightRequests: 0, bufferAvailableBytes: total })
})

test('sender: with one request in flight a partition waits for its answer, even when another broker leads by now', () => {
  const config = { 'max.in.flight.requests.per.connection': 1, 'metadata.max.age.ms': 200 }
  const world = connected(config, { nodes: 2, partitions: 2 })
  const held = hold(world)
  world.send('orders', 'a', { partition: 0 })
  world.run(50)
  world.cluster.moveLeader('orders', 0, 2)
  world.send('orders', 'b', { partition: 0 })
  world.run(1_000)
  expect(values(world)).toEqual(['a'])
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(50)
  expect(world.cluster.batches.map(({ node }) => node)).toEqual([1, 2])
})

test('sender: with one request in flight the log keeps the order of the sends without idempotence, whatever fails', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = new ScriptedWorld({ ...plain, 'max.in.flight.requests.per.connection': 1 }, { seed })
    world.cluster.topic('orders')
    const log: string[] = []
    let n = seed
    world.cluster.produceScript = () => () => {
      n = (n * 1_103_515_245 + 12_345) % 2 ** 31
      if (n % 3 === 0) return { errorCode: 19 }
      log.push(world.cluster.batches.at(-1)!.values[0]!)
      return {}
    }
    const sent = Array.from({ length: 30 }, (_, i) => `${i}`)
    for (const value of sent) world.send('orders', value)
    world.runUntil(() => world.outcomes.length === 30)
    expect(log).toEqual(sent)
  }
})

test('sender: a callback of an expired batch may send again, all callbacks run, and the new record is in a fresh batch', () => {
  const config = { 'request.timeout.ms': 500, 'delivery.timeout.ms': 1_000, 'batch.size': 16_384, 'linger.ms': 10 }
  const world = connected(config)
  world.cluster.stop(1)
  const told: string[] = []
  for (const value of ['a', 'b', 'c']) {
    world.core.send({ topic: 'orders', value }, (_, error) => {
      told.push(`${value} ${error?.code}`)
      world.send('orders', `again ${value}`)
    })
  }
  world.runUntil(() => told.length === 3, 5_000)
  expect(told).toEqual(['a DELIVERY_TIMEOUT', 'b DELIVERY_TIMEOUT', 'c DELIVERY_TIMEOUT'])
  world.cluster.start(1)
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  expect(world.errors()).toEqual([undefined, undefined, undefined])
  expect(world.cluster.batches.flatMap((batch) => batch.values)).toEqual(['again a', 'again b', 'again c'])
})

test('sender: a topic is asked about while it is used, forgotten after metadata.max.idle.ms, and learnt again', () => {
  const world = connected({ 'metadata.max.idle.ms': 5_000, 'metadata.max.age.ms': 1_000 })
  world.run(4_000)
  expect(world.core.inspect().topics).toEqual(['orders'])
  world.run(3_000)
  expect(world.core.inspect().topics).toEqual([])
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.errors()).toEqual([undefined])
  expect(world.core.inspect().topics).toEqual(['orders'])
})

test('sender: a producer id is asked for at once, before anything is sent', () => {
  const world = new ScriptedWorld()
  world.run(50)
  expect(world.core.inspect()).toMatchObject({ producerId: 1000n, producerEpoch: 0 })
})

test('sender: with one request in flight metadata and the producer id still come, one after the other', () => {
  const world = new ScriptedWorld({ 'max.in.flight.requests.per.connection': 1, 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.errors()).toEqual([undefined])
  const apis = world.cluster.requests.map(({ api }) => api)
  expect(apis).toEqual(expect.arrayContaining([metadata, initProducerId, produce]))
})

test('sender: a broker that does not answer about the producer id is asked again until it does', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'request.timeout.ms': 500 })
  world.cluster.topic('orders')
  world.cluster.silentApis.add('InitProducerId')
  world.send('orders', 'a')
  world.run(2_500)
  expect(world.cluster.requestsOf(initProducerId).length).toBeGreaterThanOrEqual(3)
  world.cluster.silentApis.clear()
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  expect(world.errors()).toEqual([undefined])
})

test('sender: a broker that throttles longer than the request timeout is asked for the producer id when that is over', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'request.timeout.ms': 500 })
  world.cluster.topic('orders')
  world.cluster.apiVersionsThrottleMs = 700
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 4_000)
  expect(world.errors()).toEqual([undefined])
  expect(world.cluster.requestsOf(initProducerId)[0]!.atMs).toBeGreaterThan(700)
  expect(world.eventsOf('request-timed-out')).toEqual([])
})

test('sender: without idempotence batches carry no producer id, and a refusal fails at once', () => {
  const world = connected()
  world.cluster.produceScript = () => () => ({ errorCode: 29 })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.cluster.batches.map(({ sequence, epoch }) => [sequence, epoch])).toEqual([[-1, -1]])
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED', certainty: 'definite' })
  expect(world.cluster.requestsOf(initProducerId)).toEqual([])
})

test('sender: an answer that is here in the turn of the deadline counts', () => {
  const world = connected({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 2_000 })
  const held = hold(world)
  const deadlineMs = world.nowMs + 2_000
  world.send('orders', 'in time')
  world.run(10)
  world.cluster.answerProduce(held[0]!, () => ({}))
  // The bytes arrive; then the process is busy with something else until after the deadline.
  world.runtime.clock.step()
  world.core.poll(deadlineMs)
  expect(world.errors()).toEqual([undefined])
})

const answersAfterExpiry: readonly [what: string, script: PartitionScript][] = [
  ['a success', {}],
  ['a retriable error', { errorCode: 19 }],
  ['MESSAGE_TOO_LARGE', { errorCode: 10 }],
]

for (const [what, script] of answersAfterExpiry) {
  test(`sender: ${what} for a batch that expired changes nothing for its caller and sends nothing again`, () => {
    const config = { 'batch.size': 16_384, 'linger.ms': 2, 'request.timeout.ms': 800, 'delivery.timeout.ms': 900 }
    const world = connected(config)
    // The first attempt is refused, so that the second is on the wire when time is over.
    world.cluster.produceScript = () => () => ({ errorCode: 19 })
    world.send('orders', 'a')
    world.send('orders', 'b')
    world.run(50)
    const held = hold(world)
    world.runUntil(() => world.outcomes.length === 2, 2_000)
    expect(world.errors()).toEqual(['DELIVERY_TIMEOUT', 'DELIVERY_TIMEOUT'])
    expect(world.core.inspect()).toMatchObject({ heldBatches: 1, bufferAvailableBytes: total - 16_384 })
    const before = world.cluster.batches.length
    world.cluster.answerProduce(held.at(-1)!, () => script)
    world.run(2_000)
    expect(world.outcomes).toHaveLength(2)
    expect(world.cluster.batches).toHaveLength(before)
    expect(world.core.inspect()).toMatchObject({ heldBatches: 0, bufferAvailableBytes: total })
  })
}

test('sender: with one request in flight the next batch waits for the answer to one that expired', () => {
  const config = {
    'max.in.flight.requests.per.connection': 1,
    'request.timeout.ms': 1_000,
    'delivery.timeout.ms': 1_000,
    retries: 5,
  }
  const world = connected(config)
  world.cluster.produceScript = () => () => ({ errorCode: 19 })
  world.send('orders', 'a')
  world.run(50)
  const held = hold(world)
  world.run(700)
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  world.run(50)
  expect(values(world).at(-1)).toBe('a')
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(20)
  expect(values(world).at(-1)).toBe('b')
})

test('sender: batches of several partitions that share a request expire each', () => {
  const world = connected({ 'request.timeout.ms': 500, 'delivery.timeout.ms': 550 }, { partitions: 2 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'a', { partition: 0 })
  world.send('orders', 'b', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.cluster.requestsOf(produce).at(-1)?.body).toMatchObject({
    topicData: [{ partitionData: [{ index: 0 }, { index: 1 }] }],
  })
  expect(world.errors()).toEqual(['DELIVERY_TIMEOUT', 'DELIVERY_TIMEOUT'])
})

test('sender: the core sleeps until the first deadline of a batch, and then until the next', () => {
  const world = connected({ 'request.timeout.ms': 60_000, 'delivery.timeout.ms': 60_000, 'linger.ms': 0 })
  world.cluster.produceScript = () => 'silence'
  const firstMs = world.nowMs
  world.send('orders', 'a')
  world.run(1_000)
  world.send('orders', 'b')
  world.run(100)
  expect(world.core.poll(world.nowMs)).toBe(firstMs + 60_000)
  world.runUntil(() => world.outcomes.length === 1)
  const nextMs = world.core.poll(world.nowMs)
  expect(nextMs).toBeGreaterThan(world.nowMs)
  expect(nextMs).toBeLessThanOrEqual(firstMs + 61_000)
})

test('sender: after a split nothing of the large batch is left to expire', () => {
  const world = connected({
    'batch.size': 16_384,
    'linger.ms': 5,
    'delivery.timeout.ms': 10_000,
    'request.timeout.ms': 500,
  })
  world.cluster.produceScript = () => () => (world.cluster.batches.at(-1)!.values.length > 1 ? { errorCode: 10 } : {})
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.core.inspect()).toMatchObject({ incompleteBatches: 0, heldBatches: 0, bufferAvailableBytes: total })
  world.run(20_000)
  expect(world.errors()).toEqual([undefined, undefined])
  expect(world.eventsOf('batch-expired')).toEqual([])
})

test('sender: an error without a text of the broker says what the code means, one with a text says that', () => {
  const world = connected()
  world.cluster.produceScript = () => () => ({ errorCode: 42 })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.produceScript = () => () => ({ errorCode: 42, errorMessage: 'not on a Sunday' })
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  const [first, second] = world.outcomes.map(({ error }) => error?.message)
  expect(first).toMatch(/^orders-0: INVALID_REQUEST after 1 attempt: .{20,}/)
  expect(second).toBe('orders-0: INVALID_REQUEST after 1 attempt: not on a Sunday')
})

test('sender: records that the broker names get their own errors, the others of the batch hear why they were not written', () => {
  const world = connected({ 'batch.size': 16_384, 'linger.ms': 5 })
  const recordErrors = [
    { batchIndex: 0, batchIndexErrorMessage: 'no key' },
    { batchIndex: 2, batchIndexErrorMessage: null },
  ]
  world.cluster.produceScript = () => () => ({ errorCode: 87, errorMessage: 'invalid records', recordErrors })
  for (const value of ['a', 'b', 'c', 'd']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 4, 1_000)
  expect(world.errors()).toEqual([
    'INVALID_RECORD',
    'SHARED_BATCH_WITH_INVALID_RECORD',
    'INVALID_RECORD',
    'SHARED_BATCH_WITH_INVALID_RECORD',
  ])
  expect(world.outcomes[0]?.error?.message).toContain('no key')
  expect(world.outcomes[2]?.error?.message).toContain('invalid records')
})

test('sender: one named record gets the error of its batch', () => {
  const world = connected({ 'batch.size': 16_384, 'linger.ms': 5 })
  const recordErrors = [{ batchIndex: 1, batchIndexErrorMessage: 'from the future' }]
  world.cluster.produceScript = () => () => ({ errorCode: 32, recordErrors })
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.errors()).toEqual(['SHARED_BATCH_WITH_INVALID_RECORD', 'INVALID_TIMESTAMP'])
})

test('sender: a retry goes at once to a leader of a newer epoch, and waits for its backoff with the same leader', () => {
  const config = { 'retry.backoff.ms': 2_000, 'retry.backoff.max.ms': 2_000, 'metadata.max.age.ms': 300 }
  const world = connected(config, { nodes: 2, partitions: 2 })
  // Without a hint: metadata alone tells of the move, and asking for it is paced by the same backoff.
  world.cluster.produceScript = () => (_, partition) => (partition === 0 ? { errorCode: 6 } : {})
  world.send('orders', 'a', { partition: 0 })
  world.run(100)
  expect(world.cluster.batches).toHaveLength(1)
  world.cluster.moveLeader('orders', 0, 2)
  world.run(100)
  // What is known has not changed, so the backoff holds.
  expect(world.cluster.batches).toHaveLength(1)
  const learntMs = (): number | undefined => world.eventsOf('metadata-updated').length
  const before = learntMs()!
  world.runUntil(() => learntMs()! > before, 3_000)
  const updateMs = world.nowMs
  world.runUntil(() => world.cluster.batches.length === 2, 3_000)
  expect(world.cluster.batches[1]!.node).toBe(2)
  expect(world.cluster.batches[1]!.atMs - updateMs).toBeLessThan(3)
  world.runUntil(() => world.cluster.batches.length === 3, 10_000)
  expect(world.cluster.batches[2]!.atMs - world.cluster.batches[1]!.atMs).toBeGreaterThanOrEqual(2_000)
})

test('sender: NOT_LEADER_OR_FOLLOWER without a hint asks for metadata and waits; the rest of the answer is taken', () => {
  const world = connected({ 'retry.backoff.ms': 500, 'retry.backoff.max.ms': 500 }, { partitions: 2 })
  let isFirst = true
  world.cluster.produceScript = () => (_, partition) => {
    if (partition !== 0 || !isFirst) return {}
    isFirst = false
    return { errorCode: 6 }
  }
  world.run(2_000)
  const asked = world.cluster.requestsOf(metadata).length
  world.send('orders', 'a', { partition: 0 })
  world.send('orders', 'b', { partition: 1 })
  world.run(100)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['b'])
  expect(world.cluster.requestsOf(metadata)).toHaveLength(asked + 1)
  expect(world.eventsOf('leader-changed')).toEqual([])
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  const [first, second] = world.cluster.batches.filter(({ partition }) => partition === 0)
  expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(500)
})

test('sender: a leader hint counts at once, and metadata is asked for all the same', () => {
  const world = connected({ 'retry.backoff.ms': 5_000, 'retry.backoff.max.ms': 5_000 }, { nodes: 2, partitions: 2 })
  world.run(6_000)
  const asked = world.cluster.requestsOf(metadata).length
  world.cluster.moveLeader('orders', 0, 2)
  world.cluster.produceScript =
    ({ node }) =>
    (_, partition) =>
      partition === 0 && node === 1 ? { errorCode: 6, currentLeader: { leaderId: 2, leaderEpoch: 1 } } : {}
  world.send('orders', 'a', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 1, 50)
  // The other partition from the metadata that was asked for.
  expect(world.eventsOf('leader-changed')).toMatchObject([
    { topic: 'orders', partition: 0, leader: 2 },
    { topic: 'orders', partition: 1, leader: 2 },
  ])
  expect(world.cluster.requestsOf(metadata)).toHaveLength(asked + 1)
})

test('sender: an answer that leaves a partition out is a lost answer', () => {
  const world = connected({ retries: 1 })
  world.cluster.produceScript = (request) => {
    request.answer({ responses: [], throttleTimeMs: 0 })
    world.cluster.produceScript = () => () => ({})
    return 'silence'
  }
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  expect(world.eventsOf('batch-retried')).toMatchObject([{ because: 'NETWORK_EXCEPTION' }])
})

test('sender: a topic that is created anew while a request is out does not make its answer unreadable', () => {
  const world = connected({ 'metadata.max.age.ms': 200 }, { nodes: 2, partitions: 2 })
  const held = hold(world)
  world.send('orders', 'a', { partition: 0 })
  world.run(10)
  const partitionResponses = [{ index: 0, errorCode: 0, baseOffset: 7n }]
  const [topicData] = (held[0]!.body as { topicData: { topicId: string }[] }).topicData
  const responses = [{ name: '', topicId: topicData!.topicId, partitionResponses }]
  world.cluster.topic('orders', { id: 'BBBBBBBBBBBBBBBBBBBBBA', partitions: 2 })
  world.run(1_000)
  held[0]!.answer({ responses, throttleTimeMs: 0 })
  world.run(10)
  expect(world.outcomes[0]).toMatchObject({ error: undefined, metadata: { offset: 7n } })
  expect(world.eventsOf('batch-retried')).toEqual([])
})

test('sender: the time of the broker is told where the topic is stamped by it', () => {
  const world = connected()
  world.cluster.produceScript = () => () => ({ logAppendTimeMs: 1_234n })
  world.send('orders', 'a', { timestamp: 1 })
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.metadata?.timestamp).toBe(1_234)
})

test('sender: a topic without any leader asks for metadata until one leads, and its records wait meanwhile', () => {
  const world = connected({}, { nodes: 2 })
  const topic = world.cluster.topics.get('orders')!
  world.cluster.moveLeader('orders', 0, -1)
  world.cluster.produceScript = () => () => (topic.leaders?.get(0) === -1 ? { errorCode: 6 } : {})
  world.send('orders', 'a')
  world.run(5_000)
  expect(world.outcomes).toEqual([])
  const asked = world.cluster.requestsOf(metadata).length
  expect(asked).toBeGreaterThan(5)
  expect(asked).toBeLessThan(30)
  world.cluster.moveLeader('orders', 0, 2)
  world.runUntil(() => world.outcomes.length === 1, 3_000)
  expect(world.errors()).toEqual([undefined])
})

test('sender: acks 0 under write backpressure is written when the connection has taken it, not before', () => {
  const config = { ...plain, acks: 0 as const, 'request.timeout.ms': 60_000, 'delivery.timeout.ms': 120_000 }
  const world = new ScriptedWorld(config, { windowBytes: 1_000 })
  world.cluster.topic('orders')
  world.run(50)
  world.cluster.produceScript = (request) => {
    // A broker that stops reading: what follows fills the window and stays there.
    request.link.pauseReading()
    return 'silence'
  }
  world.send('orders', 'first')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  for (let i = 0; i < 5; i++) world.send('orders', `${i}`.padEnd(600))
  world.run(1_000)
  // Two fit; the third has been taken by nobody, and behind a full window nothing more is written.
  expect(world.outcomes).toHaveLength(2)
  expect(world.core.inspect()).toMatchObject({ inFlightRequests: 1 })
  for (const { link } of world.cluster.requestsOf(produce)) link.resumeReading()
  world.cluster.produceScript = () => 'silence'
  world.runUntil(() => world.outcomes.length === 6, 1_000)
  expect(world.outcomes.every(({ metadata: told }) => told?.offset === -1n)).toBe(true)
})

test('sender: acks 0 that was not written when the connection broke is sent again', () => {
  const config = { ...plain, acks: 0 as const, 'request.timeout.ms': 60_000, 'delivery.timeout.ms': 120_000 }
  const world = new ScriptedWorld(config, { windowBytes: 500 })
  world.cluster.topic('orders')
  world.run(50)
  let stuck: ScriptedRequest | undefined
  world.cluster.produceScript = (request) => {
    stuck ??= request
    if (stuck === request) request.link.pauseReading()
    return 'silence'
  }
  world.send('orders', 'first')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.send('orders', 'second'.padEnd(600))
  world.run(100)
  expect(world.outcomes).toHaveLength(1)
  stuck?.link.close('reset')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.eventsOf('batch-retried')).toMatchObject([{ because: 'NETWORK_EXCEPTION' }])
  expect(values(world).map((value) => value?.trim())).toEqual(['first', 'second'])
})

test('sender: a broker without Produce fails the batch, and the producer lives on without idempotence', () => {
  const world = new ScriptedWorld(plain)
  world.cluster.topic('orders', { partitions: 2 })
  world.cluster.maxVersions.set(produce.key, -1)
  world.send('orders', 'a', { partition: 0 })
  world.send('orders', 'b', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.errors()).toEqual(['UNSUPPORTED_VERSION', 'UNSUPPORTED_VERSION'])
  expect(world.outcomes[0]?.error?.certainty).toBe('definite')
  expect(world.core.inspect()).toMatchObject({ state: 'open', bufferAvailableBytes: total })
})

test('sender: a turn looks at partitions with data, not at all the thousands that were ever used', () => {
  const partitions = 3_000
  const world = new ScriptedWorld({ ...plain, 'linger.ms': 5, 'batch.size': 100 })
  world.cluster.topic('orders', { partitions })
  for (let partition = 0; partition < partitions; partition++) world.send('orders', 'warm', { partition })
  while (world.outcomes.length < partitions) world.runtime.clock.step()
  // Partitions looked up, counted where the sender finds their leaders.
  const { cluster } = (Reflect.get(world.core, 'parts') as ProducerParts).metadata
  const info = cluster.topics.get('orders')!
  let lookups = 0
  const counted = new Proxy(info.partitions, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) lookups++
      return Reflect.get(target, key, receiver)
    },
  })
  Object.assign(info, { partitions: counted })
  for (let i = 0; i < 5; i++) {
    world.send('orders', `${i}`, { partition: i })
    world.runtime.clock.runUntil(world.nowMs + 1)
  }
  while (world.outcomes.length < partitions + 5) world.runtime.clock.step()
  expect(lookups).toBeGreaterThan(5)
  expect(lookups).toBeLessThan(300)
})

test.each([
  ['waits for an answer, with one request in flight', { 'max.in.flight.requests.per.connection': 1 }],
  ['waits for its first acknowledgement, which comes before all others', {}],
  ['fills its connection', { 'enable.idempotence': false }],
])('sender: a broker whose partition %s is avoided by keyless records', (_, config) => {
  const availability = { 'partitioner.availability.timeout.ms': 50, 'batch.size': 0, 'linger.ms': 0 }
  const world = new ScriptedWorld({ ...availability, ...config }, { nodes: 2 })
  // Partition 1 is the one that waits; 3 is led by the same broker, and nothing waits there (K4).
  world.cluster.topic('orders', { partitions: 4 })
  for (const partition of [0, 2, 3]) world.send('orders', 'known', { partition })
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  world.cluster.produceScript = ({ node }) => (node === 2 ? 'silence' : () => ({}))
  for (let n = 0; n < 8; n++) world.send('orders', 'stuck', { partition: 1 })
  world.run(200)
  const taken = world.cluster.batches.length
  for (let n = 0; n < 100; n++) {
    world.send('orders', 'keyless')
    world.run(5)
  }
  expect(world.cluster.batches.slice(taken).map(({ node }) => node)).toEqual(Array.from({ length: 100 }, () => 1))
})

test('sender: when the request and the delivery are out of time at once, it is the delivery that callers hear of', () => {
  const timeouts = { 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_000, 'linger.ms': 0 }
  const world = new ScriptedWorld(timeouts)
  world.cluster.topic('orders')
  world.send('orders', 'known')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'late')
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  expect(world.outcomes[1]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'maybe', attempts: 1 })
  expect(world.eventsOf('request-timed-out')).toHaveLength(1)
})
