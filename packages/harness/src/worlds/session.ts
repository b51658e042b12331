import type { ClusterCore } from '@harrow/mock-broker/core'
import type { ProducerCore } from '@harrow/producer/core'
import type { Runtime } from '@harrow/runtime'
import type {
  FaultReport,
  History,
  Probe,
  ProducerFacts,
  ProducerOfRun,
  SentRecord,
  Settlement,
  TraceEvent,
} from '../history.ts'
import { defaultProducer, producersOf, type ScenarioProducer } from '../scenario/producers.ts'
import type { ParsedScenario, WorldName } from '../scenario/schema.ts'
import { partitionsOf, topicsOf } from '../scenario/topics.ts'
import { runWorkload } from '../workload/index.ts'
import { recordValue, runMark } from '../workload/record-value.ts'
import type { Stage, Subject, SubjectRecord } from '../workload/step.ts'
import type { ClusterFacts } from './cluster-facts.ts'
import { losesLeaders } from './fault-impact.ts'
import { mockCluster } from './mock-scenario-cluster.ts'
import { OwnProducer } from './own-producer.ts'
import type { ProducerUnderTest, RunAround, TimedHit } from './producer-under-test.ts'
import { Recorder } from './recorder.ts'
import type { MakeCluster, ScenarioCluster } from './scenario-cluster.ts'
import type { WorldRun } from './world.ts'

/** The two cores under test. Others than ours: those with a planted bug. */
export interface Cores {
  readonly ProducerCore: typeof ProducerCore
  readonly ClusterCore: typeof ClusterCore
}

/** Makes the producer that a scenario describes. */
export type MakeProducer = (one: ScenarioProducer, around: RunAround) => ProducerUnderTest

export interface SessionOptions {
  readonly world: WorldName
  readonly seed: number
  readonly timerSlackMs: number
  readonly cores?: Cores
  /** Default: the mock. */
  readonly makeCluster?: MakeCluster
  /** Default: ours, in this process. */
  readonly makeProducer?: MakeProducer
  /** See `WorldOptions`. */
  readonly takesSamples?: boolean
}

const probeValueBytes = 40

const noFacts: ClusterFacts = { log: [], requests: [], batches: [], findings: [] }

/** After `close` has returned the world goes on for this long: whoever still acts then is found out. */
const afterCloseMs = 50

/** What a run knows of a producer beyond what that knows itself. */
interface Played {
  readonly one: ScenarioProducer
  readonly producer: ProducerUnderTest
  isCloseCalled: boolean
  /** Its records that were handed over before close was called have lower numbers. */
  closedFromNumber: number
  completionsAfterClose: number
}

/**
 * One run of one scenario: start the cluster, put the faults in force, play the workload, heal, close, count what is
 * left. Written with callbacks and the runtime's clock only, so that it runs the same in virtual and in real time.
 */
export class Session {
  /** Called once, when there is nothing more to come. */
  onOver: () => void = () => {}
  private readonly runtime: Runtime
  private readonly scenario: ParsedScenario
  private readonly options: SessionOptions
  /** The mark of this run. */
  private readonly run: string
  private recorder: Recorder
  private cluster: ScenarioCluster | undefined
  private readonly producers: readonly Played[]
  private phase: 'preparing' | 'playing' | 'closing' | 'closed' | 'over' = 'preparing'
  private facts: ClusterFacts | undefined
  /** Taken while the rules were still in force. */
  private faults: readonly FaultReport[] | undefined
  private cut: History['cutShort']
  /** Why the scenario cannot be asked of its producers; then the history says nothing. */
  notApplicable: string | undefined
  private readonly hits: TimedHit[] = []
  private readonly probes: Probe[] = []
  private healedAtMs: number | undefined

