import { apiVersions, createTopics, fetch, initProducerId, listOffsets, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type FaultRule, FaultRuleError, UnconsumedFaultsError } from '../src/core.ts'
import { batchOf, Simulation } from './simulated.ts'

function world(): Simulation {
  return new Simulation({ brokers: 3, topics: { orders: 6, payments: 1 } })
}

/** Error codes of so many Produce requests, one after another, of one connection each; `none` where no answer came. */
function produceTimes(sim: Simulation, count: number, partition = 0): (number | 'none')[] {
  return Array.from({ length: count }, () => sim.produce(batchOf(1), { partition })?.errorCode ?? 'none')
}

function appended(sim: Simulation): number {
  return sim.cluster.records('orders').length
}

test('error: is answered and not applied, once by default', () => {
  const sim = world()
  const fault = sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 'NOT_ENOUGH_REPLICAS' } })
  expect([produceTimes(sim, 2), appended(sim), fault.hits()]).toEqual([[19, 0], 1, 1])
  expect(sim.cluster.requests.filter({ api: 'Produce' }).map(({ applied, fault: name }) => [applied, name])).toEqual([
    [false, 'fault 1'],
    [true, undefined],
  ])
})

test('error: with a partition only that one fails, the others of the request are written', () => {
  const sim = world()
  sim.cluster.fault({ on: { topic: 'orders', partition: 3 }, do: { error: 6 } })
  const partitionData = [0, 3].map((index) => ({ index, records: batchOf(1) }))
  const answer = sim.ask(produce, 9, { acks: -1, timeoutMs: 0, topicData: [{ name: 'orders', partitionData }] })
  const codes = answer?.responses.flatMap((one) =>
    one.partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
  )
  expect(codes?.sort()).toEqual([
    [0, 0],
    [3, 6],
  ])
  expect([sim.cluster.records('orders', 0).length, sim.cluster.records('orders', 3).length]).toEqual([1, 0])
})

test('error: after the append the batch is there, and the answer has its offset and the error', () => {
  const sim = world()
  sim.produce(batchOf(2))
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 'REQUEST_TIMED_OUT', after: 'append' } })
  const batch = batchOf(1, { producerId: 3n })
  expect(sim.produce(batch)).toMatchObject({ errorCode: 7, baseOffset: 2n, logStartOffset: 0n })
  expect(sim.produce(batch)).toMatchObject({ errorCode: 0, baseOffset: 2n })
  expect(appended(sim)).toBe(3)
})

test('error: with acks=0 closes the connection, as any failure does', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 6 } })
  const client = sim.client()
  sim.produce(batchOf(1), { client, acks: 0 })
  expect([client.closed, appended(sim)]).toEqual(['fin', 0])
})

test('error: every API can answer one', () => {
  const sim = world()
  sim.cluster.fault({ do: { error: 'UNKNOWN_SERVER_ERROR' }, times: 'always' })
  const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 }] }]
  const offsets = [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1n }] }]
  const newTopic = { name: 'x', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  expect([
    sim.ask(apiVersions, 0, {})?.errorCode,
    sim.ask(metadata, 9, { topics: [{ name: 'orders' }] })?.topics[0]?.errorCode,
    sim.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 })?.errorCode,
    sim.ask(fetch, 11, { maxWaitMs: 0, minBytes: 0, topics })?.responses[0]?.partitions[0]?.errorCode,
    sim.ask(listOffsets, 5, { replicaId: -1, topics: offsets })?.topics[0]?.partitions[0]?.errorCode,
    sim.ask(createTopics, 5, { topics: [newTopic] })?.topics[0]?.errorCode,
    sim.produce(batchOf(1))?.errorCode,
  ]).toEqual([-1, -1, -1, -1, -1, -1, -1])
  expect([sim.cluster.topics.length, appended(sim)]).toEqual([2, 0])
})

