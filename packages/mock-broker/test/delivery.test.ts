import { portableCodecs } from '@harrow/protocol'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { type ClusterCore, DeliveryError, judgeDelivery, MockCluster } from '../src/index.ts'
import { batchOf, Simulation } from './simulated.ts'

test('delivery: a record that is acknowledged and in the log', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf(2))
  const { records, counts } = sim.cluster.delivery()
  expect(records).toMatchObject([
    { id: 1, status: 'acked-and-present', offsets: [0n], attempts: [{ request: 1, answer: 'acked', how: 'appended' }] },
    { id: 2, status: 'acked-and-present', offsets: [1n], duplicatedBy: [], overtakenBy: undefined },
  ])
  expect(counts).toEqual({
    records: 2,
    ackedAndPresent: 2,
    ackedButLost: 0,
    ackedAndDeleted: 0,
    presentButUnacked: 0,
    absentAndUnacked: 0,
    duplicated: 0,
    reordered: 0,
    phantoms: 0,
  })
  sim.cluster.assertDelivered()
})

test('delivery: a lost answer and no retry leave a record that is there and that nobody was told of', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { drop: 'response' } })
  sim.produce(batchOf(1))
  expect(sim.cluster.delivery().records).toMatchObject([
    { status: 'present-but-unacked', attempts: [{ answer: 'none', how: 'appended', offset: 0n }] },
  ])
})

test('delivery: a retry without idempotence is a duplicate, with both request ids', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  sim.produce(batchOf(1))
  sim.produce(batchOf(1))
  expect(sim.cluster.delivery()).toMatchObject({
    records: [{ status: 'acked-and-present', offsets: [0n, 1n], duplicatedBy: [1, 2] }],
    counts: { records: 1, duplicated: 1 },
  })
})

test('delivery: a retry that is stamped anew is still the same record', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  sim.produce(batchOf([{ key: 'k', value: 'v', timestamp: 1_767_225_600_000 }]))
  sim.produce(batchOf([{ key: 'k', value: 'v', timestamp: 1_767_225_600_111 }]))
  expect(sim.cluster.delivery().counts).toMatchObject({ records: 1, duplicated: 1 })
})

test('delivery: a retry that the broker recognises is no duplicate', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  sim.produce(batchOf(1, { producerId: 5n }))
  sim.produce(batchOf(1, { producerId: 5n }))
  expect(sim.cluster.delivery().records).toMatchObject([
    {
      status: 'acked-and-present',
      offsets: [0n],
      duplicatedBy: [],
      attempts: [
        { request: 1, answer: 'none', how: 'appended' },
        { request: 2, answer: 'acked', how: 'duplicate', offset: 0n },
      ],
    },
  ])
  sim.cluster.assertDelivered()
})

test('delivery: what is sent again under a new epoch is a duplicate, although its sequence is new', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  sim.produce(batchOf(1, { producerId: 5n, producerEpoch: 0, baseSequence: 0 }))
  sim.produce(batchOf(1, { producerId: 5n, producerEpoch: 1, baseSequence: 0 }))
  expect(sim.cluster.delivery().records).toMatchObject([{ offsets: [0n, 1n], duplicatedBy: [1, 2] }])
})

test('delivery: equal records that were meant are not duplicates', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const client = sim.client()
  const tick = () => batchOf([{ value: 'tick' }, { value: 'tick' }])
  sim.produce(tick(), { client })
  sim.produce(tick(), { client })
  sim.produce(tick())
  // Idempotent, and not told yet when the next one arrives: the sequence says that it is another record.
  sim.cluster.fault({ on: { api: 'Produce' }, do: { delay: 3, side: 'response' }, times: 'always' })
  sim.produce(batchOf([{ value: 'tick' }], { producerId: 5n, baseSequence: 0 }), { client })
  sim.produce(batchOf([{ value: 'tick' }], { producerId: 5n, baseSequence: 1 }))
  expect(sim.cluster.delivery().counts).toMatchObject({ records: 8, ackedAndPresent: 8, duplicated: 0, reordered: 0 })
})