  constructor(runtime: Runtime, scenario: ParsedScenario, options: SessionOptions) {
    this.runtime = runtime
    this.scenario = scenario
    this.options = options
    this.run = runMark(runtime.random)
    this.recorder = new Recorder(runtime.clock)
    const { takesSamples = false, cores } = options
    const { numbersFrom } = scenario
    const ours: MakeProducer = (one, around) =>
      new OwnProducer(one, { runtime, numbersFrom, takesSamples, Core: cores?.ProducerCore }, around)
    const { makeProducer = ours } = options
    const around: RunAround = {
      cutShort: (law, message, evidence) => this.cutShort(law, message, evidence),
      guard: (who, run) => this.guard(who, run),
    }
    this.producers = producersOf(scenario).map((one) => ({
      one,
      producer: makeProducer(one, around),
      isCloseCalled: false,
      closedFromNumber: Number.POSITIVE_INFINITY,
      completionsAfterClose: 0,
    }))
  }

  get isOver(): boolean {
    return this.phase === 'over'
  }

  get isCutShort(): boolean {
    return this.cut !== undefined
  }

  get traceHash(): string {
    return this.recorder.traceHash
  }

  lastEvents(count: number): TraceEvent[] {
    return this.recorder.events.slice(-count)
  }

  start(): void {
    this.guard('run', () => {
      this.eachProducer(
        ({ producer }, ready) => producer.prepare(ready),
        () => this.begin(),
      )
    })
  }

  /** After every event of the simulated world. */
  checkInvariants(): void {
    if (this.phase !== 'over') for (const { producer } of this.producers) producer.checkInvariants()
  }

  /** A look at the producers' memory. */
  measure(): void {
    for (const { producer } of this.producers) producer.measure()
  }

  /** Ends the run here and now. Whatever can still be said about it is judged. */
  cutShort(law: 'LIVE' | 'CRASH' | 'PROTOCOL', message: string, evidence: readonly string[]): void {
    if (this.phase === 'over') return
    this.cut ??= { law, message, evidence }
    this.end(false)
  }

  private begin(): void {
    const { runtime, scenario, options } = this
    // Time begins here: how long a client takes to load is not what is judged.
    this.recorder = new Recorder(runtime.clock)
    const makeCluster = options.makeCluster ?? mockCluster(options.cores?.ClusterCore)
    const cluster = makeCluster(scenario, {
      runtime,
      random: runtime.random.fork('cluster'),
      seed: options.seed,
      trace: (event) => this.recorder.trace('broker', event.event, event),
      crashed: (error) => this.crashed('cluster', error),
    })
    this.cluster = cluster
    cluster.start((error) => {
      if (error !== undefined) return this.crashed('cluster', error)
      this.guard('run', () => this.open(cluster))
    })
  }

  private open(cluster: ScenarioCluster): void {
    const { recorder, scenario } = this
    cluster.addFaults(scenario.faults, (hit) => {
      this.hits.push({ ...hit, atMs: recorder.nowMs() })
    })
    this.eachProducer(
      ({ producer }, opened) =>
        producer.open({ cluster, recorder }, (notApplicable) => {
          this.notApplicable ??= notApplicable
          opened()
        }),
      () => {
        if (this.notApplicable === undefined) this.play(cluster)
        else this.end(true)
      },
    )
  }

  private play(cluster: ScenarioCluster): void {
    this.phase = 'playing'
    const { scenario, recorder, runtime, options } = this
    const [first] = this.producers
    const common = {
      clock: runtime.clock,
      recorder,
      random: runtime.random.fork('workload'),
      timerSlackMs: options.timerSlackMs,
      hitsOf: (name: string) => cluster.hitsOf(name),
      partitionsOf: (topic: string) => partitionsOf(scenario, topic),
    }
    const stageOf = (producer: string | undefined, played: Played): Stage => ({
      ...common,
      producer,
      subject: this.subject(played),
      of: (name) => stages.get(name)!,
    })
    const stages = new Map(this.producers.map((one) => [one.one.name, stageOf(one.one.name, one)]))
    const stage = stageOf(undefined, first!)
    runWorkload(stage, scenario.workload, () => this.guard('run', () => this.heal(cluster)))
  }

