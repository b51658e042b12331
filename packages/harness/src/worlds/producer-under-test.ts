import type { ProducerFacts, SentRecord, Settlement } from '../history.ts'
import type { Recorder } from './recorder.ts'
import type { RuleHit, ScenarioCluster } from './scenario-cluster.ts'

/** What a run needs of one producer: ours in this process, or somebody else's in a process of its own. */
export interface ProducerUnderTest {
  /** How steps call it; undefined for the only one of a run. */
  readonly name: string | undefined
  /** How long to wait for ends that are missing when close has returned: "never" must mean more than "not at once". */
  readonly missingEndsMs: number
  /** Whether a record that is handed over after close may be refused at any time, and not only there and then. */
  readonly refusesLate: boolean
  /** Calls back, once, when it can be opened. Time in the run begins when all producers can. */
  prepare(ready: () => void): void
  /** Makes the producer. Calls back, once, with why the scenario cannot be asked of it, or without. */
  open(stage: OpenStage, opened: (notApplicable?: string) => void): void
  /** Hands the record over. `settle` is called for every completion that is heard of. */
  send(record: SentRecord, settle: (end: Settlement) => void): void
  flush(done: () => void): void
  close(timeoutMs: number | undefined, done: () => void): void
  /** Comes before the close that ends the run: what an application that cares does, where it is not the law's business. */
  rest(done: () => void): void
  /** Settings by which it is asked whether every partition takes a record; undefined if it is not to be asked. */
  readonly probing: { readonly requestTimeoutMs: number; readonly reconnectBackoffMaxMs: number } | undefined
  /** Called after every event of a simulated world: throws if it contradicts itself. */
  checkInvariants(): void
  /** A look at its memory. */
  measure(): void
  /** Whether a broker may only not have heard yet that its connections are closed: asked within `missingEndsMs`. */
  isLeaving(): boolean
  /** Counts what it still holds. */
  count(completionsAfterClose: number): void
  /** What is known of it alone. `hits` are those of every fault. */
  facts(hits: readonly TimedHit[]): ProducerFacts
  /** Nothing more is asked of it, and nothing more may come of it. `hasEnded`: whether the run came to its end. */
  stop(hasEnded: boolean): void
}

/** A rule that acted, and when. */
export interface TimedHit extends RuleHit {
  readonly atMs: number
}

/** What a producer is opened on. */
export interface OpenStage {
  readonly cluster: ScenarioCluster
  readonly recorder: Recorder
}

/** What a producer may tell the run that it is part of. */
export interface RunAround {
  /** It threw, or died, or talks nonsense: the run is over. */
  cutShort(law: 'CRASH' | 'PROTOCOL', message: string, evidence: readonly string[]): void
  /** Runs what comes from outside; an exception is the verdict of the run. `who`: whose mistake it is. */
  guard(who: string, run: () => void): void
}
