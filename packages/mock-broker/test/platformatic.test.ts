import { Admin, Consumer, type KafkaRecord, ProduceAcks, Producer } from '@platformatic/kafka'
import { expect, onTestFinished, test } from 'vitest'
import type { ClusterOptions } from '../src/core.ts'
import { MockCluster, type StoredRecord } from '../src/index.ts'
import { readBack } from './read-back.ts'

/**
 * @platformatic/kafka 1.35 as it comes from the registry. It opens with ApiVersions v3 or later, fetches by topic id,
 * and compresses zstd only where node:zlib can.
 */

async function started(options: ClusterOptions = {}): Promise<{ cluster: MockCluster; at: ClientOptions }> {
  const cluster = await MockCluster.start({ brokers: 3, topics: { orders: { partitions: 3 } }, ...options })
  onTestFinished(() => cluster.stop())
  const bootstrapBrokers = cluster.bootstrapServers.split(',')
  return { cluster, at: { clientId: 'platformatic-test', bootstrapBrokers, retries: 3, retryDelay: 20 } }
}

interface ClientOptions {
  readonly clientId: string
  readonly bootstrapBrokers: string[]
  readonly retries: number
  readonly retryDelay: number
}

// Timestamps less than 24 days apart: farther behind the first one, its varints come out positive, and the broker must
// refuse what then lies in the future.
const timestamp = 1_767_225_600_123n
const to = { topic: 'orders', partition: 1, timestamp }
const messages = [
  { ...to, key: Buffer.from('a'), value: Buffer.from('first'), headers: header('h', 'text') },
  { ...to, value: Buffer.from('no key') },
  { ...to, key: Buffer.from('tombstone') },
  { ...to, key: Buffer.from([0, 255, 128]), value: Buffer.alloc(3000, 7), headers: header('e', '') },
  { ...to, key: Buffer.from('t'), value: Buffer.from('u'), timestamp: timestamp - 1000n },
]

function header(key: string, value: string): Map<Buffer, Buffer> {
  return new Map([[Buffer.from(key), Buffer.from(value)]])
}

/** What was sent, or stored, or fetched, in one shape. */
function plain(record: {
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: Iterable<readonly [Uint8Array | null, Uint8Array | null]> | undefined
}) {
  const hex = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString('hex') : null)
  const headers = [...(record.headers ?? [])].map(([key, value]) => [hex(key), hex(value)])
  return { key: hex(record.key), value: hex(record.value), headers }
}

function stored({ key, value, headers }: StoredRecord) {
  return plain({ key, value, headers: headers.map((one) => [Buffer.from(one.key), one.value]) })
}

const hasZstd = Number(process.versions.node.split('.')[0]) >= 23

test.each(['none', 'gzip', 'snappy', 'lz4', ...(hasZstd ? (['zstd'] as const) : [])] as const)(
  '@platformatic/kafka: every byte of a batch compressed with %s arrives and comes back',
  async (compression) => {
    const { cluster, at } = await started()
    const producer = new Producer(at)
    const result = await producer.send({ messages, acks: ProduceAcks.ALL, compression })
    await producer.close()
    expect(result.offsets).toEqual([{ topic: 'orders', partition: 1, offset: 0n }])
    const records = cluster.records('orders', 1)
    expect(records.map(stored)).toEqual(messages.map(plain))
    expect(records[4]?.timestamp).toBe(Number(timestamp) - 1000)
    expect(records.every((record) => record.compression === compression)).toBe(true)
    expect(await readBack(cluster, 'orders', 1)).toEqual(records)

    const consumer = new Consumer({ ...at, groupId: 'none' })
    const topicId = (await consumer.metadata({ topics: ['orders'] })).topics.get('orders')?.id ?? ''
    const partition = {
      partition: 1,
      fetchOffset: 0n,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: 1 << 20,
    }
    const node = cluster.leader('orders', 1).id
    const fetched = await consumer.fetch({ node, topics: [{ topicId, partitions: [partition] }] })
    await consumer.close()
    const back = (fetched.responses[0]?.partitions[0]?.records ?? []).flatMap((batch): KafkaRecord[] => batch.records)
    expect(back.map(plain)).toEqual(messages.map(plain))
    expect(cluster.findings).toEqual([])
  },
)

test.each([
  ['0', ProduceAcks.NO_RESPONSE],
  ['1', ProduceAcks.LEADER],
  ['all', ProduceAcks.ALL],
] as const)('@platformatic/kafka: acks=%s delivers', async (_, acks) => {
  const { cluster, at } = await started()
  const producer = new Producer(at)
  for (let i = 0; i < 3; i++) {
    await producer.send({ messages: [{ topic: 'orders', partition: 0, value: Buffer.from(`${i}`) }], acks })
  }
  await producer.send({
    messages: [{ topic: 'orders', partition: 0, value: Buffer.from('last') }],
    acks: ProduceAcks.ALL,
  })
  await producer.close()
  expect(cluster.records('orders', 0).map(({ value }) => Buffer.from(value ?? []).toString())).toEqual([
    '0',
    '1',
    '2',
    'last',
  ])
  expect(cluster.findings).toEqual([])
})

test('@platformatic/kafka: its idempotent producer gets an id and numbers its records', async () => {
  const { cluster, at } = await started()
  const producer = new Producer({ ...at, idempotent: true })
  for (let i = 0; i < 3; i++) await producer.send({ messages: messages.slice(0, 2) })
  await producer.close()
  expect(cluster.records('orders', 1).map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5])
})

test('@platformatic/kafka: it says who it is, and the journal knows', async () => {
  const { cluster, at } = await started()
  const producer = new Producer(at)
  await producer.send({ messages: messages.slice(0, 1) })
  await producer.close()
  const [hello] = cluster.requests.filter({ api: 'ApiVersions', clientId: 'platformatic-test' })
  expect(hello).toMatchObject({ applied: true, softwareName: expect.stringContaining('platformatic') })
  expect(cluster.requests.filter({ api: 'Produce', topic: 'orders', partition: 1 })).toHaveLength(1)
  expect(cluster.requests.filter({ api: 'Produce', topic: 'orders', partition: 0 })).toHaveLength(0)
})

test('@platformatic/kafka: its admin creates topics', async () => {
  const { cluster, at } = await started()
  const admin = new Admin(at)
  const [made] = await admin.createTopics({ topics: ['made'], partitions: 4, replicas: 2 })
  await admin.close()
  expect(made).toMatchObject({ name: 'made', partitions: 4, replicas: 2 })
  const id = Buffer.from((made?.id ?? '').replaceAll('-', ''), 'hex').toString('base64url')
  expect(cluster.topics.find(({ name }) => name === 'made')).toMatchObject({ id, partitions: 4 })
})
