import { setImmediate as nextTurn } from 'node:timers/promises'
import { Producer } from '@harrow/producer'
import { JavaKafkaClients } from '../clients/java-kafka-clients.ts'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { referenceKafka } from '../kafka/versions.ts'
import { Ledger } from '../ledger/ledger.ts'
import { readWithJava } from '../ledger/read-with-java.ts'
import type { Part } from '../part.ts'
import { writeResults } from '../results/results.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { makeTopic } from '../wire/make-topic.ts'

/** Fewer than the name says, so that a run ends soon: `HARROW_INTEROP_RECORDS=10000000` for all of them. */
const recordsDefault = 1_000_000
/** Sent and not acknowledged: more of them are only memory. */
const openMax = 100_000
const partitions = 6
const valueBytes = 40

/** Ten million records of our producer, read from a real broker by Java's consumer, every one accounted for. */
export const tenMillionPart: Part = {
  name: 'ten-million',
  about: 'our producer writes ten million records to a real broker; Java reads them; each is there once and in order',
  async run(run) {
    const records = Number(process.env['HARROW_INTEROP_RECORDS'] ?? recordsDefault)
    await using cluster = await KafkaCluster.start({ version: referenceKafka })
    const java = new JavaKafkaClients(referenceKafka)
    await java.prepare()
    const topic = 'ten-million'
    await using connection = await BrokerConnection.open('127.0.0.1', cluster.addresses[0]!.port)
    await makeTopic(connection, { name: topic, partitions })
    const ledger = new Ledger(records)

    const produceSeconds = await run.step(`${records} records are acknowledged (idempotent, acks all, lz4)`, () => {
      return secondsOf(() => produceAll(cluster.bootstrapServers, topic, ledger))
    })
    const readSeconds = await run.step(
      'Java reads each once, at the acknowledged offset, in the order of the sends',
      () => {
        return secondsOf(async () => {
          await readWithJava(java, { bootstrapServers: cluster.bootstrapServers, topic }, ledger)
        })
      },
    )
    if (!run.refresh || produceSeconds === undefined || readSeconds === undefined) return
    writeResults('ten-million', { kafka: referenceKafka, records, produceSeconds, readSeconds })
  },
}

/** How long it took, in tenths. */
async function secondsOf(body: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await body()
  return Math.round((performance.now() - startMs) / 100) / 10
}

/** Every record carries its number in the first four bytes of its value. Resolves when all are acknowledged. */
async function produceAll(bootstrapServers: string, topic: string, ledger: Ledger): Promise<void> {
  const config = {
    'bootstrap.servers': bootstrapServers,
    'compression.type': 'lz4',
    'linger.ms': 5,
    'batch.size': 131_072,
    'buffer.memory': 268_435_456,
  } as const
  await using producer = new Producer(config)
  let failure: unknown
  let settled = 0
  for (let number = 0; number < ledger.records && failure === undefined; number++) {
    // Named, so that the order of the sends is the order that each partition must have.
    const partition = number % partitions
    const value = Buffer.alloc(valueBytes, 'harrow ')
    value.writeInt32BE(number)
    producer.send({ topic, partition, value }, (metadata, error) => {
      settled++
      if (metadata === undefined) failure = error
      else ledger.acknowledged(number, metadata.partition, metadata.offset)
    })
    if (number % 1_000 === 0) await nextTurn()
    while (number - settled > openMax) await nextTurn()
  }
  await producer.flush()
  if (failure !== undefined) throw failure
}