  private subject(played: Played): Subject {
    const { producer } = played
    return {
      name: producer.name,
      send: (wanted) => this.send(played, wanted),
      flush: (done) => producer.flush(() => this.guard('run', done)),
      close: (timeoutMs, done) => this.close(played, timeoutMs, done),
    }
  }

  private send(
    played: Played,
    { topic, key, partition, headers, valueBytes }: SubjectRecord,
    settled: () => void = () => {},
  ): void {
    const { recorder } = this
    const { producer } = played
    const value = recordValue(this.run, recorder.sent.length, valueBytes)
    const record = recorder.submitted({ topic, key, partition, headers, value, producer: producer.name })
    producer.send(record, (end) => {
      this.settled(played, record, end)
      settled()
    })
  }

  private settled(played: Played, record: SentRecord, end: Settlement): void {
    const mayBeLate = played.producer.refusesLate && record.number >= played.closedFromNumber
    if ((this.phase === 'closed' || this.phase === 'over') && !mayBeLate) played.completionsAfterClose++
    this.recorder.settled(record, end)
  }

  private close(played: Played, timeoutMs: number | undefined, done: () => void): void {
    played.isCloseCalled = true
    played.closedFromNumber = Math.min(played.closedFromNumber, this.recorder.sent.length)
    played.producer.close(timeoutMs, () => this.guard('run', done))
  }

  /** All faults end: what is still open must now come to a good end, within the producers' own time limits. */
  private heal(cluster: ScenarioCluster): void {
    this.phase = 'closing'
    // Before they are taken out: a rule that is gone is not reported.
    this.faults = cluster.faultReports()
    cluster.heal()
    this.healedAtMs = this.recorder.nowMs()
    this.recorder.trace('workload', 'healed', {})
    this.eachProducer(
      (played, closed) => {
        if (played.isCloseCalled) return void closed()
        const close = (): void => this.closeInTheEnd(played, closed)
        if (this.scenario.strict === true && played.producer.probing !== undefined) this.probe(played, close)
        else played.producer.rest(() => this.guard('run', close))
      },
      () => this.closed(cluster),
    )
  }

  private closeInTheEnd(played: Played, done: () => void): void {
    const returned = this.recorder.waitStarted('close', { producer: played.producer.name })
    this.close(played, undefined, () => {
      returned()
      done()
    })
  }