test('delivery: a retry of several equal records pairs them one by one', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  for (let i = 0; i < 2; i++) sim.produce(batchOf([{ value: 'tick' }, { value: 'tick' }]))
  expect(sim.cluster.delivery().records.map(({ offsets }) => offsets)).toEqual([
    [0n, 2n],
    [1n, 3n],
  ])
})

test('delivery: a retry that arrives before the late answer to the first attempt is a retry', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { delay: 20, side: 'response' } })
  sim.produce(batchOf(1))
  sim.produce(batchOf(1))
  sim.run(50)
  expect(sim.cluster.delivery().records).toMatchObject([{ offsets: [0n, 1n], duplicatedBy: [1, 2] }])
})

test('delivery: what is refused is neither there nor acknowledged; refused after the append it is there', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { error: 'NOT_ENOUGH_REPLICAS' } })
  sim.cluster.fault({
    on: { api: 'Produce', nth: 2 },
    do: { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', after: 'append' },
  })
  sim.produce(batchOf([{ value: 'a' }]))
  sim.produce(batchOf([{ value: 'b' }]))
  expect(sim.cluster.delivery().records).toMatchObject([
    { status: 'absent-and-unacked', attempts: [{ answer: 'error', error: 'NOT_ENOUGH_REPLICAS', how: undefined }] },
    { status: 'present-but-unacked', attempts: [{ answer: 'error', error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' }] },
  ])
})

test('delivery: acks=0 wants no answer, and two equal records are two', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  for (let i = 0; i < 2; i++) sim.produce(batchOf(1), { acks: 0 })
  const { records } = sim.cluster.delivery()
  expect(records).toMatchObject([{ status: 'present-but-unacked', attempts: [{ answer: 'not-wanted' }] }, {}])
})

test('delivery: a record that comes to lie behind a later one of the same producer is out of order', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { error: 'NOT_LEADER_OR_FOLLOWER' } })
  sim.produce(batchOf([{ value: 'first' }]))
  sim.produce(batchOf([{ value: 'second' }]))
  sim.produce(batchOf([{ value: 'first' }]))
  const { records, counts } = sim.cluster.delivery()
  expect(counts).toMatchObject({ records: 2, reordered: 1, duplicated: 0 })
  expect(records).toMatchObject([
    { id: 1, offsets: [1n], overtakenBy: 2 },
    { id: 2, offsets: [0n], overtakenBy: undefined },
  ])
})

test('delivery: producers have no order among each other', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { error: 'NOT_LEADER_OR_FOLLOWER' } })
  sim.produce(batchOf([{ value: 'of 1' }], { producerId: 1n }))
  sim.produce(batchOf([{ value: 'of 2' }], { producerId: 2n }))
  sim.produce(batchOf([{ value: 'of 1' }], { producerId: 1n }))
  expect(sim.cluster.delivery().counts).toMatchObject({ records: 2, reordered: 0 })
})

test('delivery: what retention deleted is deleted, not lost', () => {
  const sim = new Simulation({ topics: { orders: 1 }, logBytesMax: 100, logOverflow: 'delete-oldest' })
  sim.produce(batchOf([{ value: 'old' }]))
  sim.produce(batchOf([{ value: 'new' }]))
  expect(sim.cluster.delivery().records.map(({ status }) => status)).toEqual(['acked-and-deleted', 'acked-and-present'])
  sim.cluster.assertDelivered()
})

test('delivery: what was acknowledged and is not in the log, or something else in its place, is lost', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  for (const value of ['a', 'b', 'c']) sim.produce(batchOf([{ value }]))
  const [a, b, c] = sim.cluster.records('orders')
  const { records } = judgeDelivery(evidence(sim.cluster, [a!, { ...c!, offset: b!.offset }]))
  expect(records.map(({ status }) => status)).toEqual(['acked-and-present', 'acked-but-lost', 'acked-but-lost'])
})