test('error: of one partition in Metadata', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata', topic: 'orders', partition: 2 }, do: { error: 'LEADER_NOT_AVAILABLE' } })
  const answer = sim.ask(metadata, 9, { topics: [{ name: 'orders' }] })?.topics[0]
  expect([answer?.errorCode, answer?.partitions.map(({ errorCode }) => errorCode)]).toEqual([0, [0, 0, 5, 0, 0, 0]])
})

test.each(['request', 'response'] as const)(
  'delay: on the %s side the answer is late, and the request applied in time',
  (side) => {
    const sim = world()
    sim.cluster.fault({ on: { api: 'Produce' }, do: { delay: '200ms', side } })
    const client = sim.client()
    expect(sim.produce(batchOf(1), { client })).toBeUndefined()
    expect(appended(sim)).toBe(side === 'request' ? 0 : 1)
    sim.run(190)
    expect(client.answers).toHaveLength(0)
    sim.run(10)
    expect([client.answers.length, appended(sim)]).toEqual([1, 1])
  },
)

test('delay: a request whose client has gone is applied all the same', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { delay: 100 } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  client.link.close('reset')
  sim.run(200)
  expect([appended(sim), sim.cluster.findings.length]).toEqual([1, 0])
  expect(sim.cluster.requests.at(-1)).toMatchObject({ applied: true, answeredAtMs: undefined })
})

test('delay: a request whose broker was stopped, and started again, is not applied', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { delay: 100 } })
  sim.produce(batchOf(1))
  sim.cluster.broker(1).kill()
  sim.run(10)
  sim.cluster.broker(1).start()
  sim.run(200)
  expect([appended(sim), sim.cluster.requests.at(-1)?.applied]).toEqual([0, false])
})

test.each([
  ['request', 0],
  ['response', 1],
] as const)(
  'drop: after a dropped %s the connection answers nothing more, until the client closes it',
  (drop, written) => {
    const sim = world()
    sim.cluster.fault({ on: { api: 'Produce' }, do: { drop } })
    const client = sim.client()
    const other = sim.client()
    sim.produce(batchOf(1), { client })
    client.send(metadata, 9, { topics: null })
    client.sendBytes(Uint8Array.of(255, 255, 255, 255))
    sim.run(60_000)
    expect([client.answers.length, client.closed, appended(sim)]).toEqual([0, undefined, written])
    expect(sim.cluster.requests.filter({ api: 'Metadata' })).toHaveLength(0)
    expect(sim.ask(metadata, 9, { topics: null }, { client: other })).toBeDefined()
    client.link.close()
    sim.run(5)
    expect(sim.cluster.broker(1).openConnections).toBe(1)
  },
)

test.each([
  ['before-handling', undefined, 'reset', 0],
  ['before-handling', 'fin', 'fin', 0],
  ['after-handling', 'reset', 'reset', 1],
  ['after-handling', 'fin', 'fin', 1],
] as const)('disconnect: %s, how: %s ends the connection with a %s', (disconnect, how, closed, written) => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: how === undefined ? { disconnect } : { disconnect, how } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  expect([client.closed, client.answers.length, appended(sim)]).toEqual([closed, 0, written])
})

test('stop-broker: the leader goes, another leads, and it comes back in time', () => {
  const sim = world()
  sim.cluster.fault({
    on: { api: 'Produce', topic: 'orders', partition: 0 },
    do: { 'stop-broker': 'leader', for: '1s' },
  })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  expect([client.closed, appended(sim), sim.cluster.leader('orders', 0).id]).toEqual(['fin', 0, 2])
  expect(sim.client(1).closed).toBe('refused')
  sim.run(1000)
  expect([sim.cluster.broker(1).isRunning, sim.client(1).closed]).toEqual([true, undefined])
  expect(sim.cluster.leader('orders', 0).id).toBe(2)
})

test('stop-broker: another broker than the one asked goes, and the request is handled', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { 'stop-broker': 3, how: 'reset' } })
  const victim = sim.client(3)
  expect([sim.produce(batchOf(1))?.errorCode, victim.closed]).toEqual([0, 'reset'])
})