  /**
   * What is doomed comes to its end, and connections that hang are found out; then every partition must take a record.
   * TigerBeetle's liveness mode: nothing goes wrong any more, so nothing may stay wrong.
   */
  private probe(played: Played, done: () => void): void {
    const { clock } = this.runtime
    const { requestTimeoutMs, reconnectBackoffMaxMs } = played.producer.probing!
    const targets = topicsOf(this.scenario).flatMap(({ name: topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    )
    /** One after the other: together they may be too much for a small buffer. */
    const probeNext = (at: number): void => {
      const target = targets[at]
      if (target === undefined) return void done()
      this.probes.push({ number: this.recorder.sent.length, ...target })
      this.send(played, { ...target, key: null, headers: undefined, valueBytes: probeValueBytes }, () => {
        clock.wakeAt(clock.nowMs(), () => this.guard('run', () => probeNext(at + 1)))
      })
    }
    played.producer.flush(() => {
      clock.wakeAt(clock.nowMs() + requestTimeoutMs + reconnectBackoffMaxMs, () =>
        this.guard('run', () => probeNext(0)),
      )
    })
  }

  private closed(cluster: ScenarioCluster): void {
    this.phase = 'closed'
    const untilMs =
      this.recorder.nowMs() + afterCloseMs + Math.max(...this.producers.map(({ producer }) => producer.missingEndsMs))
    this.countLater(cluster, untilMs)
  }

  /** Counts what is left, as soon as every record has its end, or that is waited for no longer. */
  private countLater(cluster: ScenarioCluster, untilMs: number): void {
    const { clock } = this.runtime
    clock.wakeAt(clock.nowMs() + afterCloseMs, () =>
      this.guard('run', () => {
        // Or a world with real timers would go on after somebody cut the run short.
        if (this.phase === 'over') return
        const { sent, settledCount } = this.recorder
        const isLate = settledCount < sent.length || this.producers.some(({ producer }) => producer.isLeaving())
        if (isLate && this.recorder.nowMs() < untilMs) return void this.countLater(cluster, untilMs)
        for (const { producer, completionsAfterClose } of this.producers) producer.count(completionsAfterClose)
        this.end(true)
      }),
    )
  }

  /** Takes down what is there, and tells. `hasEnded`: in the order of things, and not in the middle. */
  private end(hasEnded: boolean): void {
    if (this.phase === 'over') return
    const { cluster } = this
    if (hasEnded) {
      if (cluster === undefined) return void this.over()
      this.readFacts(cluster, () => {
        this.stopProducers(true)
        cluster.stop(() => this.over())
      })
      return
    }
    this.phase = 'over'
    if (cluster === undefined) {
      this.stopProducers(false)
      return void this.onOver()
    }
    this.faults ??= cluster.faultReports()
    this.readFacts(cluster, () => {
      this.stopProducers(false)
      try {
        cluster.stop(() => {})
      } catch {
        // It crashed already: that is what is being reported.
      }
      this.onOver()
    })
  }

  private over(): void {
    if (this.phase === 'over') return
    this.phase = 'over'
    this.onOver()
  }

  private stopProducers(hasEnded: boolean): void {
    for (const { producer } of this.producers) {
      try {
        producer.stop(hasEnded)
      } catch {
        // It crashed already: that is what is being reported.
      }
    }
  }

  /** Once: what was read before the end stays. */
  private readFacts(cluster: ScenarioCluster, done: () => void): void {
    if (this.facts !== undefined) return void done()
    cluster.readFacts(this.recorder.startMs, (facts) => {
      this.facts ??= facts
      done()
    })
  }

  /** For a world that cannot be repeated. */
  result(worldLeftovers: readonly string[]): WorldRun {
    const { notApplicable } = this
    const history = this.history(worldLeftovers)
    return { history, traceHash: undefined, steps: 0, ...(notApplicable === undefined ? {} : { notApplicable }) }
  }

  history(worldLeftovers: readonly string[], busiest?: History['busiest']): History {
    const { facts = noFacts, recorder, scenario, options } = this
    const known = this.producers.map(({ one, producer }) => ({ one, facts: producer.facts(this.hits) }))
    return {
      ...known[0]!.facts,
      ...(scenario.producers === undefined ? {} : { producers: known.map(producerOfRun) }),
      run: this.run,
      world: options.world,
      timerSlackMs: options.timerSlackMs,
      losesLeaders: losesLeaders(scenario.faults),
      sent: recorder.sent,
      ...facts,
      faults: this.faults ?? [],
      isStrict: scenario.strict === true,
      probes: this.probes,
      healedAtMs: this.healedAtMs,
      withoutFaults: undefined,
      busiest,
      waits: recorder.waits,
      worldLeftovers,
      cutShort: this.cut,
      trace: recorder.events,
      durationMs: recorder.nowMs(),
    }
  }

  /** Does it for every producer, side by side, and calls `done` when all are. */
  private eachProducer(run: (played: Played, done: () => void) => void, done: () => void): void {
    let open = this.producers.length
    for (const played of this.producers) {
      run(played, () => {
        open--
        if (open === 0) this.guard('run', done)
      })
    }
  }

  private crashed(who: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.cutShort(
      'CRASH',
      `the ${who} threw: ${error instanceof Error ? error.message : String(error)}`,
      stack.split('\n').slice(1, 8),
    )
  }

  private guard(who: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.crashed(who, error)
    }
  }
}

function producerOfRun({
  one,
  facts,
}: {
  readonly one: ScenarioProducer
  readonly facts: ProducerFacts
}): ProducerOfRun {
  const { name = defaultProducer, clientId } = one
  return { ...facts, name, clientId: facts.foreign?.cannot.has('client.id') ? undefined : clientId }
}
