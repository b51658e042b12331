import { setTimeout as sleep } from 'node:timers/promises'
import { JavaKafkaClients } from '../clients/java-kafka-clients.ts'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { type KafkaVersion, kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import { readWithJava } from '../ledger/read-with-java.ts'
import type { Part } from '../part.ts'
import { writeResults } from '../results/results.ts'
import type { InteropRun } from '../step.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { makeTopic } from '../wire/make-topic.ts'
import { leadersOf, waitForInSync } from './in-sync.ts'
import type { LifeCycleResult } from './life-cycle-section.ts'
import { type LoadReport, steadyLoad } from './steady-load.ts'

const nodeIds = [1, 2, 3]
const partitions = 6
/** How long the load goes on undisturbed, before and after what happens to the brokers. */
const calmMs = 1000

/** A cluster finds out that a broker is dead after this long; 9 s is Kafka's default, and only waiting. */
const properties = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 }

interface LifeCycleFault {
  readonly name: string
  play(cluster: KafkaCluster, topic: string): Promise<void>
}

const faults: readonly LifeCycleFault[] = [
  {
    name: 'a broker is killed (SIGKILL) and comes back',
    async play(cluster, topic) {
      await cluster.killBroker(1)
      await waitForInSync(portOf(cluster, 2), topic, [2, 3])
      await sleep(calmMs)
      await cluster.startBroker(1)
      await waitForInSync(portOf(cluster, 1), topic, nodeIds)
    },
  },
  { name: 'a broker shuts down in good order and comes back', play: (cluster, topic) => restart(cluster, topic, 2) },
  {
    name: 'a rolling restart',
    async play(cluster, topic) {
      for (const nodeId of nodeIds) await restart(cluster, topic, nodeId)
    },
  },
  {
    name: 'all brokers are killed at once and come back',
    async play(cluster, topic) {
      await Promise.all(nodeIds.map((nodeId) => cluster.killBroker(nodeId)))
      await Promise.all(nodeIds.map((nodeId) => cluster.startBroker(nodeId)))
      await waitForInSync(portOf(cluster, 1), topic, nodeIds)
    },
  },
]

/** Our producer in front of three real brokers that go and come back under its load. */
export const lifeCyclePart: Part = {
  name: 'life-cycle',
  about: 'brokers are killed, stopped and restarted under the load of our producer; Java reads every record once',
  async run(run) {
    const rows: LifeCycleResult[] = []
    for (const version of kafkaVersions) rows.push(...(await playAll(run, version)))
    if (run.refresh) writeResults('life-cycle', { rows })
  },
}

async function playAll(run: InteropRun, version: KafkaVersion): Promise<LifeCycleResult[]> {
  await using cluster = await KafkaCluster.start({ version, brokers: nodeIds.length, properties })
  const java = new JavaKafkaClients(referenceKafka)
  await java.prepare()
  const rows: LifeCycleResult[] = []
  for (const [number, fault] of faults.entries()) {
    const topic = `life-cycle-${number}`
    const report = await run.step(`Kafka ${version}: ${fault.name}`, async () => {
      const report = await underLoad(cluster, topic, () => fault.play(cluster, topic))
      await readWithJava(java, { bootstrapServers: cluster.bootstrapServers, topic }, report.ledger)
      return report
    })
    if (report === undefined) continue
    const { ledger, slowestMs, retries } = report
    rows.push({ kafka: version, fault: fault.name, records: ledger.records, slowestMs, retries })
  }
  return rows
}

async function underLoad(cluster: KafkaCluster, topic: string, play: () => Promise<void>): Promise<LoadReport> {
  const port = portOf(cluster, 1)
  await using connection = await BrokerConnection.open('127.0.0.1', port)
  const config = { 'min.insync.replicas': '2' }
  await makeTopic(connection, { name: topic, partitions, replicas: nodeIds.length, config })
  await waitForInSync(port, topic, nodeIds)
  // Otherwise a broker could go without anybody noticing.
  const leaders = await leadersOf(port, topic)
  if (leaders.size < nodeIds.length) throw new Error(`only brokers ${[...leaders]} lead`)
  await using load = steadyLoad(cluster.bootstrapServers, topic)
  await sleep(calmMs)
  await play()
  await sleep(calmMs)
  return await load.stop()
}

/** A controlled shutdown, and back. */
async function restart(cluster: KafkaCluster, topic: string, nodeId: number): Promise<void> {
  await cluster.stopBroker(nodeId)
  await cluster.startBroker(nodeId)
  await waitForInSync(portOf(cluster, nodeId), topic, nodeIds)
}

function portOf(cluster: KafkaCluster, nodeId: number): number {
  return cluster.addresses.find((each) => each.nodeId === nodeId)!.port
}
