import {
  createPartitions,
  createTopics,
  fetch,
  findCoordinator,
  initProducerId,
  kafkaErrors,
  listOffsets,
  metadata,
  splitBatches,
} from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation, wallStartMs } from './simulated.ts'

/** Rules I and M of the broker, and the APIs that read and administer. */

const newProducer = { transactionalId: null, transactionTimeoutMs: 60_000 }

test('I1: every producer gets an id of its own with epoch 0, far apart between brokers', () => {
  const sim = new Simulation({ brokers: 2 })
  const ids = [1, 1, 2, 1].map((broker) => sim.ask(initProducerId, 4, newProducer, { broker }))
  expect(ids.map((answer) => answer?.producerId)).toEqual([0n, 1n, 1000n, 2n])
  expect(ids.every((answer) => answer?.producerEpoch === 0)).toBe(true)
})

test('I3: an id without an epoch, or the reverse, is error 42', () => {
  const sim = new Simulation()
  const code = kafkaErrors.INVALID_REQUEST.code
  expect(sim.ask(initProducerId, 3, { ...newProducer, producerId: 4n })?.errorCode).toBe(code)
  expect(sim.ask(initProducerId, 3, { ...newProducer, producerEpoch: 4 })?.errorCode).toBe(code)
})

test('I4: without a transactional id a given id and epoch are ignored', () => {
  const answer = new Simulation().ask(initProducerId, 4, { ...newProducer, producerId: 99n, producerEpoch: 3 })
  expect(answer).toMatchObject({ errorCode: 0, producerId: 0n, producerEpoch: 0 })
})

test('I5: an empty transactional id is error 42', () => {
  const answer = new Simulation().ask(initProducerId, 4, { ...newProducer, transactionalId: '' })
  expect(answer).toMatchObject({ errorCode: kafkaErrors.INVALID_REQUEST.code, producerId: -1n, producerEpoch: -1 })
})

test('M1: null asks for all topics, an empty list for none, and for all in version 0', () => {
  const sim = new Simulation({ topics: { a: 1, b: 1 } })
  const names = (version: number, topics: [] | null) =>
    sim.ask(metadata, version, { topics })?.topics.map(({ name }) => name)
  expect([names(1, null), names(1, []), names(0, [])]).toEqual([['a', 'b'], [], ['a', 'b']])
})

test('M2: without auto creation an unknown topic is error 3 and an illegal name 17', () => {
  const sim = new Simulation({ autoCreateTopics: false })
  const topics = [{ name: 'nothing' }, { name: 'no spaces' }]
  expect(sim.ask(metadata, 9, { topics })?.topics.map(({ errorCode }) => errorCode)).toEqual([3, 17])
  expect(sim.ask(metadata, 9, { topics: [{ name: 'nothing' }] })?.topics[0]?.errorCode).toBe(3)
})

test('M3: with auto creation the first answer is 3, and the next has the topic', () => {
  const sim = new Simulation({ defaultPartitions: 4 })
  const ask = (allowAutoTopicCreation: boolean) =>
    sim.ask(metadata, 9, { topics: [{ name: 'fresh' }], allowAutoTopicCreation })?.topics[0]
  expect(ask(false)?.errorCode).toBe(3)
  expect(ask(false)?.errorCode).toBe(3)
  expect(ask(true)?.errorCode).toBe(3)
  expect(ask(false)).toMatchObject({ errorCode: 0, partitions: { length: 4 } })
})

test('M6: a partition that nobody leads is error 5 with leader -1, until its last replica in sync is back', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 2, replicas: 1 } } })
  const partition = () =>
    sim.ask(metadata, 9, { topics: [{ name: 'orders' }] }, { broker: 2 })?.topics[0]?.partitions[0]
  sim.cluster.broker(1).stop()
  sim.run(5)
  expect(partition()).toMatchObject({ errorCode: 5, leaderId: -1, leaderEpoch: 1, isrNodes: [1], offlineReplicas: [1] })
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(partition()).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 2, offlineReplicas: [] })
})

test('M7: asking by id is error 42 before version 12, and 100 without a name for an unknown id', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const topicId = sim.cluster.topics[0]?.id ?? ''
  const unknown = 'Zf8k2mXtQH2yX6m8mH3pXg'
  const ask = (version: number, id: string) =>
    sim.ask(metadata, version, { topics: [{ topicId: id, name: null }] })?.topics[0]
  expect(ask(11, topicId)?.errorCode).toBe(42)
  expect(ask(12, topicId)).toMatchObject({ errorCode: 0, name: 'orders', topicId })
  expect(ask(12, unknown)).toMatchObject({ errorCode: 100, name: null, topicId: unknown })
})

