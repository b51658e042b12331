import { ClusterCore, type ClusterOptions, type CoreFaultHandle, type ParsedFaultRule } from '@harrow/mock-broker/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Transport } from '@harrow/runtime'
import type { FaultReport } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { type ClusterFacts, clusterFacts, type StoredBatch } from './cluster-facts.ts'
import { MeteredRuntime } from './metered-runtime.ts'
import type { ClusterParts, MakeCluster, RuleHit, ScenarioCluster } from './scenario-cluster.ts'

/** The mock cluster, with this core or with one that has a planted bug. */
export function mockCluster(Core: typeof ClusterCore = ClusterCore): MakeCluster {
  return (scenario, parts) => new MockScenarioCluster(Core, scenario, parts)
}

class MockScenarioCluster implements ScenarioCluster {
  readonly transport: Transport
  private readonly core: ClusterCore
  private readonly handles: CoreFaultHandle[] = []

  constructor(Core: typeof ClusterCore, scenario: ParsedScenario, parts: ClusterParts) {
    const { runtime, random, seed, trace, crashed } = parts
    this.transport = runtime.transport
    // Fields that are undefined count as absent there too.
    const options = {
      brokers: 1,
      autoCreateTopics: false,
      journalOverflow: 'drop',
      // The recorder keeps the events, and nobody asks for the bytes.
      eventsMax: 0,
      captureBytesMax: 0,
      seed,
      ...scenario.cluster,
    } as ClusterOptions
    this.core = new Core(new MeteredRuntime({ ...runtime, random }, crashed), options, { codecs: nodeCodecs, trace })
  }

  get bootstrapServers(): string {
    return this.core.bootstrapServers
  }

  get openConnections(): number {
    return this.core.brokers.reduce((sum, { id }) => sum + this.core.broker(id).openConnections, 0)
  }

  start(done: (error?: Error) => void): void {
    this.core.start(done)
  }

  addFaults(rules: readonly ParsedFaultRule[], onHit: (hit: RuleHit) => void): void {
    for (const rule of rules) {
      const handle = this.core.fault(rule)
      const hit = { name: handle.name, action: rule.do }
      this.handles.push(handle)
      handle.onHit(() => onHit(hit))
    }
  }

  hitsOf(fault: string): number {
    return this.handles.find((handle) => handle.name === fault)?.hits() ?? 0
  }

  faultReports(): FaultReport[] {
    return this.core.faults().map(({ name, hits, isConsumed, closest }) => ({ name, hits, isConsumed, closest }))
  }

  heal(): void {
    for (const handle of this.handles) handle.remove()
    for (const broker of this.core.brokers) if (!broker.isRunning) this.core.broker(broker.id).start()
  }

  readFacts(startMs: number, done: (facts: ClusterFacts) => void): void {
    const { topics, requests, findings } = this.core
    const observed = {
      topicNames: new Map(topics.map(({ id, name }) => [id, name])),
      requests: [...requests],
      stored: this.stored(),
      findings: [
        ...findings.map(({ kind, broker, message }) => `${kind} at broker ${broker}: ${message}`),
        // Whatever counts requests would count too few.
        ...(requests.dropped > 0 ? [`the journal is too small: ${requests.dropped} requests are missing`] : []),
      ],
    }
    done(clusterFacts(observed, startMs))
  }

  stop(done: () => void): void {
    this.core.stop(done)
  }

  private *stored(): Generator<StoredBatch> {
    for (const { name: topic, partitions } of this.core.topics) {
      for (let partition = 0; partition < partitions; partition++) {
        for (const { bytes, baseOffset } of this.core.batches(topic, partition))
          yield { topic, partition, baseOffset, bytes }
      }
    }
  }
}
