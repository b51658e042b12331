import { initProducerId, kafkaErrors, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { ScriptedBatch } from '../../test/scripted-broker.ts'
import { ScriptedWorld } from '../../test/scripted-world.ts'

/** `sequence@epoch` of everything that arrived, in order. */
function arrivals(batches: readonly ScriptedBatch[], partition = 0): string[] {
  return batches.filter((batch) => batch.partition === partition).map(({ sequence, epoch }) => `${sequence}@${epoch}`)
}

/** One record per batch, and the first one acknowledged, so that pipelining is allowed. */
function warm(
  config: Record<string, number | string> = {},
  options: { nodes?: number; partitions?: number } = {},
): ScriptedWorld {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0, ...config }, options)
  world.cluster.topic('orders', { partitions: options.partitions ?? 1 })
  world.send('orders', 'first', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  return world
}

test('idempotence: nothing is pipelined before the first acknowledgement of a partition', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => 'silence'
  for (let i = 0; i < 5; i++) world.send('orders', `${i}`)
  world.run(1_000)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0'])
})

test('idempotence: after it five batches of a partition may be in flight, not six', () => {
  const world = warm()
  world.cluster.produceScript = () => 'silence'
  for (let i = 0; i < 9; i++) world.send('orders', `${i}`)
  world.run(1_000)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0', '3@0', '4@0', '5@0'])
})

test('idempotence: a lost connection is answered by the same batches in the same order, one at a time at first', () => {
  const world = warm()
  let isFirst = true
  world.cluster.produceScript = () => {
    if (!isFirst) return () => ({})
    isFirst = false
    return 'disconnect'
  }
  const values = ['a', 'b', 'c', 'd']
  for (const value of values) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 5, 10_000)
  expect(world.errors()).toEqual(new Array(5).fill(undefined))
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first', ...values])
  expect(world.outcomes.map(({ metadata }) => metadata?.offset)).toEqual([0n, 1n, 2n, 3n, 4n])
  const bySequence = new Map<number, Set<number>>()
  for (const { sequence, crc } of world.cluster.batches) {
    bySequence.set(sequence, (bySequence.get(sequence) ?? new Set()).add(crc))
  }
  expect([...bySequence.values()].every((crcs) => crcs.size === 1)).toBe(true)
})

test('idempotence: a duplicate counts as written, with an unknown offset', () => {
  const world = warm()
  world.cluster.produceScript = () => () => ({ errorCode: 46 })
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.outcomes[1]).toMatchObject({ error: undefined, metadata: { offset: -1n } })
})

test('idempotence: a definite failure closes its gap with a new epoch, and what followed it is written under that', () => {
  const world = warm()
  world.cluster.produceScript = () => (_, partition) => {
    const batch = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    if (batch.values[0] === 'bad') return { errorCode: 87 }
    return batch.epoch === 0 && batch.sequence > 1 ? { errorCode: 45 } : {}
  }
  for (const value of ['bad', 'b', 'c']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 4, 10_000)
  expect(world.outcomes.map(({ value, error }) => [value, error?.code])).toEqual([
    ['first', undefined],
    ['bad', 'INVALID_RECORD'],
    ['b', undefined],
    ['c', undefined],
  ])
  expect(world.outcomes[1]?.error?.certainty).toBe('definite')
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0', '3@0', '0@1', '1@1'])
  expect(world.core.inspect().producerEpoch).toBe(1)
})

test('idempotence: what came before a gap keeps its old number, because it may be in the log', () => {
  const world = warm({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 20_000 })
  // 1. a is appended, its answer lost with the connection  2. b is refused for good  3. a must come back as 1@0.
  let round = 0
  world.cluster.produceScript = () => (round++ === 0 ? 'silence' : () => ({}))
  world.send('orders', 'a')
  world.run(10)
  world.cluster.produceScript = () => (_, partition) => {
    const batch = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    return batch.values[0] === 'b' ? { errorCode: 87 } : {}
  }
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  const ofA = world.cluster.batches.filter(({ values }) => values[0] === 'a')
  expect(ofA.map(({ sequence, epoch }) => `${sequence}@${epoch}`)).toEqual(['1@0', '1@0'])
})

test('idempotence: an unknown outcome is resolved by what follows, without a new epoch if the last one is confirmed', () => {
  const world = warm({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_500 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'lost')
  world.run(500)
  world.send('orders', 'next')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.outcomes[1]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'maybe' })
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  world.send('orders', 'after')
  world.runUntil(() => world.outcomes.length === 4, 10_000)
  expect(world.outcomes.at(-1)?.error).toBeUndefined()
})

test('idempotence: nothing new leaves for a partition with an unknown outcome before a new epoch', () => {
  const world = warm({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_200 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'lost')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  world.cluster.produceScript = () => () => ({})
  world.run(2_000)
  world.send('orders', 'after')
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  expect(arrivals(world.cluster.batches).at(-1)).toBe('0@1')
})

test('idempotence: a late answer to an expired batch tells that it arrived, and no new epoch is needed', () => {
  const world = warm({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_100, 'linger.ms': 0 })
  let answerLate = (): void => {}
  let attempts = 0
  world.cluster.produceScript = (request, body) => {
    if (attempts++ === 0) return () => ({ errorCode: 19 })
    const { topicId, name } = body.topicData[0]!
    const partitionResponses = [{ index: 0, errorCode: 0, baseOffset: 1n }]
    answerLate = () => request.answer({ responses: [{ name, topicId, partitionResponses }], throttleTimeMs: 0 })
    return 'silence'
  }
  world.send('orders', 'late')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.outcomes[1]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'maybe' })
  answerLate()
  world.run(20)
  world.cluster.produceScript = () => () => ({})
  world.send('orders', 'after')
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '1@0', '2@0'])
})

