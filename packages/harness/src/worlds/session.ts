import type { ClusterCore } from '@harrow/mock-broker/core'
import { type ParsedProducerConfig, ProducerCore, parseProducerConfig } from '@harrow/producer/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Runtime } from '@harrow/runtime'
import type {
  Census,
  FaultHit,
  FaultReport,
  History,
  Probe,
  ProducerSample,
  SentRecord,
  TraceEvent,
} from '../history.ts'
import type { ParsedScenario, WorldName } from '../scenario/schema.ts'
import { partitionsOf, topicsOf } from '../scenario/topics.ts'
import { runWorkload } from '../workload/index.ts'
import { recordValue, runMark } from '../workload/record-value.ts'
import type { Subject, SubjectRecord } from '../workload/step.ts'
import type { ClusterFacts } from './cluster-facts.ts'
import { impactMs, losesLeaders } from './fault-impact.ts'
import { MeteredRuntime } from './metered-runtime.ts'
import { mockCluster } from './mock-scenario-cluster.ts'
import { Recorder } from './recorder.ts'
import type { MakeCluster, RuleHit, ScenarioCluster } from './scenario-cluster.ts'
import { settingsOf } from './settings.ts'

/** The two cores under test. Others than ours: those with a planted bug. */
export interface Cores {
  readonly ProducerCore: typeof ProducerCore
  readonly ClusterCore: typeof ClusterCore
}

export interface SessionOptions {
  readonly world: WorldName
  readonly seed: number
  readonly timerSlackMs: number
  readonly cores?: Cores
  /** Default: the mock. */
  readonly makeCluster?: MakeCluster
  /** See `WorldOptions`. */
  readonly takesSamples?: boolean
}

const probeValueBytes = 40

const noFacts: ClusterFacts = { log: [], requests: [], batches: [], findings: [] }