test('M7: a request that fails as a whole does not even name the brokers', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const topicId = sim.cluster.topics[0]?.id ?? ''
  const nothing = { brokers: [], clusterId: null, controllerId: -1 }
  expect(sim.ask(metadata, 11, { topics: [{ topicId, name: 'orders' }] })).toMatchObject(nothing)
  const neither = sim.ask(metadata, 13, { topics: [{ name: 'orders' }, { name: null }] })
  expect(neither).toMatchObject({ ...nothing, errorCode: -1 })
  expect(neither?.topics.map(({ errorCode, name }) => [errorCode, name])).toEqual([
    [-1, 'orders'],
    [-1, ''],
  ])
})

test('M1: a topic that is asked for twice is answered once', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const answer = sim.ask(metadata, 12, { topics: [{ name: 'orders' }, { name: 'orders' }] })
  expect(answer?.topics.map(({ name }) => name)).toEqual(['orders'])
})

test('M8, M10: only live brokers are listed, and the controller is any of them', () => {
  const sim = new Simulation({ brokers: 3 })
  sim.cluster.broker(2).stop()
  sim.run(5)
  const client = sim.client(1)
  const controllers = new Set<number | undefined>()
  for (let i = 0; i < 30; i++) {
    const answer = sim.ask(metadata, 9, { topics: [] }, { client })
    expect(answer?.brokers.map(({ nodeId }) => nodeId)).toEqual([1, 3])
    controllers.add(answer?.controllerId)
  }
  expect([...controllers].sort()).toEqual([1, 3])
})

test.each(Array.from({ length: 14 }, (_, version) => version))('Metadata v%i: is answered', (version) => {
  const sim = new Simulation({ brokers: 2, topics: { orders: 2 } })
  expect(sim.ask(metadata, version, { topics: [{ name: 'orders' }] })?.topics[0]?.partitions).toHaveLength(2)
  expect(sim.cluster.findings).toEqual([])
})

test('leaders: those of a stopped broker move to the next replica in sync, with a higher epoch', () => {
  const sim = new Simulation({ brokers: 3, topics: { orders: { partitions: 3, replicas: 2 } } })
  sim.cluster.broker(1).kill()
  sim.run(5)
  expect([0, 1, 2].map((index) => sim.cluster.leader('orders', index))).toEqual([
    { id: 2, epoch: 1 },
    { id: 2, epoch: 0 },
    { id: 3, epoch: 0 },
  ])
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 2, epoch: 1 })
})

function fetchBody(one: {
  fetchOffset: bigint
  partition?: number
  maxWaitMs?: number
  minBytes?: number
  maxBytes?: number
  partitionMaxBytes?: number
  currentLeaderEpoch?: number
}) {
  const { partition = 0, maxWaitMs = 0, minBytes = 1, maxBytes = 1 << 20 } = one
  const { partitionMaxBytes = 1 << 20, currentLeaderEpoch = -1, fetchOffset } = one
  const partitions = [{ partition, currentLeaderEpoch, fetchOffset, partitionMaxBytes }]
  return { maxWaitMs, minBytes, maxBytes, topics: [{ topic: 'orders', partitions }] }
}

test.each([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17])('Fetch v%i: reads what was written', (version) => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf(3))
  const topicId = sim.cluster.topics[0]?.id ?? ''
  const body = fetchBody({ fetchOffset: 1n })
  const topics = body.topics.map((topic) => ({ ...topic, topicId }))
  const found = sim.ask(fetch, version, { ...body, topics })?.responses[0]?.partitions[0]
  expect(found).toMatchObject({ errorCode: 0, highWatermark: 3n, lastStableOffset: 3n })
  // The whole batch that holds the offset: a client skips what is before it.
  expect(splitBatches(found?.records ?? new Uint8Array()).batches.map(({ baseOffset }) => baseOffset)).toEqual([0n])
  expect(sim.cluster.findings).toEqual([])
})

test('Fetch: limits cut between batches, and the first batch comes all the same', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  for (let i = 0; i < 3; i++) sim.produce(batchOf(1))
  const size = batchOf(1).length
  const count = (limits: { maxBytes?: number; partitionMaxBytes?: number }) => {
    const answer = sim.ask(fetch, 11, fetchBody({ fetchOffset: 0n, ...limits }))
    return splitBatches(answer?.responses[0]?.partitions[0]?.records ?? new Uint8Array()).batches.length
  }
  expect([
    count({ maxBytes: 1 }),
    count({ partitionMaxBytes: size * 2 }),
    count({ maxBytes: size * 3 - 1 }),
    count({}),
  ]).toEqual([1, 2, 2, 3])
})

test('Fetch: an offset outside of the log is error 1, its end is not', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf(2))
  const code = (offset: bigint) =>
    sim.ask(fetch, 11, fetchBody({ fetchOffset: offset }))?.responses[0]?.partitions[0]?.errorCode
  expect([code(-1n), code(3n), code(2n)]).toEqual([1, 1, 0])
})