test('stop-broker: a broker that would come back does not, once the cluster has stopped', () => {
  const sim = world()
  sim.cluster.fault({ at: 1, do: { 'stop-broker': 2, for: '10ms' } })
  sim.run(5)
  sim.cluster.stop(() => {})
  sim.run(1000)
  expect([sim.runtime.transport.listening, sim.runtime.clock.pending]).toEqual([0, 0])
})

test('stop-broker, start-broker: happen at their time', () => {
  const sim = world()
  const stop = sim.cluster.fault({ at: '100ms', do: { 'stop-broker': 2 } })
  const start = sim.cluster.fault({ at: '300ms', do: { 'start-broker': 2 } })
  const running = () => sim.cluster.broker(2).isRunning
  sim.run(99)
  expect([running(), stop.hits()]).toEqual([true, 0])
  sim.run(2)
  expect([running(), stop.hits(), start.hits()]).toEqual([false, 1, 0])
  sim.run(200)
  expect([running(), start.hits()]).toEqual([true, 1])
  sim.cluster.assertFaultsConsumed()
})

test('move-leader: the old leader answers 6, the new one takes over', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { 'move-leader': { topic: 'orders', partition: 0, to: 3 } } })
  expect(sim.ask(metadata, 9, { topics: [{ name: 'orders' }] })?.topics[0]?.partitions[0]).toMatchObject({
    leaderId: 3,
    leaderEpoch: 1,
  })
  expect([sim.produce(batchOf(1))?.errorCode, sim.produce(batchOf(1), { broker: 3 })?.errorCode]).toEqual([6, 0])
})

test('a cluster action that cannot be done is found', () => {
  const sim = world()
  sim.cluster.fault({ at: 1, do: { 'stop-broker': 9 } })
  sim.cluster.fault({ at: 1, do: { 'move-leader': { topic: 'nothing', partition: 0 } } })
  sim.run(5)
  expect(sim.cluster.findings.map(({ kind }) => kind)).toEqual(['unsupported', 'unsupported'])
})

test.each<[string, FaultRule['on'], (number | 'none')[]]>([
  ['nth', { nth: 3 }, [0, 0, 19, 0, 0, 0]],
  ['after', { after: 2 }, [0, 0, 19, 19, 19, 19]],
  ['every', { every: 2 }, [0, 19, 0, 19, 0, 19]],
  ['after and every', { after: 1, every: 2 }, [0, 0, 19, 0, 19, 0]],
])('conditions: %s counts the requests that fit', (_, on, codes) => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', ...on }, do: { error: 19 }, times: 'always' })
  sim.ask(metadata, 9, { topics: null })
  expect(produceTimes(sim, 6)).toEqual(codes)
})

test.each<[string, FaultRule['on']]>([
  ['broker', { broker: 2 }],
  ['clientId', { clientId: 'other' }],
  ['version', { version: 8 }],
  ['topic', { topic: 'payments' }],
  ['partition', { partition: 4 }],
  ['topic and partition', { topic: 'orders', partition: 4 }],
])('conditions: one on %s must hold', (_, on) => {
  const sim = world()
  const fault = sim.cluster.fault({ on: { api: 'Produce', ...on }, do: { error: 19 }, times: 'always' })
  expect([produceTimes(sim, 2), fault.hits()]).toEqual([[0, 0], 0])
  expect(() => sim.cluster.assertFaultsConsumed()).toThrow(UnconsumedFaultsError)
})

test('conditions: a topic is found by its id as well', () => {
  const sim = world()
  sim.cluster.fault({ on: { topic: 'orders', partition: 0 }, do: { error: 19 } })
  expect(sim.produce(batchOf(1), { version: 13 })?.errorCode).toBe(19)
})

test('precedence: the first rule that fits acts; an exhausted one shadows nobody, an observing one neither', () => {
  const sim = world()
  const seen = sim.cluster.fault({ on: { api: 'Produce' }, observe: true })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 19 }, times: 2 })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 6 }, times: 'always' })
  expect([produceTimes(sim, 4), seen.hits()]).toEqual([[19, 19, 6, 6], 4])
  expect(appended(sim)).toBe(0)
})

