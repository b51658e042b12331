import { type KafkaReleaseName, MockCluster } from '@harrow/mock-broker'
import { Producer } from '@harrow/producer'
import { nodeCodecs } from '@harrow/protocol/node'
import { kcat } from '../clients/kcat.ts'
import { sampleRecords } from '../clients/sample-records.ts'
import type { Part } from '../part.ts'
import { type DissectedPacket, dissect, tsharkVersion } from './tshark.ts'

/** The latest release whose requests the dissector of Wireshark 4.0 knows: it ends with Produce 8. */
const understood: KafkaReleaseName = '2.4'
const codecNames = ['none', 'gzip', 'snappy', 'lz4'] as const
type Codec = (typeof codecNames)[number]

/** Captures of the mock cluster, read by people who know nothing of us: Wireshark's dissector of Kafka. */
export const wiresharkPart: Part = {
  name: 'wireshark',
  about: "Wireshark reads the mock's exported runs, and finds no packet malformed",
  async run(run) {
    const subjects: Readonly<Record<string, (bootstrapServers: string, codec: Codec) => Promise<void>>> = {
      'our producer': produceOurselves,
      kcat: async (bootstrapServers, codec) => {
        await kcat.prepare()
        await kcat.produce({ bootstrapServers, topic: 'orders', codec, acks: 'all', idempotent: true }, sampleRecords)
      },
    }
    for (const [subject, produce] of Object.entries(subjects)) {
      for (const codec of codecNames) {
        await run.step(
          `${subject}, ${codec}: every request and answer is read, with a lost ack among them`,
          async () => {
            await tsharkVersion()
            await readsAll((bootstrapServers) => produce(bootstrapServers, codec))
          },
        )
      }
    }
  },
}

async function produceOurselves(bootstrapServers: string, codec: Codec): Promise<void> {
  const config = {
    'bootstrap.servers': bootstrapServers,
    'compression.type': codec,
    'retry.backoff.ms': 20,
    'reconnect.backoff.ms': 20,
    'reconnect.backoff.max.ms': 100,
  } as const
  await using producer = new Producer(config, { codecs: nodeCodecs })
  for (const record of sampleRecords) await producer.send({ topic: 'orders', ...record })
}

async function readsAll(produce: (bootstrapServers: string) => Promise<void>): Promise<void> {
  await using cluster = await MockCluster.start({ brokers: 3, kafka: understood, topics: { orders: 3 } })
  cluster.fault({ name: 'lose the ack', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  await produce(cluster.bootstrapServers)
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
  mustBe('malformed packets', packets.filter((packet) => packet.malformed !== '' && !isDowngrade(packet)).length, 0)
  mustBe('packets that break the rules of TCP', packets.filter(({ tcp }) => tcp !== '').length, 0)
  mustBe(
    'packets with the comment of the fault',
    packets.filter(({ comment }) => comment.includes('lose the ack')).length,
    1,
  )
}

/**
 * An answer to an ApiVersions of a version that the broker does not know comes in version 0 (A1). The dissector reads it in
 * the version of the request, which it does not know either.
 */
function isDowngrade({ apiKeys, answerVersion }: DissectedPacket): boolean {
  return apiKeys === '18' && Number(answerVersion) > 3
}

function mustBe(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`)
}