test('Fetch: an old leader epoch is error 74, one from the future 75', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 1, replicas: 2 } } })
  sim.cluster.moveLeader({ topic: 'orders', partition: 0 })
  const code = (currentLeaderEpoch: number) =>
    sim.ask(fetch, 11, fetchBody({ fetchOffset: 0n, currentLeaderEpoch }), { broker: 2 })?.responses[0]?.partitions[0]
      ?.errorCode
  expect([code(0), code(1), code(2), code(-1)]).toEqual([74, 0, 75, 0])
})

test('Fetch: waits for so many bytes, and no longer than asked', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const consumer = sim.client()
  const size = batchOf(1).length
  const id = consumer.send(fetch, 11, fetchBody({ fetchOffset: 0n, maxWaitMs: 1000, minBytes: size * 2 }))
  sim.run(100)
  sim.produce(batchOf(1))
  expect(consumer.answer(fetch, id)).toBeUndefined()
  sim.produce(batchOf(1))
  expect(consumer.answer(fetch, id)?.responses[0]?.partitions[0]?.records).toHaveLength(size * 2)
  const startMs = sim.nowMs
  const late = consumer.send(fetch, 11, fetchBody({ fetchOffset: 2n, maxWaitMs: 300 }))
  sim.run(1000)
  expect(consumer.answer(fetch, late)?.responses[0]?.partitions[0]?.records).toHaveLength(0)
  expect((consumer.answers.at(-1)?.atMs ?? 0) - startMs).toBeGreaterThanOrEqual(300)
  expect((consumer.answers.at(-1)?.atMs ?? 0) - startMs).toBeLessThan(302)
})

test('Fetch: a wait ends at once when the leader moves, and leaves nothing when the client goes', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 1, replicas: 2 } } })
  const consumer = sim.client()
  const idle = sim.runtime.clock.pending
  const id = consumer.send(fetch, 10, fetchBody({ fetchOffset: 0n, maxWaitMs: 60_000 }))
  sim.run(5)
  sim.cluster.moveLeader({ topic: 'orders', partition: 0 })
  sim.run(5)
  expect(consumer.answer(fetch, id)?.responses[0]?.partitions[0]?.errorCode).toBe(6)
  consumer.send(fetch, 11, fetchBody({ fetchOffset: 0n, partition: 0, maxWaitMs: 60_000 }))
  sim.run(5)
  consumer.link.close()
  sim.run(5)
  expect(sim.runtime.clock.pending).toBeLessThan(idle)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('ListOffsets v%i: knows both ends and every time between', (version) => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const t0 = wallStartMs - 1000
  sim.produce(batchOf([{ timestamp: t0 }, { timestamp: t0 + 10 }]))
  sim.produce(batchOf([{ timestamp: t0 + 5 }, { timestamp: t0 + 20 }, { timestamp: t0 + 20 }]))
  const ask = (timestamp: number) => {
    const partitions = [{ partitionIndex: 0, timestamp: BigInt(timestamp) }]
    const found = sim.ask(listOffsets, version, { replicaId: -1, topics: [{ name: 'orders', partitions }] })
    const one = found?.topics[0]?.partitions[0]
    return [one?.errorCode, one?.offset, one?.timestamp]
  }
  expect([ask(-1), ask(-2)]).toEqual([
    [0, 5n, -1n],
    [0, 0n, -1n],
  ])
  expect(ask(t0 + 6)).toEqual([0, 1n, BigInt(t0 + 10)])
  expect(ask(t0 + 11)).toEqual([0, 3n, BigInt(t0 + 20)])
  expect(ask(t0 + 21)).toEqual([0, -1n, -1n])
  expect(ask(-3)).toEqual(version < 7 ? [35, -1n, -1n] : [0, 3n, BigInt(t0 + 20)])
  expect(sim.cluster.findings).toEqual([])
})

function creation(name: string, more: object = {}) {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...more }
}

const assigned = (...brokerIds: number[][]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
})