test('idempotence: other partitions keep their epoch while they have batches in flight', () => {
  const world = warm({}, { partitions: 2 })
  world.cluster.produceScript = () => (_, partition) => (partition === 0 ? { errorCode: 87 } : {})
  world.send('orders', 'bad', { partition: 0 })
  world.send('orders', 'fine', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  world.send('orders', 'fine too', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 4, 5_000)
  expect(arrivals(world.cluster.batches, 1)).toEqual(['0@0', '0@1'])
})

test('idempotence: when epochs run out a new producer id is asked for', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.producerEpoch = 32_767
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => ({ errorCode: 87 })
  world.send('orders', 'bad')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  world.cluster.producerEpoch = 0
  world.cluster.produceScript = () => () => ({})
  world.send('orders', 'good')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.core.inspect()).toMatchObject({ producerId: 1001n, producerEpoch: 0 })
  expect(arrivals(world.cluster.batches)).toEqual(['0@32767', '0@0'])
})

test('idempotence: a retriable error of InitProducerId is retried with backoff, and nothing is sent before', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.initProducerIdErrors = [14, 14]
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 5_000)
  const asked = world.cluster.requestsOf(initProducerId).map(({ atMs }) => atMs)
  expect(asked).toHaveLength(3)
  expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(80)
  expect(asked[2]! - asked[1]!).toBeGreaterThanOrEqual(160)
  expect(world.cluster.requestsOf(produce)[0]!.atMs).toBeGreaterThan(asked[2]!)
})

test('idempotence: a refused producer id fails what is queued, and a later send asks again', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.initProducerIdErrors = [31]
  world.cluster.topic('orders')
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 5_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED', certainty: 'definite' })
  world.run(10_000)
  expect(world.cluster.requestsOf(initProducerId)).toHaveLength(1)
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 2, 5_000)
  expect(world.errors()[1]).toBeUndefined()
})

test('idempotence: a fenced producer fails everything, now and later, and sends nothing more', () => {
  const world = warm()
  world.cluster.produceScript = () => () => ({ errorCode: 90 })
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  expect(world.errors()).toEqual([undefined, 'PRODUCER_FENCED', 'PRODUCER_FENCED'])
  const before = world.cluster.batches.length
  world.send('orders', 'c')
  world.run(1_000)
  expect(world.errors()[3]).toBe('PRODUCER_FENCED')
  expect(world.cluster.batches).toHaveLength(before)
})

test('idempotence: a batch that is too large is split, and the parts take over its numbers', () => {
  const world = new ScriptedWorld({ 'linger.ms': 5 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => (_, partition) => {
    const batch = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    return batch.values.length > 3 ? { errorCode: 10 } : {}
  }
  const values = Array.from({ length: 20 }, (_, i) => `v${i}`)
  for (const value of values) world.send('orders', value)
  let flushed = false
  world.core.flush(() => {
    flushed = true
  })
  world.runUntil(() => flushed, 5_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(values)
  expect(world.outcomes.map(({ metadata }) => metadata?.offset)).toEqual(values.map((_, i) => BigInt(i)))
  const written = world.cluster.batches.filter((batch) => batch.values.length <= 3)
  expect(written.flatMap((batch) => batch.values)).toEqual(values)
  let next = 0
  for (const { sequence, values: inBatch } of written) {
    expect(sequence).toBe(next)
    next += inBatch.length
  }
})

test('idempotence: a single record that is too large fails, and is not split for ever', () => {
  const world = new ScriptedWorld({ 'linger.ms': 5 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => ({ errorCode: 10 })
  for (let i = 0; i < 8; i++) world.send('orders', `v${i}`)
  world.runUntil(() => world.outcomes.length === 8, 5_000)
  expect(new Set(world.errors())).toEqual(new Set(['RECORD_TOO_LARGE']))
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: 33554432, incompleteBatches: 0 })
})

test('idempotence: callers of a partition are told in order, even if a later batch is acknowledged first', () => {
  const world = warm()
  let isFirst = true
  world.cluster.produceScript = () => {
    const { values } = world.cluster.batches.at(-1)!
    if (values[0] !== 'a') return () => ({})
    const errorCode = isFirst ? 20 : 46
    isFirst = false
    return () => ({ errorCode })
  }
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.run(50)
  expect(world.eventsOf('batch-completed').map(({ sequence }) => sequence)).toEqual([0, 2, 3])
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first'])
  world.runUntil(() => world.outcomes.length === 4, 5_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first', 'a', 'b', 'c'])
})

test('idempotence: a batch that keeps being retried does not fall out of the memory of the broker, which is five', () => {
  const world = warm({ 'max.in.flight.requests.per.connection': 2, 'retry.backoff.ms': 20 })
  const highest = (): number => Math.max(...world.cluster.batches.map(({ sequence }) => sequence))
  let attempts = 0
  world.cluster.produceScript = () => {
    const isRefused = world.cluster.batches.at(-1)?.sequence === 1 && ++attempts <= 8
    return () => (isRefused ? { errorCode: kafkaErrors.NOT_ENOUGH_REPLICAS_AFTER_APPEND.code } : {})
  }
  for (let i = 0; i < 20; i++) world.send('orders', `${i}`)
  world.runUntil(() => attempts === 8, 20_000)
  // Sequence 1 and four behind it, however often it was sent.
  expect(highest()).toBe(5)
  world.runUntil(() => world.outcomes.length === 21, 20_000)
  expect(world.errors()).toEqual(new Array(21).fill(undefined))
  expect([highest(), new Set(world.cluster.batches.map(({ epoch }) => epoch))]).toEqual([20, new Set([0])])
})
