import { initProducerId, kafkaErrors, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { ScriptedBatch, ScriptedRequest } from '../../test/scripted-broker.ts'
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

/** Keeps Produce requests instead of answering them. */
function hold(world: ScriptedWorld): ScriptedRequest[] {
  const held: ScriptedRequest[] = []
  world.cluster.produceScript = (request) => {
    held.push(request)
    return 'silence'
  }
  return held
}

test('idempotence: sequences count records, and several batches may be in flight, acknowledged in order', () => {
  const world = warm()
  const held = hold(world)
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.run(10)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0'])
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(10)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first', 'a'])
  world.cluster.answerProduce(held[1]!, () => ({}))
  world.run(10)
  expect(world.outcomes.map(({ metadata }) => metadata?.offset)).toEqual([0n, 1n, 2n])
})

test('idempotence: when the first of three fails and the others are out of order, all go again one at a time, and a fourth waits', () => {
  const world = warm()
  const held = hold(world)
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.run(10)
  for (const [i, errorCode] of [7, 45, 45].entries()) world.cluster.answerProduce(held[i]!, () => ({ errorCode }))
  world.run(20)
  world.send('orders', 'd')
  held.length = 0
  world.run(400)
  expect(arrivals(world.cluster.batches).slice(4)).toEqual(['1@0'])
  world.cluster.answerProduce(held[0]!, () => ({}))
  world.run(400)
  expect(arrivals(world.cluster.batches).slice(5)).toEqual(['2@0'])
  world.cluster.answerProduce(held[1]!, () => ({}))
  world.run(400)
  // The last retry is out again: nothing stands before a new batch any more.
  expect(arrivals(world.cluster.batches).slice(6)).toEqual(['3@0', '4@0'])
  for (const request of held.slice(2)) world.cluster.answerProduce(request, () => ({}))
  world.run(10)
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first', 'a', 'b', 'c', 'd'])
})

test('idempotence: out of order for the batch after the last acknowledged is a real gap: a new epoch, numbers from 0', () => {
  const world = new ScriptedWorld({ 'linger.ms': 2 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => (world.cluster.batches.length === 2 ? { errorCode: 45 } : {})
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.run(50)
  for (const value of ['c', 'd', 'e']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 5, 1_000)
  world.send('orders', 'f')
  world.runUntil(() => world.outcomes.length === 6, 1_000)
  expect(world.errors().every((error) => error === undefined)).toBe(true)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '2@0', '0@1', '3@1'])
})

test('idempotence: a new epoch that one partition needs reaches an idle one with its next batch', () => {
  const world = warm({}, { partitions: 2 })
  world.send('orders', 'before', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  let isFirst = true
  world.cluster.produceScript = () => () => {
    const errorCode = isFirst ? 45 : 0
    isFirst = false
    return { errorCode }
  }
  world.send('orders', 'bad', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(world.core.inspect().producerEpoch).toBe(1)
  world.send('orders', 'after', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 4, 1_000)
  expect(arrivals(world.cluster.batches, 1)).toEqual(['0@0', '0@1'])
})

test('idempotence: a batch of another partition keeps its old epoch through all retries; what follows it waits for its end', () => {
  for (const end of ['acknowledged', 'refused'] as const) {
    const world = warm({ 'retry.backoff.ms': 100, 'retry.backoff.max.ms': 100 }, { partitions: 2 })
    world.send('orders', 'warm', { partition: 1 })
    world.runUntil(() => world.outcomes.length === 2, 1_000)
    let retries = 4
    world.cluster.produceScript = () => (_, partition) => {
      const { values, epoch } = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
      if (partition === 0) return epoch === 0 ? { errorCode: 45 } : {}
      if (values[0] !== 'old') return {}
      if (retries-- > 0) return { errorCode: 19 }
      return end === 'acknowledged' ? {} : { errorCode: 87 }
    }
    world.send('orders', 'bad', { partition: 0 })
    world.send('orders', 'old', { partition: 1 })
    world.run(50)
    world.send('orders', 'new', { partition: 1 })
    world.runUntil(() => world.outcomes.length === 5, 5_000)
    expect(arrivals(world.cluster.batches, 0)).toEqual(['0@0', '1@0', '0@1'])
    // Refused, the gap is in the old epoch, which is over anyway: the producer's own one will do.
    expect(arrivals(world.cluster.batches, 1)).toEqual(['0@0', ...new Array<string>(5).fill('1@0'), '0@1'])
    expect(world.core.inspect().producerEpoch).toBe(1)
  }
})

/** Batch a is unanswered at the old leader, batch b at the new one. */
function acrossLeaders(): { world: ScriptedWorld; held: ScriptedRequest[] } {
  const world = warm({ 'metadata.max.age.ms': 200 }, { nodes: 2, partitions: 2 })
  world.send('orders', 'other', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  world.outcomes.length = 0
  world.cluster.batches.length = 0
  const held = hold(world)
  world.send('orders', 'a', { partition: 0 })
  world.run(10)
  world.cluster.moveLeader('orders', 0, 2)
  world.runUntil(() => world.eventsOf('metadata-updated').length >= 3, 2_000)
  world.send('orders', 'b', { partition: 0 })
  world.run(10)
  expect(world.cluster.batches.map(({ node, sequence }) => [node, sequence])).toEqual([
    [1, 1],
    [2, 2],
  ])
  return { world, held }
}

test('idempotence: answers that come in another order than the batches left put both back in order, one at a time', () => {
  const { world, held } = acrossLeaders()
  world.cluster.answerProduce(held[1]!, () => ({ errorCode: 45 }))
  world.run(200)
  expect(arrivals(world.cluster.batches)).toEqual(['1@0', '2@0'])
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 6 }))
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(arrivals(world.cluster.batches)).toEqual(['1@0', '2@0', '1@0', '2@0'])
  expect(world.outcomes.map(({ value }) => value)).toEqual(['a', 'b'])
})

test('idempotence: a batch behind one that is acknowledged first is retried with its old number, and nothing goes back', () => {
  const { world, held } = acrossLeaders()
  world.cluster.answerProduce(held[1]!, () => ({}))
  world.run(20)
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 7 }))
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  world.send('orders', 'c', { partition: 0 })
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(arrivals(world.cluster.batches)).toEqual(['1@0', '2@0', '1@0', '3@0'])
})

