import type { ParsedFaultRule } from '@harrow/mock-broker/core'
import type { Random, Runtime, Transport } from '@harrow/runtime'
import type { FaultReport } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import type { ClusterFacts } from './cluster-facts.ts'

/** What a run needs of a cluster. The mock is one; whatever else speaks Kafka can be another. */
export interface ScenarioCluster {
  /** Valid once it has started. */
  readonly bootstrapServers: string
  /** How a producer of this process reaches it: a cluster without a journal listens in here. */
  readonly transport: Transport
  /** Connections that are open now, where it can tell; else 0. */
  readonly openConnections: number
  /** `done` when the scenario's topics are there, or with what is wrong. */
  start(done: (error?: Error) => void): void
  /** `onHit` hears whenever one of these rules has acted. */
  addFaults(rules: readonly ParsedFaultRule[], onHit: (hit: RuleHit) => void): void
  /** How often the rule of this name has acted. */
  hitsOf(fault: string): number
  /** How every rule has fared; to be asked before `heal`. */
  faultReports(): readonly FaultReport[]
  /** Every rule is taken out, and every broker runs. */
  heal(): void
  /** What it holds and has seen. `startMs` is when the run began, on the runtime's clock. */
  readFacts(startMs: number, done: (facts: ClusterFacts) => void): void
  /** `done` when nothing of it is left. */
  stop(done: () => void): void
}

export interface RuleHit {
  readonly name: string
  /** Undefined for a rule that only observes. */
  readonly action: ParsedFaultRule['do']
  /** The `client.id` that the rule is about, if it is about the requests of one client and nothing else. */
  readonly clientId: string | undefined
}

/** What a cluster is made of besides its scenario. */
export interface ClusterParts {
  readonly runtime: Runtime
  readonly random: Random
  readonly seed: number
  /** Hears everything that happens in it. */
  readonly trace: (event: { readonly event: string }) => void
  /** It threw. */
  readonly crashed: (error: unknown) => void
}

export type MakeCluster = (scenario: ParsedScenario, parts: ClusterParts) => ScenarioCluster
