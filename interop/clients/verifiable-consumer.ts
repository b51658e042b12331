import { delimiter } from 'node:path'
import { MockCluster } from '@harrow/mock-broker'
import { Producer } from '@harrow/producer'
import { mustRun } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import type { KafkaVersion } from '../kafka/versions.ts'

const messages = 3000
/** The first member of the group ends in the middle of them. */
const shares = [1234, messages - 1234]

interface RecordData {
  readonly name: string
  readonly partition: number
  readonly offset: number
  readonly value: string
}

/**
 * Kafka's own test consumer (`org.apache.kafka.tools.VerifiableConsumer`), twice in one group: it commits after each poll,
 * so that the second one has to go on where the first one left. Returns what was shown.
 */
export async function judgeWithVerifiableConsumer(version: KafkaVersion): Promise<string> {
  const classpath = await kafkaClasspath(version)
  await using cluster = await MockCluster.start({ brokers: 3, topics: { verified: 3 }, autoCreateTopics: false })
  await using producer = new Producer({ 'bootstrap.servers': cluster.bootstrapServers })
  await Promise.all(
    Array.from({ length: messages }, (_, i) => producer.send({ topic: 'verified', partition: i % 3, value: `v${i}` })),
  )
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', classpath.join(delimiter)]
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'
  const at = ['--bootstrap-server', cluster.bootstrapServers, '--topic', 'verified', '--group-id', 'readers']
  const read: string[] = []
  for (const share of shares) {
    const tool = ['org.apache.kafka.tools.VerifiableConsumer', '--verbose', '--max-messages', String(share), ...at]
    const printed = await mustRun('java', [...java, quiet, ...tool], { timeoutMs: 90_000 })
    for (const line of printed.split('\n')) {
      if (!line.startsWith('{')) continue
      const event = JSON.parse(line) as RecordData
      if (event.name === 'record_data') read.push(`${event.partition}:${event.offset} ${event.value}`)
    }
  }
  const text = (value: Uint8Array | null) => Buffer.from(value ?? []).toString()
  const stored = cluster.records('verified').map((each) => `${each.partition}:${each.offset} ${text(each.value)}`)
  if (read.sort().join() !== stored.sort().join()) throw new Error(`${read.length} read, ${stored.length} stored`)
  return `${messages} messages by two members, one after the other, each read once`
}