test('delivery: what is in the log and was never sent is a phantom', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf([{ value: 'a' }]))
  const [a] = sim.cluster.records('orders')
  const { phantoms, counts } = judgeDelivery(evidence(sim.cluster, [a!, { ...a!, offset: 1n }]))
  expect(phantoms.map(({ offset }) => offset)).toEqual([1n])
  expect(counts.phantoms).toBe(1)
})

test('delivery: a batch that nobody can read is named, and nothing is claimed of its records', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const batch = batchOf(1)
  batch[batch.length - 3] = 0xff
  sim.produce(batch)
  sim.produce(batchOf(1).subarray(0, 40))
  expect(sim.cluster.delivery()).toMatchObject({
    records: [],
    unreadable: [{ request: 1 }, { request: 2, topic: 'orders' }],
  })
})

test('delivery: is narrowed to a topic, a partition or a client', () => {
  const sim = new Simulation({ topics: { orders: 2, others: 1 } })
  sim.produce(batchOf(1), { partition: 0 })
  sim.produce(batchOf(2), { partition: 1 })
  sim.produce(batchOf(3), { topic: 'others' })
  const recordsOf = (query: Parameters<typeof sim.cluster.delivery>[0]) => sim.cluster.delivery(query).counts.records
  expect([recordsOf({}), recordsOf({ topic: 'orders' }), recordsOf({ partition: 1 })]).toEqual([6, 3, 2])
  expect([recordsOf({ clientId: 'raw' }), recordsOf({ clientId: 'other' })]).toEqual([6, 0])
})

test('delivery: the assertion tells the story of a record, attempt by attempt', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  sim.produce(batchOf([{ key: 'o-1', value: 'two coffees' }]))
  sim.produce(batchOf([{ key: 'o-1', value: 'two coffees' }]))
  expect(() => sim.cluster.assertDelivered()).toThrow(DeliveryError)
  expect(() => sim.cluster.assertDelivered()).toThrow(
    [
      'of 1 records 0 acknowledged but lost, 1 more than once in the log, 0 out of order:',
      '  record 1, orders-0, key "o-1", value "two coffees": acked-and-present; 2 times in the log, at 0, 1',
      '    request 1 at 2 ms (broker 1, connection 1): appended at 0, never answered',
      '    request 2 at 8 ms (broker 1, connection 2): appended at 1, acknowledged',
    ].join('\n'),
  )
})

test('delivery: a journal with holes is no evidence', () => {
  const sim = new Simulation({ topics: { orders: 1 }, journalEntriesMax: 1 })
  for (let i = 0; i < 2; i++) sim.produce(batchOf(1))
  expect(() => sim.cluster.delivery()).toThrow('the journal dropped its 1 oldest requests')
})

test('delivery: of kafkajs without idempotence, a lost answer makes a duplicate with two requests', async () => {
  await using cluster = await MockCluster.start({ topics: { orders: 1 } })
  cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  const kafka = new Kafka({
    clientId: 'shop',
    brokers: [cluster.bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10 },
  })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'two coffees' }] })
  await producer.send({ topic: 'orders', messages: [{ key: 'o-2', value: 'a tea' }] })
  await producer.disconnect()
  const [first, second] = cluster.delivery({ clientId: 'shop' }).records
  expect(first).toMatchObject({ status: 'acked-and-present', offsets: [0n, 1n] })
  expect(new Set(first?.duplicatedBy).size).toBe(2)
  expect(second).toMatchObject({ status: 'acked-and-present', offsets: [2n], attempts: [{ answer: 'acked' }] })
})

/** What the oracle would see if the log held this instead. */
function evidence(cluster: ClusterCore, records: ReturnType<ClusterCore['records']>) {
  const logs = [{ topic: 'orders', partition: 0, startOffset: 0n, records }]
  return { requests: cluster.requests, logs, topicNames: new Map(), codecs: portableCodecs }
}
