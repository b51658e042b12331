import { apis, apiVersions, fetch, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type KafkaReleaseName, kafkaReleaseNames, MockCluster } from '../src/index.ts'
import { kafkaRelease, releasedApis } from '../src/kafka-releases.ts'
import { batchOf, Simulation } from './simulated.ts'

function offered(sim: Simulation, broker = 1): Map<number, [number, number]> {
  const rows = sim.ask(apiVersions, 0, {}, { broker })?.apiKeys ?? []
  return new Map(rows.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]))
}

test('releases: the table knows every API of the protocol', () => {
  expect([...releasedApis].sort()).toEqual(Object.keys(apis).sort())
})

test('releases: no release serves less than the one before it', () => {
  let before = kafkaRelease('0.11').apiVersionsMax
  for (const name of kafkaReleaseNames) {
    const { apiVersionsMax } = kafkaRelease(name)
    for (const [api, max] of before) expect(apiVersionsMax.get(api) ?? -1).toBeGreaterThanOrEqual(max)
    before = apiVersionsMax
  }
})

// From the ApiVersions answers of these releases: Produce, Fetch, Metadata, InitProducerId.
test.each<[KafkaReleaseName, number[]]>([
  ['0.11', [3, 5, 4, 0]],
  ['2.8', [9, 12, 11, 4]],
  ['3.7', [10, 16, 12, 4]],
  ['3.9', [11, 17, 12, 5]],
  ['4.0', [12, 17, 13, 5]],
])('releases: %s offers what it did', (kafka, expected) => {
  const rows = offered(new Simulation({ kafka }))
  expect([0, 1, 3, 22].map((key) => rows.get(key)?.[1])).toEqual(expected)
})

test('releases: an API that a release did not have is not offered, and closes the connection', () => {
  const sim = new Simulation({ kafka: '2.7' })
  expect([...offered(sim).keys()]).not.toContain(apis.DescribeCluster.key)
  const client = sim.client()
  client.send(apis.DescribeCluster, 0, { includeClusterAuthorizedOperations: false })
  sim.run(5)
  expect(client.closed).toBe('fin')
  expect(sim.cluster.findings[0]).toMatchObject({ kind: 'unknown-api' })
  expect(() => sim.cluster.assertRequestsHandled()).toThrow('DescribeCluster v0 is not answered by this cluster')
})

test('releases: each broker may be of its own, and a rolling upgrade changes one after the other', () => {
  const sim = new Simulation({ kafka: '3.7', brokers: [{}, { kafka: '2.8' }, {}] })
  const produceMax = (broker: number) => offered(sim, broker).get(produce.key)?.[1]
  expect([1, 2, 3].map(produceMax)).toEqual([10, 9, 10])
  sim.cluster.admin.roll({ downMs: 10, betweenMs: 1000, to: '4.1' }, () => {})
  sim.run(500)
  expect([1, 2, 3].map(produceMax)).toEqual([13, 9, 10])
  sim.run(5000)
  expect([1, 2, 3].map(produceMax)).toEqual([13, 13, 13])
})

test('releases: before 3.7 a smaller set in sync lets the high watermark go on, and acks=all ends with error 20', () => {
  const answerOf = (kafka: KafkaReleaseName) => {
    const topics = { orders: { partitions: 1, replicas: 3, config: { 'min.insync.replicas': 2 } } }
    const sim = new Simulation({ kafka, brokers: 3, topics })
    sim.cluster.admin.setLag(Number.POSITIVE_INFINITY)
    const client = sim.client(1)
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(1) }] }]
    const id = client.send(produce, 9, { transactionalId: null, acks: -1, timeoutMs: 500, topicData })
    sim.run(10)
    sim.cluster.admin.shrinkIsr({ topic: 'orders', partition: 0 })
    sim.run(600)
    return client.answer(produce, id)?.responses[0]?.partitionResponses[0]
  }
  expect(answerOf('3.6')).toMatchObject({ errorCode: 20, baseOffset: 0n })
  expect(answerOf('4.1')).toMatchObject({ errorCode: 7, baseOffset: 0n })
})

test('unhandled requests: a version that is not served fails the stop of the cluster, with a message', async () => {
  const { cluster, ask } = await withOldMetadata({})
  await ask()
  await expect(cluster.stop()).rejects.toThrow(/Metadata v99 of "raw" is not among v0 to v13/)
})

test.each(['warn', 'close'] as const)("unhandled requests: '%s' lets the cluster stop", async (onUnhandledRequest) => {
  const { cluster, ask } = await withOldMetadata({ onUnhandledRequest })
  await ask()
  expect(cluster.findings).toHaveLength(onUnhandledRequest === 'warn' ? 1 : 0)
  await cluster.stop()
})

async function withOldMetadata(options: { onUnhandledRequest?: 'warn' | 'close' }) {
  const { connect } = await import('node:net')
  const cluster = await MockCluster.start(options)
  const frame = Buffer.from([0, 0, 0, 14, 0, metadata.key, 0, 99, 0, 0, 0, 1, 0, 3, 0x72, 0x61, 0x77, 0])
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const { host, port } = cluster.broker(1)
      const socket = connect({ host, port }, () => void socket.write(frame))
      socket.on('close', () => resolve())
      socket.resume()
    })
  return { cluster, ask }
}

test('Fetch: an old release reads as well', () => {
  const sim = new Simulation({ kafka: '0.11', topics: { orders: 1 } })
  sim.produce(batchOf(2), { version: 3 })
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 20 }]
  const body = { maxWaitMs: 0, minBytes: 1, topics: [{ topic: 'orders', partitions }] }
  expect(sim.ask(fetch, 5, body)?.responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 2n })
})
