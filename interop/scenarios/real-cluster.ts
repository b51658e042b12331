import { ClusterCore, type UpstreamBroker } from '@harrow/mock-broker/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { ParsedScenario } from '../../packages/harness/src/scenario/schema.ts'
import { topicsOf } from '../../packages/harness/src/scenario/topics.ts'
import { type ClusterFacts, clusterFacts, type StoredBatch } from '../../packages/harness/src/worlds/cluster-facts.ts'
import { CoreScenarioCluster } from '../../packages/harness/src/worlds/mock-scenario-cluster.ts'
import type { ClusterParts, MakeCluster } from '../../packages/harness/src/worlds/scenario-cluster.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { type Connections, createRealTopics, deleteRealTopics, readPartition, realTopics } from './real-topics.ts'

/**
 * A cluster that is there already, and for nothing else, for one run of one scenario after the other: each finds no
 * topic (all that are there are deleted), makes its own, and takes them along. In front of every broker stands a door of the mock, which plays the faults of the wire and keeps the journal;
 * what is answered, and what is in the log in the end, is the real broker's.
 */
export function realCluster(brokers: readonly UpstreamBroker[]): MakeCluster {
  // Of the run before: two at a time would take each other's topics.
  let left = Promise.resolve()
  return (scenario, parts) => {
    const before = left
    let leave = (): void => {}
    left = new Promise((resolve) => {
      leave = resolve
    })
    return new RealScenarioCluster(brokers, scenario, parts, { before, leave })
  }
}

/** Runs take turns. */
interface Turn {
  readonly before: Promise<void>
  /** To be called when it is over. */
  readonly leave: () => void
}

class RealScenarioCluster extends CoreScenarioCluster {
  private readonly scenario: ParsedScenario
  private readonly upstream: readonly UpstreamBroker[]
  private readonly turn: Turn
  private connections: Connections = new Map()

  constructor(upstream: readonly UpstreamBroker[], scenario: ParsedScenario, parts: ClusterParts, turn: Turn) {
    const { trace } = parts
    super(parts, (runtime, usual) => {
      return new ClusterCore(runtime, { ...usual, brokers: upstream.length }, { codecs: nodeCodecs, trace, upstream })
    })
    this.upstream = upstream
    this.scenario = scenario
    this.turn = turn
  }

  /** As many as the scenario has, although there may be more. */
  override get bootstrapServers(): string {
    return super.bootstrapServers.split(',').slice(0, this.brokersMeant).join(',')
  }

  override start(done: (error?: Error) => void): void {
    this.prepare().then(() => super.start(done), done)
  }

  override readFacts(startMs: number, done: (facts: ClusterFacts) => void): void {
    const { requests, findings } = this.seen()
    this.readBack().then(
      ({ topicNames, stored }) => done(clusterFacts({ topicNames, requests, stored, findings }, startMs)),
      (error) => {
        const unread = `the log could not be read back: ${error instanceof Error ? error.message : error}`
        done(clusterFacts({ topicNames: new Map(), requests, stored: [], findings: [...findings, unread] }, startMs))
      },
    )
  }

  override stop(done: () => void): void {
    super.stop(() => {
      this.leave().then(done, done)
    })
  }

  private get brokersMeant(): number {
    return this.scenario.cluster?.brokers ?? 1
  }

  private async prepare(): Promise<void> {
    await this.turn.before
    const opened = this.upstream.map(
      async ({ id, host, port }) => [id, await BrokerConnection.open(host, port)] as const,
    )
    this.connections = new Map(await Promise.all(opened))
    // A run that was cut short leaves them behind.
    await deleteRealTopics(this.connections)
    await createRealTopics(this.connections, topicsOf(this.scenario), this.brokersMeant)
  }

  private async readBack(): Promise<{ topicNames: ReadonlyMap<string, string>; stored: StoredBatch[] }> {
    const [first] = this.connections.values()
    const topics = first === undefined ? [] : await realTopics(first)
    const stored: StoredBatch[] = []
    for (const { name: topic, leaders } of topics) {
      for (const [partition, leader] of leaders.entries()) {
        const connection = this.connections.get(leader)
        if (connection === undefined) throw new Error(`nobody leads ${topic}-${partition}`)
        for (const batch of await readPartition(connection, { topic, partition }))
          stored.push({ topic, partition, ...batch })
      }
    }
    return { topicNames: new Map(topics.map(({ id, name }) => [id, name])), stored }
  }

  private async leave(): Promise<void> {
    try {
      await deleteRealTopics(this.connections)
    } finally {
      for (const connection of this.connections.values()) await connection[Symbol.asyncDispose]()
      this.turn.leave()
    }
  }
}
