import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeResponse, metadata } from '@harrow/protocol'
import { mustRun } from '../command.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { kafkaClasspath } from './classpath.ts'
import { freePorts } from './free-ports.ts'
import { JavaProcess } from './java-process.ts'
import type { KafkaVersion } from './versions.ts'

export interface KafkaClusterOptions {
  readonly version: KafkaVersion
  /** Default 1. Their ids are 1, 2, ... and each is a controller too. */
  readonly brokers?: number
  /** What clients are told instead of the real ports: those of a proxy in front of each broker. */
  readonly advertisedPorts?: readonly number[]
  /** Added to every broker's properties. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>
}

interface BrokerSlot {
  readonly nodeId: number
  readonly port: number
  readonly advertisedPort: number
  readonly controllerPort: number
  readonly propertiesFile: string
  process: JavaProcess | undefined
}

/** Any valid id will do: a cluster lives in its own temporary folder and dies with it. */
const clusterId = 'AAAAAAAAQACAAAAAAAAAAQ'

/**
 * A real Apache Kafka cluster (KRaft, combined mode) on the loopback interface, with its data in a temporary folder.
 * It listens when `start` resolves.
 */
export class KafkaCluster implements AsyncDisposable {
  readonly version: KafkaVersion
  readonly classpath: readonly string[]
  private readonly folder: string
  private readonly slots: readonly BrokerSlot[]

  private constructor(version: KafkaVersion, classpath: readonly string[], folder: string, slots: BrokerSlot[]) {
    this.version = version
    this.classpath = classpath
    this.folder = folder
    this.slots = slots
  }

  /** Throws Skip without Java or the artifacts, Error when the broker does not come up within a minute. */
  static async start(options: KafkaClusterOptions): Promise<KafkaCluster> {
    const classpath = await kafkaClasspath(options.version)
    const count = options.brokers ?? 1
    const ports = await freePorts(2 * count)
    const folder = mkdtempSync(join(tmpdir(), 'harrow-kafka-'))
    const slots = Array.from({ length: count }, (_, index): BrokerSlot => {
      return {
        nodeId: index + 1,
        port: ports[index]!,
        advertisedPort: options.advertisedPorts?.[index] ?? ports[index]!,
        controllerPort: ports[count + index]!,
        propertiesFile: join(folder, `broker-${index + 1}.properties`),
        process: undefined,
      }
    })
    const cluster = new KafkaCluster(options.version, classpath, folder, slots)
    try {
      for (const slot of slots) writeFileSync(slot.propertiesFile, cluster.propertiesOf(slot, options.properties ?? {}))
      await Promise.all(slots.map((slot) => cluster.format(slot)))
      await Promise.all(slots.map((slot) => cluster.startBroker(slot.nodeId)))
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get bootstrapServers(): string {
    return this.slots.map((slot) => `127.0.0.1:${slot.port}`).join(',')
  }

  /** Where each broker listens, in the order of their ids. */
  get addresses(): readonly { nodeId: number; host: string; port: number }[] {
    return this.slots.map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port }))
  }

  async startBroker(nodeId: number): Promise<void> {
    const slot = this.slot(nodeId)
    slot.process = JavaProcess.start(this.classpath, 'kafka.Kafka', [slot.propertiesFile])
    await this.waitUntilReady(slot, slot.process)
  }

  /** A controlled shutdown; `startBroker` brings it back with its data. */
  async stopBroker(nodeId: number): Promise<void> {
    const slot = this.slot(nodeId)
    await slot.process?.stop('SIGTERM')
    slot.process = undefined
  }

  /** Without a farewell (SIGKILL). */
  async killBroker(nodeId: number): Promise<void> {
    const slot = this.slot(nodeId)
    await slot.process?.stop('SIGKILL')
    slot.process = undefined
  }

  async stop(): Promise<void> {
    // Nobody needs the data any more, and a controlled shutdown of the last controllers waits for a quorum that is gone.
    await Promise.all(this.slots.map((slot) => this.killBroker(slot.nodeId)))
    rmSync(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  private slot(nodeId: number): BrokerSlot {
    const slot = this.slots.find((each) => each.nodeId === nodeId)
    if (slot === undefined) throw new Error(`there is no broker ${nodeId}`)
    return slot
  }

  /** Until it answers Metadata and lists itself: then it is registered, unfenced and serves its listener. */
  private async waitUntilReady(slot: BrokerSlot, broker: JavaProcess): Promise<void> {
    const deadlineMs = performance.now() + 60_000
    while (!(await listsItself(slot))) {
      if (broker.hasExited) throw new Error(`broker ${slot.nodeId} ended while starting:\n${broker.tail()}`)
      if (performance.now() > deadlineMs)
        throw new Error(`broker ${slot.nodeId} is not up after 60 s:\n${broker.tail()}`)
      await sleep(100)
    }
  }

  private async format(slot: BrokerSlot): Promise<void> {
    const classpath = this.classpath.join(delimiter)
    const args = ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', slot.propertiesFile]
    await mustRun('java', ['-Xshare:auto', '-XX:TieredStopAtLevel=1', ...args])
  }

  private propertiesOf(slot: BrokerSlot, added: Readonly<Record<string, string | number | boolean>>): string {
    const replicas = Math.min(3, this.slots.length)
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': slot.nodeId,
      'controller.quorum.voters': this.slots.map((each) => `${each.nodeId}@127.0.0.1:${each.controllerPort}`).join(','),
      'controller.listener.names': 'CONTROLLER',
      listeners: `PLAINTEXT://127.0.0.1:${slot.port},CONTROLLER://127.0.0.1:${slot.controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${slot.advertisedPort}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': join(this.folder, `data-${slot.nodeId}`),
      'offsets.topic.replication.factor': replicas,
      'offsets.topic.num.partitions': 1,
      'transaction.state.log.replication.factor': replicas,
      'transaction.state.log.min.isr': 1,
      'transaction.state.log.num.partitions': 1,
      'group.initial.rebalance.delay.ms': 0,
      'auto.create.topics.enable': false,
      ...added,
    }
    return Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('')
  }
}

async function listsItself(slot: BrokerSlot): Promise<boolean> {
  try {
    await using connection = await BrokerConnection.open('127.0.0.1', slot.port)
    const { body } = decodeResponse(metadata, 1, await connection.request(metadata, 1, { topics: [] }))
    return body.brokers.some((broker) => broker.nodeId === slot.nodeId)
  } catch {
    // Nobody listens yet, or it hung up: ask again.
    return false
  }
}
