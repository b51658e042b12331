import { nodeCodecs } from '@harrow/protocol/node'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import type { ClusterOptions } from '../src/core.ts'
import { MockCluster, type StoredRecord } from '../src/index.ts'
import { readBack } from './read-back.ts'

/** kafkajs 2.2.4 as it comes from the registry: if it cannot produce and read back, the cluster is wrong. */

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs

// kafkajs compresses only gzip by itself and asks for the rest from whoever has it.
for (const [type, name] of [
  [CompressionTypes.Snappy, 'snappy'],
  [CompressionTypes.LZ4, 'lz4'],
] as const) {
  const codec = nodeCodecs[name]
  if (codec === undefined) throw new Error(`no ${name}`)
  CompressionCodecs[type] = () => ({
    compress: async (encoder: { buffer: Buffer }) => Buffer.from(codec.compress(encoder.buffer)),
    decompress: async (buffer: Buffer) => Buffer.from(codec.decompress(buffer, 2 ** 28)),
  })
}

const text = new TextEncoder()
const messages = [
  { key: 'a', value: 'first', headers: { plain: 'text', empty: '', many: ['1', '2'] } },
  { key: null, value: 'no key' },
  { key: 'tombstone', value: null },
  { key: Buffer.from([0, 255, 128]), value: Buffer.alloc(3000, 7), timestamp: '1767225600123' },
  { key: '', value: '' },
]

async function started(options: ClusterOptions = {}): Promise<{ cluster: MockCluster; kafka: kafkajs.Kafka }> {
  const cluster = await MockCluster.start({ brokers: 3, topics: { orders: { partitions: 3 } }, ...options })
  onTestFinished(() => cluster.stop())
  const brokers = cluster.bootstrapServers.split(',')
  const kafka = new Kafka({ brokers, clientId: 'kafkajs-test', logLevel: logLevel.NOTHING, retry: { retries: 3 } })
  return { cluster, kafka }
}

function expectMessages(records: readonly StoredRecord[]): void {
  const bytes = (value: string | Buffer | null): Uint8Array | null =>
    value === null ? null : Uint8Array.from(typeof value === 'string' ? text.encode(value) : value)
  expect(records.map(({ key, value }) => [key && Uint8Array.from(key), value && Uint8Array.from(value)])).toEqual(
    messages.map(({ key, value }) => [bytes(key), bytes(value)]),
  )
  expect(records[0]?.headers.map(({ key, value }) => [key, value && new TextDecoder().decode(value)])).toEqual([
    ['plain', 'text'],
    ['empty', ''],
    ['many', '1'],
    ['many', '2'],
  ])
  expect(records[3]?.timestamp).toBe(1_767_225_600_123)
}

test.each([
  ['none', CompressionTypes.None],
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
] as const)('kafkajs: every byte of a batch compressed with %s arrives', async (name, compression) => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ createPartitioner: () => () => 1 })
  await producer.connect()
  const [result] = await producer.send({ topic: 'orders', messages, acks: -1, compression })
  await producer.disconnect()
  expect(result).toMatchObject({ topicName: 'orders', partition: 1, errorCode: 0, baseOffset: '0' })
  const records = cluster.records('orders', 1)
  expectMessages(records)
  expect(new Set(records.map((record) => record.compression))).toEqual(new Set([name]))
  expect(await readBack(cluster, 'orders', 1)).toEqual(records)
  expect(cluster.findings).toEqual([])
})

test.each([-1, 1, 0])('kafkajs: acks=%i delivers', async (acks) => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  for (let i = 0; i < 3; i++) await producer.send({ topic: 'orders', messages: [{ value: `${i}` }], acks })
  // Nothing answers acks=0: a request that is answered, on the same connection, proves that they were handled.
  await producer.send({ topic: 'orders', messages: [{ value: 'last' }], acks: 1 })
  await producer.disconnect()
  expect(cluster.records('orders', 0).map(({ value }) => new TextDecoder().decode(value ?? undefined))).toEqual([
    '0',
    '1',
    '2',
    'last',
  ])
  expect(cluster.findings).toEqual([])
})

test('kafkajs: its idempotent producer gets an id and numbers its records', async () => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: () => () => 2 })
  await producer.connect()
  for (let i = 0; i < 3; i++) await producer.send({ topic: 'orders', messages: [{ value: 'x' }, { value: 'y' }] })
  await producer.disconnect()
  const records = cluster.records('orders', 2)
  expect(records.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5])
  expect(new Set(records.map(({ producerId, producerEpoch }) => `${producerId}/${producerEpoch}`)).size).toBe(1)
  expect(records[0]?.producerId).toBeGreaterThanOrEqual(0n)
})

test('kafkajs: its retry of an idempotent batch whose answer was lost is no duplicate', async () => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: () => () => 0 })
  await producer.connect()
  const lost = cluster.fault({
    name: 'lose the first ack',
    on: { api: 'Produce', nth: 1 },
    do: { disconnect: 'after-handling' },
  })
  await producer.send({ topic: 'orders', messages: [{ value: 'once' }] })
  await producer.disconnect()
  expect(lost.hits()).toBe(1)
  cluster.assertFaultsConsumed()
  expect(cluster.requests.filter({ api: 'Produce' }).map(({ applied, fault }) => [applied, fault])).toEqual([
    [true, 'lose the first ack'],
    [true, undefined],
  ])
  expect(cluster.records('orders')).toHaveLength(1)
})

test('kafkajs: it follows a leader that moves', async () => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'before' }] })
  const leader = cluster.moveLeader({ topic: 'orders', partition: 0 })
  await producer.send({ topic: 'orders', messages: [{ value: 'after' }] })
  await producer.disconnect()
  expect(leader).toBe(2)
  expect(cluster.records('orders', 0)).toHaveLength(2)
  expect(cluster.requests.filter({ api: 'Produce' }).map(({ broker, applied }) => [broker, applied])).toEqual([
    [1, true],
    [1, false],
    [2, true],
  ])
})

test('kafkajs: its admin creates topics and sees them', async () => {
  const { cluster, kafka } = await started()
  const admin = kafka.admin()
  await admin.connect()
  const topics = [
    {
      topic: 'made',
      numPartitions: 4,
      replicationFactor: 3,
      configEntries: [{ name: 'max.message.bytes', value: '1000' }],
    },
  ]
  expect(await admin.createTopics({ topics })).toBe(true)
  expect(await admin.createTopics({ topics })).toBe(false)
  expect(await admin.listTopics()).toEqual(['orders', 'made'])
  const metadata = await admin.fetchTopicMetadata({ topics: ['made'] })
  expect(metadata.topics[0]?.partitions.map(({ isr }) => isr.length)).toEqual([3, 3, 3, 3])
  const offsets = await admin.fetchTopicOffsets('made')
  expect(offsets.map(({ low, high }) => [low, high])).toEqual([
    ['0', '0'],
    ['0', '0'],
    ['0', '0'],
    ['0', '0'],
  ])
  await admin.disconnect()
  expect(cluster.topics.map(({ name }) => name)).toEqual(['orders', 'made'])
})

test('kafkajs: a topic that does not exist is created on the way', async () => {
  const { cluster, kafka } = await started()
  const producer = kafka.producer({ allowAutoTopicCreation: true })
  await producer.connect()
  await producer.send({ topic: 'fresh', messages: [{ value: 'x' }] })
  await producer.disconnect()
  expect(cluster.records('fresh')).toHaveLength(1)
})