/** After `close` has returned the world goes on for this long: whoever still acts then is found out. */
const afterCloseMs = 50

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
  private readonly recorder: Recorder
  private readonly cluster: ScenarioCluster
  private readonly producerRuntime: MeteredRuntime
  private readonly config: ParsedProducerConfig
  private producer: ProducerCore | undefined
  private phase: 'starting' | 'playing' | 'closing' | 'closed' | 'over' = 'starting'
  private closeCalled = false
  private completionsAfterClose = 0
  private census: Census | undefined
  private facts: ClusterFacts | undefined
  /** Taken while the rules were still in force. */
  private faults: readonly FaultReport[] | undefined
  private cut: History['cutShort']
  private readonly faultHits: FaultHit[] = []
  private readonly probes: Probe[] = []
  private readonly samples: ProducerSample[] = []
  private healedAtMs: number | undefined
  private availableBytesMin = Number.POSITIVE_INFINITY
  private availableBytesMax = Number.NEGATIVE_INFINITY

  constructor(runtime: Runtime, scenario: ParsedScenario, options: SessionOptions) {
    this.runtime = runtime
    this.scenario = scenario
    this.options = options
    this.run = runMark(runtime.random)
    this.recorder = new Recorder(runtime.clock)
    const crashed = (who: string) => (error: unknown) => this.crashed(who, error)
    const makeCluster = options.makeCluster ?? mockCluster(options.cores?.ClusterCore)
    this.cluster = makeCluster(scenario, {
      runtime,
      random: runtime.random.fork('cluster'),
      seed: options.seed,
      trace: (event) => this.recorder.trace('broker', event.event, event),
      crashed: crashed('cluster'),
    })
    const { transport } = this.cluster
    this.producerRuntime = new MeteredRuntime(
      { ...runtime, transport, random: runtime.random.fork('producer') },
      crashed('producer'),
    )
    this.config = parseProducerConfig({ ...scenario.producer, 'bootstrap.servers': 'unknown:1' })
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
    this.cluster.start((error) => {
      if (error !== undefined) return this.crashed('cluster', error)
      this.guard('run', () => this.play())
    })
  }

  /** After every event of the simulated world: a producer that contradicts itself is found where it does. */
  checkInvariants(): void {
    const { producer } = this
    if (producer !== undefined && this.phase !== 'over') this.guard('producer', () => producer.checkInvariants())
  }

  /** A look at the producer's memory. */
  measure(): void {
    if (this.producer === undefined) return
    const { bufferAvailableBytes } = this.producer
    this.availableBytesMin = Math.min(this.availableBytesMin, bufferAvailableBytes)
    this.availableBytesMax = Math.max(this.availableBytesMax, bufferAvailableBytes)
  }

  /** Of several looks in one moment the last one counts. */
  private sample(): void {
    if (this.producer === undefined) return
    const { bufferTotalBytes, bufferAvailableBytes, blockedSends } = this.producer.inspect()
    const atMs = this.recorder.nowMs()
    if (this.samples.at(-1)?.atMs === atMs) this.samples.pop()
    this.samples.push({ atMs, bufferedBytes: bufferTotalBytes - bufferAvailableBytes, bufferTotalBytes, blockedSends })
  }

  /** Ends the run here and now. Whatever can still be said about it is judged. */
  cutShort(law: 'LIVE' | 'CRASH', message: string, evidence: readonly string[]): void {
    if (this.phase === 'over') return
    this.cut ??= { law, message, evidence }
    this.faults ??= this.cluster.faultReports()
    this.phase = 'over'
    this.readFacts(() => {
      // Real sockets and timers must go, whatever state the producer is in.
      try {
        this.producer?.close({ timeoutMs: 0 }, () => {})
        this.cluster.stop(() => {})
      } catch {
        // It crashed already: that is what is being reported.
      }
      this.onOver()
    })
  }

  /** Once: what was read before the end stays. */
  private readFacts(done: () => void): void {
    if (this.facts !== undefined) return void done()
    this.cluster.readFacts(this.recorder.startMs, (facts) => {
      this.facts ??= facts
      done()
    })
  }

  history(worldLeftovers: readonly string[], busiest?: History['busiest']): History {
    const { facts = noFacts } = this
    return {
      run: this.run,
      world: this.options.world,
      producer: settingsOf(this.config, this.scenario.numbersFrom?.sequence ?? 0),
      timerSlackMs: this.options.timerSlackMs,
      losesLeaders: losesLeaders(this.scenario.faults),
      sent: this.recorder.sent,
      ...facts,
      faults: this.faults ?? [],
      faultHits: this.faultHits,
      isStrict: this.scenario.strict === true,
      probes: this.probes,
      healedAtMs: this.healedAtMs,
      withoutFaults: undefined,
      memory:
        this.availableBytesMin > this.availableBytesMax
          ? undefined
          : {
              totalBytes: this.config.bufferMemory,
              availableBytesMin: this.availableBytesMin,
              availableBytesMax: this.availableBytesMax,
            },
      busiest,
      ...(this.options.takesSamples === true ? { samples: this.samples } : {}),
      waits: this.recorder.waits,
      metrics: new Map(
        (this.producer?.readMetrics() ?? []).flatMap(({ group, name, value }) =>
          group === 'producer-metrics' && typeof value === 'number' ? [[name, value] as const] : [],
        ),
      ),
      census: this.census === undefined ? undefined : { ...this.census, worldLeftovers },
      cutShort: this.cut,
      trace: this.recorder.events,
      durationMs: this.recorder.nowMs(),
    }
  }

  private play(): void {
    this.phase = 'playing'
    const config = parseProducerConfig({
      ...this.scenario.producer,
      'bootstrap.servers': this.cluster.bootstrapServers,
    })
    const { ProducerCore: Core } = this.options.cores ?? { ProducerCore }
    this.producer = new Core(this.producerRuntime, config, {
      codecs: nodeCodecs,
      ...(this.scenario.numbersFrom === undefined ? {} : { numbersFrom: this.scenario.numbersFrom }),
      trace: (event) => {
        this.recorder.trace('producer', event.event, event)
        if (this.options.takesSamples === true) this.sample()
      },
    })
    const { cluster, scenario, recorder } = this
    cluster.addFaults(scenario.faults, ({ name, action }: RuleHit) => {
      if (action === undefined) return
      const [kind = ''] = Object.keys(action)
      this.faultHits.push({ atMs: recorder.nowMs(), name, action: kind, impactMs: impactMs(action, config) })
    })
    const stage = {
      clock: this.runtime.clock,
      subject: this.subject(this.producer),
      recorder,
      random: this.runtime.random.fork('workload'),
      timerSlackMs: this.options.timerSlackMs,
      hitsOf: (name: string) => cluster.hitsOf(name),
      partitionsOf: (topic: string) => partitionsOf(scenario, topic),
    }
    runWorkload(stage, scenario.workload, () => this.guard('run', () => this.heal()))
  }

  private subject(producer: ProducerCore): Subject {
    return {
      send: (wanted) => this.send(producer, wanted),
      flush: (done) => producer.flush(() => this.guard('run', done)),
      close: (timeoutMs, done) => {
        this.closeCalled = true
        producer.close(timeoutMs === undefined ? {} : { timeoutMs }, () => this.guard('run', done))
      },
    }
  }

  private send(
    producer: ProducerCore,
    { topic, key, partition, headers, valueBytes }: SubjectRecord,
    settled: () => void = () => {},
  ): void {
    const { recorder } = this
    const value = recordValue(this.run, recorder.sent.length, valueBytes)
    const record = recorder.submitted({ topic, key, partition, headers, value })
    // The caller's bytes are the caller's again as soon as `send` has returned.
    const bytes = value.slice()
    const wanted = {
      topic,
      key,
      value: bytes,
      ...(partition === undefined ? {} : { partition }),
      ...(headers === undefined ? {} : { headers }),
    }
    try {
      producer.send(wanted, (metadata, error) => {
        if (this.phase === 'closed' || this.phase === 'over') this.completionsAfterClose++
        const atMs = recorder.nowMs()
        if (metadata !== undefined) {
          const { partition, offset, timestamp } = metadata
          recorder.settled(record, { outcome: 'acknowledged', atMs, partition, offset, timestamp })
        } else this.failed(record, error)
        settled()
      })
      bytes.fill(0xee)
    } catch (error) {
      this.failed(record, error)
      settled()
    }
  }

  private failed(record: SentRecord, error: unknown): void {
    const {
      code = 'UNKNOWN',
      certainty = 'maybe',
      message,
    } = (error ?? {}) as { code?: string; certainty?: 'definite' | 'maybe'; message?: string }
    const atMs = this.recorder.nowMs()
    this.recorder.settled(record, {
      outcome: 'failed',
      atMs,
      error: code,
      certainty,
      message: message ?? String(error),
    })
  }

  /** All faults end: what is still open must now come to a good end, within the producer's own time limits. */
  private heal(): void {
    this.phase = 'closing'
    // Before they are taken out: a rule that is gone is not reported.
    this.faults = this.cluster.faultReports()
    this.cluster.heal()
    this.healedAtMs = this.recorder.nowMs()
    this.recorder.trace('workload', 'healed', {})
    if (this.closeCalled) return void this.closed()
    if (this.scenario.strict === true) this.probe()
    else this.close()
  }

  /**
   * What is doomed comes to its end, and connections that hang are found out; then every partition must take a record.
   * TigerBeetle's liveness mode: nothing goes wrong any more, so nothing may stay wrong.
   */
  private probe(): void {
    const { clock } = this.runtime
    const { requestTimeoutMs, reconnectBackoffMaxMs } = this.config
    this.producer!.flush(() => {
      clock.wakeAt(clock.nowMs() + requestTimeoutMs + reconnectBackoffMaxMs, () =>
        this.guard('run', () => {
          const targets = topicsOf(this.scenario).flatMap(({ name: topic, partitions }) =>
            Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
          )
          this.probeNext(targets, 0)
        }),
      )
    })
  }

  /** One after the other: together they may be too much for a small buffer. */
  private probeNext(targets: readonly { readonly topic: string; readonly partition: number }[], at: number): void {
    const target = targets[at]
    if (target === undefined) {
      this.close()
      return
    }
    this.probes.push({ number: this.recorder.sent.length, ...target })
    const record = { ...target, key: null, headers: undefined, valueBytes: probeValueBytes }
    this.send(this.producer!, record, () => {
      const { clock } = this.runtime
      clock.wakeAt(clock.nowMs(), () => this.guard('run', () => this.probeNext(targets, at + 1)))
    })
  }

  private close(): void {
    const returned = this.recorder.waitStarted('close', undefined)
    this.producer!.close({}, () => {
      returned()
      this.guard('run', () => this.closed())
    })
  }

  private closed(): void {
    this.phase = 'closed'
    const { clock } = this.runtime
    clock.wakeAt(clock.nowMs() + afterCloseMs, () =>
      this.guard('run', () => {
        const { bufferTotalBytes, bufferAvailableBytes } = this.producer!.inspect()
        this.census = {
          openLinks: this.producerRuntime.openLinks,
          pendingTimers: this.producerRuntime.pendingTimers,
          bufferedBytes: bufferTotalBytes - bufferAvailableBytes,
          completionsAfterClose: this.completionsAfterClose,
          worldLeftovers: [],
        }
        this.readFacts(() => {
          this.cluster.stop(() => {
            if (this.phase === 'over') return
            this.phase = 'over'
            this.onOver()
          })
        })
      }),
    )
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