test('idempotence: a batch that expires before it was ever sent leaves no gap', () => {
  const world = warm({ 'request.timeout.ms': 500, 'delivery.timeout.ms': 1_000 })
  world.cluster.stop(1)
  world.run(20)
  world.send('orders', 'never sent')
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  expect(world.outcomes[1]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'definite' })
  world.cluster.start(1)
  world.send('orders', 'next')
  world.runUntil(() => world.outcomes.length === 3, 2_000)
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0'])
})

/** Batch a expires while it waits for its second attempt; b is on the wire, c is held back. */
function unresolved(): { world: ScriptedWorld; held: ScriptedRequest[] } {
  const world = warm({
    'request.timeout.ms': 2_900,
    'delivery.timeout.ms': 3_000,
    'retry.backoff.ms': 600,
    'retry.backoff.max.ms': 600,
  })
  const held = hold(world)
  world.send('orders', 'a')
  world.run(2_000)
  world.send('orders', 'b')
  world.run(500)
  // a may be appended: the error came after the append.
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 20 }))
  world.run(20)
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  expect(world.outcomes[1]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'maybe' })
  world.send('orders', 'c')
  world.run(20)
  return { world, held }
}

test('idempotence: an unknown outcome holds back what is new until a later batch is confirmed, and then needs no epoch', () => {
  const { world, held } = unresolved()
  const before = arrivals(world.cluster.batches)
  expect(before).not.toContain('3@0')
  world.cluster.produceScript = () => () => ({})
  for (const request of held.slice(1)) world.cluster.answerProduce(request, () => ({}))
  world.runUntil(() => world.outcomes.length === 4, 2_000)
  expect(arrivals(world.cluster.batches).at(-1)).toBe('3@0')
  expect(world.errors().slice(2)).toEqual([undefined, undefined])
  expect(world.core.inspect().producerEpoch).toBe(0)
})

test('idempotence: an unknown outcome behind which a batch is out of order takes a new epoch, and all that waits gets new numbers', () => {
  const { world, held } = unresolved()
  world.cluster.produceScript = () => () => (world.cluster.batches.at(-1)!.epoch === 0 ? { errorCode: 45 } : {})
  for (const request of held.slice(1)) world.cluster.answerProduce(request, () => ({ errorCode: 45 }))
  world.runUntil(() => world.outcomes.length === 4, 3_000)
  expect(world.core.inspect().producerEpoch).toBe(1)
  expect(arrivals(world.cluster.batches).slice(-2)).toEqual(['0@1', '1@1'])
  expect(world.outcomes.slice(2).map(({ value, error }) => [value, error])).toEqual([
    ['b', undefined],
    ['c', undefined],
  ])
})

