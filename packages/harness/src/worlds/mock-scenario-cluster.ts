import {
  ClusterCore,
  type ClusterOptions,
  type CoreFaultHandle,
  faultKinds,
  type ParsedFaultRule,
} from '@harrow/mock-broker/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Runtime, Transport } from '@harrow/runtime'
import type { FaultReport } from '../history.ts'
import { type ClusterFacts, clusterFacts, type Observed, type StoredBatch } from './cluster-facts.ts'
import { MeteredRuntime } from './metered-runtime.ts'
import type { ClusterParts, MakeCluster, RuleHit, ScenarioCluster } from './scenario-cluster.ts'

/** The mock cluster, with this core or with one that has a planted bug. */
export function mockCluster(Core: typeof ClusterCore = ClusterCore): MakeCluster {
  return (scenario, parts) => {
    // Fields that are undefined count as absent there too.
    const options = { brokers: 1, autoCreateTopics: false, ...scenario.cluster } as ClusterOptions
    return new CoreScenarioCluster(parts, (runtime, usual) => {
      const { trace } = parts
      return new Core(runtime, { ...usual, ...options }, { codecs: nodeCodecs, trace })
    })
  }
}

/** What every run asks of the mock. */
const usual = {
  journalOverflow: 'drop',
  // The recorder keeps the events, and nobody asks for the bytes.
  eventsMax: 0,
  captureBytesMax: 0,
} as const

/** A cluster of the mock's, as a run sees it. */
export class CoreScenarioCluster implements ScenarioCluster {
  readonly transport: Transport
  private readonly core: ClusterCore
  private readonly handles: CoreFaultHandle[] = []

  constructor(
    { runtime, random, seed, crashed }: ClusterParts,
    makeCore: (runtime: Runtime, usual: ClusterOptions) => ClusterCore,
  ) {
    this.transport = runtime.transport
    this.core = makeCore(new MeteredRuntime({ ...runtime, random }, crashed), { ...usual, seed })
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
      const hit = { name: handle.name, action: rule.do, clientId: clientTouched(rule) }
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
    // Also those that still run and are about to stop; one that is up stays as it is.
    for (const { id } of this.core.brokers) this.core.broker(id).start()
  }

  readFacts(startMs: number, done: (facts: ClusterFacts) => void): void {
    const topicNames = new Map(this.core.topics.map(({ id, name }) => [id, name]))
    done(clusterFacts({ topicNames, stored: this.stored(), ...this.seen() }, startMs))
  }

  /** What came over the wire. */
  protected seen(): Pick<Observed, 'requests' | 'findings'> {
    const { requests, findings } = this.core
    return {
      requests: [...requests],
      findings: [
        ...findings.map(({ kind, broker, message }) => `${kind} at broker ${broker}: ${message}`),
        // Whatever counts requests would count too few.
        ...(requests.dropped > 0 ? [`the journal is too small: ${requests.dropped} requests are missing`] : []),
      ],
    }
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

/** Of a rule that happens to the requests of one client: what happens to the cluster happens to all. */
function clientTouched({ on, do: action }: ParsedFaultRule): string | undefined {
  const kinds = Object.keys(action ?? {})
  const isAboutTheCluster = faultKinds.some(({ key, scope }) => scope === 'cluster' && kinds.includes(key))
  return isAboutTheCluster ? undefined : on?.clientId
}
