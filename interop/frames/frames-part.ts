import { writeFileSync } from 'node:fs'
import { type CapturedFrames, problemsOf } from '../../packages/protocol/test/captured-frames.ts'
import { foreignClients } from '../clients/index.ts'
import { sampleRecords } from '../clients/sample-records.ts'
import { freePorts } from '../kafka/free-ports.ts'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { type KafkaVersion, kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import type { InteropRun } from '../step.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { makeTopic } from '../wire/make-topic.ts'
import { worthKeeping } from './capture.ts'
import { sendOwnRequests } from './own-requests.ts'
import { type Exchange, RecordingProxy } from './recording-proxy.ts'

const goldenFolder = new URL('../../packages/protocol/golden/', import.meta.url)

const smallRecords = sampleRecords.filter(({ value }) => (value?.length ?? 0) < 1000)

/** Listens to real brokers and other people's clients, and puts every frame through our codec. */
export const framesPart: Part = {
  name: 'frames',
  about: 'what real brokers and clients say goes through our codec byte for byte',
  async run(run) {
    for (const version of kafkaVersions) await judgeFrames(run, version)
  },
}

async function judgeFrames(run: InteropRun, version: KafkaVersion): Promise<void> {
  const [proxyPort] = await freePorts(1)
  await using cluster = await KafkaCluster.start({ version, advertisedPorts: [proxyPort!] })
  await using proxy = await RecordingProxy.start(proxyPort!, cluster.addresses[0]!.port)
  const bootstrapServers = `127.0.0.1:${proxyPort}`
  const broker = `Apache Kafka ${version}`

  await run.step(`${broker} answers every API at every version`, async () => {
    await using connection = await BrokerConnection.open('127.0.0.1', proxyPort!)
    const id = await makeTopic(connection, { name: 'golden' })
    const notServed = await sendOwnRequests(connection, { name: 'golden', id })
    if (version === referenceKafka && notServed.length > 0) throw new Error(`not served: ${notServed.join(', ')}`)
    judge(run, `broker-${version}`, { client: 'harrow', broker }, proxy.take())
  })
  // Clients of every age are heard once: they speak to the newest broker.
  if (version !== referenceKafka) return
  for (const client of foreignClients) {
    await run.step(`${client.name} and ${broker}`, async () => {
      const clientVersion = await client.prepare()
      const topic = `golden-${client.id}`
      await using connection = await BrokerConnection.open('127.0.0.1', cluster.addresses[0]!.port)
      await makeTopic(connection, { name: topic })
      proxy.take()
      for (const codec of client.codecs) {
        await client.produce(
          { bootstrapServers, topic, acks: 'all', codec, idempotent: client.canBeIdempotent },
          smallRecords,
        )
      }
      await client.consume({ bootstrapServers, topic }, smallRecords.length * client.codecs.length)
      judge(run, client.id, { client: clientVersion, broker }, proxy.take())
    })
  }
}

function judge(
  run: InteropRun,
  file: string,
  origin: Omit<CapturedFrames, 'frames'>,
  exchanges: readonly Exchange[],
): void {
  const frames = worthKeeping(exchanges)
  const problems = frames.flatMap(problemsOf)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  if (frames.length === 0) throw new Error('nothing was heard')
  const versions = [...new Set(frames.map((frame) => `${frame.api} v${frame.version}`))]
  run.say(`${exchanges.length} exchanges, ${frames.length} kept, ${versions.length} versions of APIs`)
  if (!run.refresh) return
  const lines = frames.map((frame) => `    ${JSON.stringify(frame)}`).join(',\n')
  const { client, broker } = origin
  const json = `{\n  "client": ${JSON.stringify(client)},\n  "broker": ${JSON.stringify(broker)},\n  "frames": [\n${lines}\n  ]\n}\n`
  writeFileSync(new URL(`${file}.json`, goldenFolder), json)
}