test('idempotence: when epochs run out, a retry of another partition still ends under its old id, and what follows gets the new one', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.producerEpoch = 32_767
  world.cluster.topic('orders', { partitions: 2 })
  let failures = 3
  world.cluster.produceScript = () => (_, partition) => {
    if (partition === 0) return world.cluster.batches.some(({ epoch }) => epoch === 0) ? {} : { errorCode: 87 }
    return failures-- > 0 ? { errorCode: 19 } : {}
  }
  world.send('orders', 'retried', { partition: 1 })
  world.send('orders', 'bad', { partition: 0 })
  world.run(20)
  world.cluster.producerEpoch = 0
  world.runUntil(() => world.outcomes.length === 2, 2_000)
  world.send('orders', 'next', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(arrivals(world.cluster.batches, 1)).toEqual([...new Array<string>(4).fill('0@32767'), '0@0'])
  expect(world.core.inspect().producerId).toBe(1001n)
})

test('idempotence: a lost connection while epochs have run out costs no record', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.producerEpoch = 32_767
  world.cluster.topic('orders')
  const held = hold(world)
  world.send('orders', 'a')
  world.run(20)
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 45 }))
  world.cluster.producerEpoch = 0
  let isFirst = true
  world.cluster.produceScript = () => {
    const isLost = isFirst
    isFirst = false
    return isLost ? 'disconnect' : () => ({})
  }
  world.runUntil(() => world.outcomes.length === 1, 2_000)
  expect(world.errors()).toEqual([undefined])
  expect(arrivals(world.cluster.batches)).toEqual(['0@32767', '0@0', '0@0'])
})

test('idempotence: close sends everything even while a new producer id is on its way', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.producerEpoch = 32_767
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => (world.cluster.batches.at(-1)!.epoch === 0 ? {} : { errorCode: 45 })
  for (const value of ['a', 'b', 'c']) world.send('orders', value)
  world.runUntil(() => world.cluster.batches.length === 1, 1_000)
  world.cluster.producerEpoch = 0
  let closed = false
  world.core.close({}, () => {
    closed = true
  })
  world.runUntil(() => closed, 5_000)
  expect(world.errors()).toEqual([undefined, undefined, undefined])
})

test('idempotence: a forced close without a producer id fails what is left at once', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.producerEpoch = 32_767
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => ({ errorCode: 45 })
  world.send('orders', 'a')
  world.runUntil(() => world.cluster.batches.length === 1, 1_000)
  world.cluster.silentApis.add('InitProducerId')
  world.run(50)
  const startMs = world.nowMs
  let closed = false
  world.core.close({ timeoutMs: 0 }, () => {
    closed = true
  })
  world.runUntil(() => closed, 10)
  expect(world.nowMs).toBe(startMs)
  expect(world.errors()).toEqual(['PRODUCER_CLOSED'])
})

test('idempotence: a duplicate changes nothing of what comes next', () => {
  const world = warm()
  let isFirst = true
  world.cluster.produceScript = () => () => {
    const errorCode = isFirst ? 46 : 0
    isFirst = false
    return { errorCode }
  }
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(world.outcomes.map(({ metadata }) => metadata?.offset)).toEqual([0n, -1n, 1n])
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0'])
  expect(world.core.inspect().producerEpoch).toBe(0)
})

test('idempotence: a producer that the broker forgot starts anew under a new epoch, whether its log was cut or not', () => {
  for (const logStartOffset of [0n, 10n]) {
    const world = warm()
    world.cluster.produceScript = () => () =>
      world.cluster.batches.at(-1)!.epoch === 0 ? { errorCode: 59, logStartOffset } : {}
    world.send('orders', 'a')
    world.runUntil(() => world.outcomes.length === 2, 1_000)
    expect(world.errors()).toEqual([undefined, undefined])
    expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '0@1'])
  }
})

test('idempotence: a broker that forgot the producer and does not know where its log starts is asked again, with the same numbers', () => {
  const world = warm()
  let isFirst = true
  world.cluster.produceScript = () => () => {
    const answer = isFirst ? { errorCode: 59, logStartOffset: -1n } : {}
    isFirst = false
    return answer
  }
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  expect(world.errors()).toEqual([undefined, undefined])
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '1@0'])
})