test('precedence: a shadowed rule counts all the same', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { error: 19 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 2 }, do: { error: 6 } })
  expect(produceTimes(sim, 3)).toEqual([19, 6, 0])
})

test('probability: is drawn from the seed, and by the number of the request', () => {
  const codes = (before: number): string => {
    const sim = new Simulation({ seed: 5, brokers: 3, topics: { orders: 6 } })
    for (let i = 0; i < before; i++)
      sim.cluster.fault({ name: `idle ${i}`, on: { topic: 'nothing' }, do: { error: 6 } })
    const rule: FaultRule = {
      name: 'chance',
      on: { api: 'Produce' },
      do: { error: 19 },
      times: 'always',
      probability: 0.5,
    }
    sim.cluster.fault(rule)
    return produceTimes(sim, 40).join()
  }
  const hits = codes(0)
    .split(',')
    .filter((code) => code === '19').length
  expect(hits).toBeGreaterThan(8)
  expect(hits).toBeLessThan(32)
  expect(codes(2)).toBe(codes(0))
})

test('handles: hits are heard, and a removed rule acts no more and is not reported', () => {
  const sim = world()
  const fault = sim.cluster.fault({ name: 'gone', on: { api: 'Produce' }, do: { error: 19 }, times: 'always' })
  const heard: number[] = []
  fault.onHit((hits) => heard.push(hits))
  produceTimes(sim, 2)
  fault.remove()
  const timed = sim.cluster.fault({ at: 5, do: { 'stop-broker': 1 } })
  timed.remove()
  sim.run(10)
  expect([produceTimes(sim, 1), heard, sim.cluster.faults(), sim.cluster.broker(1).isRunning]).toEqual([
    [0],
    [1, 2],
    [],
    true,
  ])
})

test('unconsumed: the table says what came closest', () => {
  const sim = world()
  sim.cluster.fault({ name: 'typo', on: { api: 'Produce', topic: 'order', partition: 0 }, do: { error: 19 } })
  sim.cluster.fault({
    name: 'wrong partition',
    on: { api: 'Produce', topic: 'orders', partition: 5 },
    do: { error: 19 },
  })
  sim.cluster.fault({ name: 'too late', on: { api: 'Produce', nth: 9 }, do: { error: 19 } })
  sim.cluster.fault({ name: 'first', on: { api: 'Produce' }, do: { error: 19 }, times: 3 })
  sim.cluster.fault({ name: 'shadowed', on: { api: 'Produce', nth: 1 }, do: { error: 6 } })
  sim.cluster.fault({ name: 'never asked', on: { api: 'Fetch' }, do: { error: 6 }, times: 'always' })
  sim.cluster.fault({ name: 'later', at: '1h', do: { 'stop-broker': 1 } })
  produceTimes(sim, 2)
  let message = ''
  try {
    sim.cluster.assertFaultsConsumed()
  } catch (error) {
    message = (error as Error).message
  }
  expect(message.split('\n')).toEqual([
    'faults that never came to act as often as they should:',
    '  fault            hits     closest',
    '  typo             0 of 1   all 2 requests that came: topic is orders, not order (the last was Produce v9 of "raw" to broker 1)',
    '  wrong partition  0 of 1   all 2 requests that came: partition is 0, not 5 (the last was Produce v9 of "raw" to broker 1)',
    '  too late         0 of 1   2 requests fit so far; nth: 9 was not reached',
    '  first            2 of 3   2 requests fit so far',
    '  shadowed         0 of 1   "first" acted first on Produce v9 of "raw" to broker 1',
    '  never asked      0 of 1+  all 2 requests that came: api is Produce, not Fetch (the last was Produce v9 of "raw" to broker 1)',
    '  later            0 of 1   its time, 3600000 ms, has not come',
  ])
})

test('a rule with a mistake is refused with all of it', () => {
  const sim = world()
  expect(() => sim.cluster.fault({ on: { topik: 'x' }, do: { dealy: 5 } } as never)).toThrow(FaultRuleError)
  expect(sim.cluster.faults()).toEqual([])
})