test.each([
  ['a good one', creation('fresh'), 0],
  ['defaults', creation('fresh', { numPartitions: -1, replicationFactor: -1 }), 0],
  ['an assignment', creation('fresh', assigned([2, 1], [1, 2])), 0],
  ['a configuration', creation('fresh', { configs: [{ name: 'min.insync.replicas', value: '2' }] }), 0],
  ['one that exists', creation('orders'), 36],
  ['an illegal name', creation('a/b'), 17],
  ['an empty name', creation(''), 17],
  ['two dots', creation('..'), 17],
  ['a name of 250 characters', creation('x'.repeat(250)), 17],
  ['a name that collides', creation('or.ders_x'), 17],
  ['no partitions', creation('fresh', { numPartitions: 0 }), 37],
  ['no replicas', creation('fresh', { replicationFactor: 0 }), 38],
  ['more replicas than brokers', creation('fresh', { replicationFactor: 4 }), 38],
  ['a broker that is not there', creation('fresh', assigned([1, 9])), 39],
  ['a broker twice', creation('fresh', assigned([1, 1])), 39],
  ['uneven assignments', creation('fresh', assigned([1, 2], [1])), 39],
  ['a count and an assignment', creation('fresh', { ...assigned([1]), numPartitions: 1 }), 42],
  ['an unknown configuration', creation('fresh', { configs: [{ name: 'min.insync.replicsa', value: '2' }] }), 40],
  ['a bad configuration', creation('fresh', { configs: [{ name: 'min.insync.replicas', value: 'two' }] }), 40],
])('CreateTopics: %s', (_, topic, errorCode) => {
  const sim = new Simulation({ brokers: 3, topics: { orders: 1, or_ders_x: 1 } })
  const before = sim.cluster.topics.length
  const dry = sim.ask(createTopics, 7, { topics: [topic], validateOnly: true })?.topics[0]
  expect([dry?.errorCode, sim.cluster.topics.length]).toEqual([errorCode, before])
  const made = sim.ask(createTopics, 7, { topics: [topic] })?.topics[0]
  expect([made?.errorCode, sim.cluster.topics.length]).toEqual([errorCode, before + (errorCode === 0 ? 1 : 0)])
  expect(made?.errorMessage === null).toBe(errorCode === 0)
})

test('CreateTopics: an assignment decides who leads', () => {
  const sim = new Simulation({ brokers: 3 })
  sim.ask(createTopics, 5, { topics: [creation('fresh', assigned([3, 1], [2, 1]))] })
  expect([sim.cluster.leader('fresh', 0).id, sim.cluster.leader('fresh', 1).id]).toEqual([3, 2])
})

test('CreateTopics: the same name twice is error 42, once', () => {
  const sim = new Simulation()
  const answer = sim.ask(createTopics, 2, { topics: [creation('a'), creation('b'), creation('a')] })
  expect(answer?.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['a', 42],
    ['b', 0],
  ])
})

// KAFKA-14996, since 3.6. Java: QuorumController.MAX_RECORDS_PER_USER_OP, and KRaftClusterTest for the message.
test.each([
  ['3.5', 0, null],
  ['3.6', 44, 'Unable to perform excessively large batch operation.'],
] as const)(
  'CreateTopics to Kafka %s: more than 10,000 records of metadata at once is error %i',
  (kafka, code, message) => {
    const sim = new Simulation({ kafka })
    // A topic and its partitions are records: 1 + 9_998, and 1 + 1.
    const topics = [creation('large', { numPartitions: 9_998 }), creation('small')]
    const refused = sim.ask(createTopics, 7, { topics })
    expect(refused?.topics.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      [code, message],
      [code, message],
    ])
    expect(sim.cluster.topics.length).toBe(code === 0 ? 2 : 0)
    if (code !== 0) expect(sim.ask(createTopics, 7, { topics: topics.slice(0, 1) })?.topics[0]?.errorCode).toBe(0)
    const grow = {
      topics: [{ name: 'large', count: 9_998 + 10_001, assignments: null }],
      timeoutMs: 0,
      validateOnly: false,
    }
    expect(sim.ask(createPartitions, 3, grow)?.results[0]).toMatchObject({ errorCode: code, errorMessage: message })
  },
)

test('CreateTopics: a hundred thousand names in one request are answered in linear time', () => {
  const sim = new Simulation()
  const topics = Array.from({ length: 100_000 }, (_, i) => creation(`a.${i % 60_000}`))
  const answer = sim.ask(createTopics, 7, { topics, validateOnly: true })
  expect(answer?.topics.length).toBe(60_000)
})

test.each([1, 2, 3, 4, 5, 6])(
  'FindCoordinator v%i: nobody coordinates transactions, and the findings say so',
  (version) => {
    const sim = new Simulation()
    const body = version < 4 ? { key: 'tx', keyType: 1 } : { key: '', keyType: 1, coordinatorKeys: ['tx'] }
    const answer = sim.ask(findCoordinator, version, body)
    expect(version < 4 ? answer?.errorCode : answer?.coordinators[0]?.errorCode).toBe(15)
    expect(sim.cluster.findings.map(({ kind }) => kind)).toEqual(['unsupported'])
  },
)

test.each([0, -1, 900_001])(
  'I6: a transaction timeout of %i ms is error 50 before anybody asks for a coordinator',
  (ms) => {
    const sim = new Simulation({})
    const ask = (transactionalId: string | null) =>
      sim.ask(initProducerId, 4, { transactionalId, transactionTimeoutMs: ms })?.errorCode
    expect([ask('tx'), ask(null)]).toEqual([50, 0])
  },
)