test('idempotence: of five in flight the first is acknowledged and the second forgotten: the rest is renumbered once, in order', () => {
  const world = warm()
  const held = hold(world)
  const values = ['a', 'b', 'c', 'd', 'e']
  for (const value of values) world.send('orders', value)
  world.run(10)
  world.cluster.produceScript = () => () => ({})
  for (const [i, request] of held.entries()) {
    world.cluster.answerProduce(request, () => (i === 0 ? {} : { errorCode: 59, logStartOffset: 1n }))
  }
  world.runUntil(() => world.outcomes.length === 6, 5_000)
  expect(world.errors().every((error) => error === undefined)).toBe(true)
  expect(arrivals(world.cluster.batches).slice(6)).toEqual(['0@1', '1@1', '2@1', '3@1'])
  expect(world.outcomes.map(({ value }) => value)).toEqual(['first', ...values])
})

test('idempotence: CLUSTER_AUTHORIZATION_FAILED for a batch is the end: others fail at once, also on the wire, and late answers harm nobody', () => {
  const world = warm({}, { nodes: 2, partitions: 2 })
  world.send('orders', 'warm', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  const held = hold(world)
  world.send('orders', 'a', { partition: 0 })
  world.send('orders', 'b', { partition: 1 })
  world.run(10)
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 31 }))
  world.run(10)
  expect(world.errors().slice(2)).toEqual(['CLUSTER_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])
  expect(world.outcomes.map(({ error }) => error?.certainty).slice(2)).toEqual(['definite', 'maybe'])
  world.cluster.answerProduce(held[1]!, () => ({}))
  world.run(10)
  expect(world.outcomes).toHaveLength(4)
  expect(world.core.inspect()).toMatchObject({ heldBatches: 0, bufferAvailableBytes: 32 * 1024 * 1024 })
  world.send('orders', 'c', { partition: 0 })
  world.run(10)
  expect(world.errors()[4]).toBe('CLUSTER_AUTHORIZATION_FAILED')
})

test('idempotence: UNSUPPORTED_FOR_MESSAGE_FORMAT fails its batch only', () => {
  const world = warm()
  world.cluster.produceScript = () => () => (world.cluster.batches.at(-1)!.values[0] === 'a' ? { errorCode: 43 } : {})
  world.send('orders', 'a')
  world.send('orders', 'b')
  world.runUntil(() => world.outcomes.length === 3, 5_000)
  expect(world.errors()).toEqual([undefined, 'UNSUPPORTED_FOR_MESSAGE_FORMAT', undefined])
})

test('idempotence: a broker that offers no version of Produce is the end, for every partition of the request', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 0 })
  world.cluster.topic('orders', { partitions: 3 })
  world.cluster.maxVersions.set(produce.key, -1)
  for (let partition = 0; partition < 3; partition++) world.send('orders', `${partition}`, { partition })
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(new Set(world.errors())).toEqual(new Set(['UNSUPPORTED_VERSION']))
  expect(world.outcomes.every(({ error }) => error?.certainty === 'definite')).toBe(true)
  world.send('orders', 'later', { partition: 0 })
  world.run(10)
  expect(world.errors()).toHaveLength(4)
  expect(world.core.inspect()).toMatchObject({ bufferAvailableBytes: 32 * 1024 * 1024, incompleteBatches: 0 })
})

test('idempotence: a broker that offers no version of InitProducerId is the end', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.cluster.maxVersions.set(initProducerId.key, -1)
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.error).toMatchObject({ code: 'UNSUPPORTED_VERSION', certainty: 'definite' })
  expect(world.eventsOf('fatal')).toHaveLength(1)
})

