import { Producer } from '@harrow/producer'
import { decodeResponse, describeProducers } from '@harrow/protocol'
import { loadZstd, nodeCodecs } from '@harrow/protocol/node'
import type { PlainRecord, ReadRecord } from '../clients/foreign-client.ts'
import { JavaKafkaClients } from '../clients/java-kafka-clients.ts'
import { sampleRecords } from '../clients/sample-records.ts'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { makeTopic } from '../wire/make-topic.ts'

const partitions = 5
const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** Our producer in front of real brokers; Java says what arrived. */
export const producerPart: Part = {
  name: 'producer',
  about: 'our producer writes to real brokers, and Java reads it',
  async run(run) {
    for (const version of kafkaVersions) {
      await using cluster = await KafkaCluster.start({ version })
      const java = new JavaKafkaClients(referenceKafka)
      await java.prepare()
      const topic = async (name: string, count = partitions) => {
        await using connection = await BrokerConnection.open('127.0.0.1', cluster.addresses[0]!.port)
        await makeTopic(connection, { name, partitions: count })
      }
      const at = { bootstrapServers: cluster.bootstrapServers }

      for (const codec of codecNames) {
        await run.step(`Kafka ${version}: ${codec}, every byte read back by Java`, async () => {
          await topic(`codec-${codec}`)
          const codecs = { ...nodeCodecs, zstd: await loadZstd() }
          const config = {
            'bootstrap.servers': at.bootstrapServers,
            'compression.type': codec,
            'linger.ms': 20,
          } as const
          await using producer = new Producer(config, { codecs })
          await Promise.all(sampleRecords.map((record) => producer.send({ topic: `codec-${codec}`, ...record })))
          const read = await java.consume({ ...at, topic: `codec-${codec}` }, sampleRecords.length)
          mustEqual(read.map(lineOf).sort(), sampleRecords.map(lineOf).sort(), 'what Java read')
        })
      }

      await run.step(`Kafka ${version}: keys land where Java's partitioner puts them`, async () => {
        await topic('keys')
        const keys = Array.from({ length: 500 }, (_, i) => `${'k'.repeat(i % 9)}é${i * 7919}`)
        await using producer = new Producer({ 'bootstrap.servers': at.bootstrapServers })
        const sent = await Promise.all(keys.map((key) => producer.send({ topic: 'keys', key, value: 'v' })))
        mustEqual(
          sent.map(({ partition }) => partition),
          await java.partitionsOf(keys, partitions),
          'the partitions',
        )
      })

      await run.step(`Kafka ${version}: a restart in the middle neither loses, repeats nor reorders`, async () => {
        await topic('restart', 1)
        const config = { 'bootstrap.servers': at.bootstrapServers, 'batch.size': 400, 'delivery.timeout.ms': 110_000 }
        await using producer = new Producer(config)
        const values = Array.from({ length: 4000 }, (_, i) => `v${i}`)
        const sent: Promise<unknown>[] = []
        const sendAll = (from: number, to: number) => {
          for (const value of values.slice(from, to)) sent.push(producer.send({ topic: 'restart', key: 'k', value }))
        }
        sendAll(0, 1000)
        await Promise.all(sent)
        sendAll(1000, 2000)
        await cluster.stopBroker(1)
        sendAll(2000, 3000)
        await cluster.startBroker(1)
        sendAll(3000, 4000)
        await Promise.all(sent)
        const read = await java.consume({ ...at, topic: 'restart' }, values.length)
        mustEqual(
          read.map(({ value }) => value),
          values,
          'the log',
        )
        await mustHaveOneProducer(cluster.addresses[0]!.port)
      })
    }
  },
}

/** As the broker sees it: one producer id all along. */
async function mustHaveOneProducer(port: number): Promise<void> {
  await using connection = await BrokerConnection.open('127.0.0.1', port)
  const frame = await connection.request(describeProducers, 0, { topics: [{ name: 'restart', partitionIndexes: [0] }] })
  const active = decodeResponse(describeProducers, 0, frame).body.topics[0]?.partitions[0]?.activeProducers ?? []
  if (active.length !== 1) throw new Error(`${active.length} producers wrote to the partition`)
}

function lineOf({ key, value, headers }: PlainRecord | ReadRecord): string {
  return JSON.stringify([key, value, headers])
}

function mustEqual(found: readonly unknown[], wanted: readonly unknown[], what: string): void {
  const at = wanted.findIndex((each, index) => each !== found[index])
  if (at === -1 && found.length === wanted.length) return
  const short = (value: unknown) => String(value).slice(0, 80)
  throw new Error(
    `${what}: ${found.length} of ${wanted.length}; at ${at}: ${short(found[at])}, not ${short(wanted[at])}`,
  )
}
