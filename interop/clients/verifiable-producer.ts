import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { MockCluster } from '@harrow/mock-broker'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import type { KafkaVersion } from '../kafka/versions.ts'

const messages = 3000

interface Success {
  readonly value: string
  readonly partition: number
  readonly offset: number
}

/**
 * Kafka's own test producer (`org.apache.kafka.tools.VerifiableProducer`): it says where each message went, which is
 * compared with the log. Meanwhile the mock appends the first batches and hangs up
 * instead of answering, so that
 * only idempotence keeps the log right. Returns what was shown.
 */
export async function judgeWithVerifiableProducer(version: KafkaVersion): Promise<string> {
  const classpath = await kafkaClasspath(version)
  await using cluster = await MockCluster.start({ brokers: 3, topics: { verified: 3 }, autoCreateTopics: false })
  const lost = cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  // It would not retry, and then it cannot be idempotent.
  const config = join(cacheFolder('java'), 'verifiable-producer.properties')
  writeFileSync(config, 'retries=2147483647\nenable.idempotence=true\n')
  const args = [
    '--bootstrap-server',
    cluster.bootstrapServers,
    '--topic',
    'verified',
    '--acks',
    '-1',
    '--producer.config',
    config,
  ]
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', classpath.join(delimiter)]
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'
  const tool = ['org.apache.kafka.tools.VerifiableProducer', '--max-messages', String(messages), '--throughput', '3000']
  const printed = await mustRun('java', [...java, quiet, ...tool, ...args], { timeoutMs: 90_000 })
  const events = printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { name: string } & Success)
  const acknowledged = events.filter(({ name }) => name === 'producer_send_success')
  const stored = cluster.records('verified')
  if (acknowledged.length !== messages || stored.length !== messages) {
    throw new Error(`${acknowledged.length} acknowledged and ${stored.length} stored of ${messages}`)
  }
  const at = new Map(
    stored.map((each) => [`${each.partition}:${each.offset}`, Buffer.from(each.value ?? []).toString()]),
  )
  const wrong = acknowledged.find(({ partition, offset, value }) => at.get(`${partition}:${offset}`) !== value)
  if (wrong !== undefined) throw new Error(`${wrong.value} is not at ${wrong.partition}:${wrong.offset}`)
  if (lost.hits() === 0) throw new Error('no answer was lost')
  return `${messages} messages, each in the log once and where it was acknowledged`
}