test('idempotence: after the end no failure takes a new epoch', () => {
  const world = warm({}, { nodes: 2, partitions: 2 })
  world.send('orders', 'warm', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  const held = hold(world)
  world.send('orders', 'a', { partition: 0 })
  world.send('orders', 'b', { partition: 1 })
  world.run(10)
  world.cluster.answerProduce(held[0]!, () => ({ errorCode: 90 }))
  world.run(10)
  world.cluster.answerProduce(held[1]!, () => ({ errorCode: 87 }))
  world.run(1_000)
  expect(world.core.inspect().producerEpoch).toBe(0)
  expect(world.eventsOf('epoch-bumped')).toEqual([])
})

test('idempotence: what follows an expired retry goes on with its numbers, and starts anew if the broker lacks that one', () => {
  const world = warm({ 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_500 })
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 2, 3_000)
  world.send('orders', 'b')
  // The connection with the late request is given up meanwhile.
  world.run(600)
  world.cluster.produceScript = () => () => (world.cluster.batches.at(-1)!.epoch === 0 ? { errorCode: 45 } : {})
  world.runUntil(() => world.outcomes.length === 3, 3_000)
  const ofB = arrivals(world.cluster.batches.filter(({ values }) => values[0] === 'b'))
  expect(new Set(ofB)).toEqual(new Set(['2@0', '0@1']))
  expect(ofB.at(-1)).toBe('0@1')
  expect(world.errors()).toEqual([undefined, 'DELIVERY_TIMEOUT', undefined])
})

test('idempotence: an old batch of another partition that fails for good after the new epoch leaves nothing behind', () => {
  const world = warm({}, { partitions: 2 })
  world.send('orders', 'warm', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 2, 1_000)
  let refusals = 2
  world.cluster.produceScript = () => (_, partition) => {
    const { epoch, values } = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    if (partition === 0) return epoch === 0 ? { errorCode: 45 } : {}
    if (values[0] !== 'old') return {}
    return { errorCode: refusals-- > 0 ? 19 : 29 }
  }
  world.send('orders', 'bump', { partition: 0 })
  world.send('orders', 'old', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 4, 5_000)
  world.send('orders', 'again 0', { partition: 0 })
  world.send('orders', 'again 1', { partition: 1 })
  world.runUntil(() => world.outcomes.length === 6, 5_000)
  expect(world.errors()).toEqual([undefined, undefined, undefined, 'TOPIC_AUTHORIZATION_FAILED', undefined, undefined])
  expect(arrivals(world.cluster.batches, 0).at(-1)).toBe('1@1')
  expect(arrivals(world.cluster.batches, 1).at(-1)).toBe('0@1')
  expect(world.core.inspect()).toMatchObject({ incompleteBatches: 0, producerEpoch: 1 })
})

test('idempotence: once a broker has fenced the epoch nothing new is numbered under it, even if the last number was confirmed', () => {
  const world = warm()
  const attemptsOf = (value: string) => world.cluster.batches.filter(({ values }) => values[0] === value).length
  world.cluster.produceScript = () => (_, partition) => {
    const { values } = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    // REQUEST_TIMED_OUT, which may be in the log; then INVALID_PRODUCER_EPOCH.
    return values[0] === 'a' ? { errorCode: attemptsOf('a') === 1 ? 7 : 47 } : {}
  }
  for (const value of ['a', 'b']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  world.send('orders', 'c')
  world.runUntil(() => world.outcomes.length === 4, 10_000)
  expect(world.outcomes.map(({ value, error }) => [value, error?.code, error?.certainty])).toEqual([
    ['first', undefined, undefined],
    ['a', 'INVALID_PRODUCER_EPOCH', 'maybe'],
    ['b', undefined, undefined],
    ['c', undefined, undefined],
  ])
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0', '1@0', '0@1'])
})

test('idempotence: what a restarted broker may only have forgotten gets no new numbers: nobody knows, and that is what its caller is told', () => {
  const world = warm()
  let hasRestarted = false
  world.cluster.produceScript = () => (_, partition) => {
    const { values } = world.cluster.batches.filter((one) => one.partition === partition).at(-1)!
    if (values[0] === 'a') {
      // Appended, and the answer says REQUEST_TIMED_OUT. Then the broker comes back, and remembers b only.
      if (hasRestarted) return { errorCode: 45 }
      hasRestarted = true
      return { errorCode: 7 }
    }
    return {}
  }
  for (const value of ['a', 'b']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 10_000)
  world.send('orders', 'c')
  world.runUntil(() => world.outcomes.length === 4, 10_000)
  expect(world.outcomes.map(({ value, error }) => [value, error?.code, error?.certainty])).toEqual([
    ['first', undefined, undefined],
    ['a', 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'maybe'],
    ['b', undefined, undefined],
    ['c', undefined, undefined],
  ])
  expect(arrivals(world.cluster.batches)).toEqual(['0@0', '1@0', '2@0', '1@0', '3@0'])
})
