import { type KafkaReleaseName, MockCluster } from '@harrow/mock-broker'
import { Producer } from '@harrow/producer'
import { nodeCodecs } from '@harrow/protocol/node'
import { sampleRecords } from '../clients/sample-records.ts'
import type { Part } from '../part.ts'
import { dissect, tsharkVersion } from './tshark.ts'

/** The latest release whose requests the dissector of Wireshark 4.0 knows: it ends with Produce 8. */
const understood: KafkaReleaseName = '2.4'
const codecNames = ['none', 'gzip', 'snappy', 'lz4'] as const

/** Captures of the mock cluster, read by people who know nothing of us: Wireshark's dissector of Kafka. */
export const wiresharkPart: Part = {
  name: 'wireshark',
  about: "Wireshark reads the mock's exported runs, and finds no packet malformed",
  async run(run) {
    for (const codec of codecNames) {
      await run.step(
        `Kafka ${understood}, ${codec}: every request and answer, with a lost ack among them`,
        async () => {
          run.say(`tshark ${await tsharkVersion()}`)
          await readsAll(codec)
        },
      )
    }
  },
}

async function readsAll(codec: (typeof codecNames)[number]): Promise<void> {
  await using cluster = await MockCluster.start({ brokers: 3, kafka: understood, topics: { orders: 3 } })
  cluster.fault({ name: 'lose the ack', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  const config = {
    'bootstrap.servers': cluster.bootstrapServers,
    'compression.type': codec,
    'retry.backoff.ms': 20,
    'reconnect.backoff.ms': 20,
  } as const
  {
    await using producer = new Producer(config, { codecs: nodeCodecs })
    for (const record of sampleRecords) await producer.send({ topic: 'orders', ...record })
  }
  const packets = await dissect(
    cluster.exportPcapng(),
    cluster.brokers.map(({ port }) => port),
  )
  const requests = [...cluster.requests]
  const answered = requests.filter(({ answeredAtMs }) => answeredAtMs !== undefined)
  const ofAnswers = packets.filter(({ answers }) => answers !== '')
  const keys = packets
    .filter(({ answers }) => answers === '')
    .flatMap(({ apiKeys }) => apiKeys.split(',').filter(Boolean))
  mustBe('requests', keys.length, requests.length)
  mustBe('answers that it pairs with their requests', ofAnswers.length, answered.length)
  mustBe('malformed packets', packets.filter(({ malformed }) => malformed !== '').length, 0)
  mustBe('packets that break the rules of TCP', packets.filter(({ tcp }) => tcp !== '').length, 0)
  mustBe(
    'packets with the comment of the fault',
    packets.filter(({ comment }) => comment.includes('lose the ack')).length,
    1,
  )
}

function mustBe(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`)
}
