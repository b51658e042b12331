import { ClusterCore, type ClusterOptions, type CoreFaultHandle, faultKinds } from '@harrow/mock-broker/core'
import { type ParsedProducerConfig, ProducerCore, parseProducerConfig } from '@harrow/producer/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Runtime } from '@harrow/runtime'
import type { Census, FaultHit, FaultReport, History, Probe, SentRecord, TraceEvent } from '../history.ts'
import type { ParsedScenario, WorldName } from '../scenario/schema.ts'
import { runWorkload } from '../workload/index.ts'
import { recordValue } from '../workload/record-value.ts'
import type { Subject, SubjectRecord } from '../workload/step.ts'
import { type ClusterFacts, clusterFacts, faultReports } from './cluster-facts.ts'
import { impactMs } from './fault-impact.ts'
import { MeteredRuntime } from './metered-runtime.ts'
import { Recorder } from './recorder.ts'

/** The two cores under test. Others than ours: those with a planted bug. */
export interface Cores {
  readonly ProducerCore: typeof ProducerCore
  readonly ClusterCore: typeof ClusterCore
}

const ourCores: Cores = { ProducerCore, ClusterCore }

export interface SessionOptions {
  readonly world: WorldName
  readonly seed: number
  readonly timerSlackMs: number
  readonly cores?: Cores
}

/** Kinds of faults after which somebody else may lead. */
const leaderTakers = faultKinds.filter((kind) => kind.takesLeadership).map(({ key }) => key)
const probeValueBytes = 40

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
  /** The mark of this run: from the seed, so that a repetition writes the same bytes. */
  private readonly run: string
  private readonly recorder: Recorder
  private readonly cluster: ClusterCore
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
  private readonly handles: CoreFaultHandle[] = []
  private readonly faultHits: FaultHit[] = []
  private readonly probes: Probe[] = []
  private healedAtMs: number | undefined
  private availableBytesMin = Number.POSITIVE_INFINITY
  private availableBytesMax = Number.NEGATIVE_INFINITY

  constructor(runtime: Runtime, scenario: ParsedScenario, options: SessionOptions) {
    this.runtime = runtime
    this.scenario = scenario
    this.options = options
    this.run = runtime.random
      .fork('run')
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0')
    this.recorder = new Recorder(runtime.clock)
    const crashed = (who: string) => (error: unknown) => this.crashed(who, error)
    const clusterRuntime = new MeteredRuntime(
      { ...runtime, random: runtime.random.fork('cluster') },
      crashed('cluster'),
    )
    this.producerRuntime = new MeteredRuntime(
      { ...runtime, random: runtime.random.fork('producer') },
      crashed('producer'),
    )
    this.config = parseProducerConfig({ ...scenario.producer, 'bootstrap.servers': 'unknown:1' })
    const { ClusterCore } = options.cores ?? ourCores
    this.cluster = new ClusterCore(
      clusterRuntime,
      // Fields that are undefined count as absent there too.
      {
        brokers: 1,
        autoCreateTopics: false,
        journalOverflow: 'drop',
        // The recorder keeps the events, and nobody asks for the bytes.
        eventsMax: 0,
        captureBytesMax: 0,
        seed: options.seed,
        ...scenario.cluster,
      } as ClusterOptions,
      {
        codecs: nodeCodecs,
        trace: (event) => this.recorder.trace('broker', event.event, event),
      },
    )
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

  /** Ends the run here and now. Whatever can still be said about it is judged. */
  cutShort(law: 'LIVE' | 'CRASH', message: string, evidence: readonly string[]): void {
    if (this.phase === 'over') return
    this.cut ??= { law, message, evidence }
    this.faults ??= faultReports(this.cluster)
    this.facts ??= clusterFacts(this.cluster, this.recorder.startMs)
    this.phase = 'over'
    // Real sockets and timers must go, whatever state the producer is in.
    try {
      this.producer?.close({ timeoutMs: 0 }, () => {})
      this.cluster.stop(() => {})
    } catch {
      // It crashed already: that is what is being reported.
    }
    this.onOver()
  }

  history(worldLeftovers: readonly string[], busiest?: History['busiest']): History {
    const facts = this.facts ?? clusterFacts(this.cluster, this.recorder.startMs)
    return {
      run: this.run,
      world: this.options.world,
      producer: { ...settingsOf(this.config), firstSequence: this.scenario.numbersFrom?.sequence ?? 0 },
      timerSlackMs: this.options.timerSlackMs,
      losesLeaders: this.scenario.faults.some(({ do: action = {} }) => leaderTakers.some((kind) => kind in action)),
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
    const { ProducerCore } = this.options.cores ?? ourCores
    this.producer = new ProducerCore(this.producerRuntime, config, {
      codecs: nodeCodecs,
      ...(this.scenario.numbersFrom === undefined ? {} : { numbersFrom: this.scenario.numbersFrom }),
      trace: (event) => this.recorder.trace('producer', event.event, event),
    })
    for (const rule of this.scenario.faults) {
      const handle = this.cluster.fault(rule)
      this.handles.push(handle)
      if (rule.do === undefined) continue
      const { name } = handle
      const [action = ''] = Object.keys(rule.do)
      const impact = impactMs(rule.do, config)
      handle.onHit(() => this.faultHits.push({ atMs: this.recorder.nowMs(), name, action, impactMs: impact }))
    }
    const stage = {
      clock: this.runtime.clock,
      subject: this.subject(this.producer),
      recorder: this.recorder,
      random: this.runtime.random.fork('workload'),
      timerSlackMs: this.options.timerSlackMs,
      hitsOf: (name: string) => this.handles.find((handle) => handle.name === name)?.hits() ?? 0,
      partitionsOf: (topic: string) => this.partitionsOf(topic),
    }
    runWorkload(stage, this.scenario.workload, () => this.guard('run', () => this.heal()))
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

  private partitionsOf(topic: string): number {
    const options = this.scenario.cluster?.topics?.[topic]
    return (typeof options === 'object' ? options.partitions : options) ?? 1
  }

  /** All faults end: what is still open must now come to a good end, within the producer's own time limits. */
  private heal(): void {
    this.phase = 'closing'
    // Before they are taken out: a rule that is gone is not reported.
    this.faults = faultReports(this.cluster)
    for (const handle of this.handles) handle.remove()
    for (const broker of this.cluster.brokers) if (!broker.isRunning) this.cluster.broker(broker.id).start()
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
          const targets = Object.keys(this.scenario.cluster?.topics ?? {}).flatMap((topic) =>
            Array.from({ length: this.partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
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
        this.facts = clusterFacts(this.cluster, this.recorder.startMs)
        this.cluster.stop(() => {
          if (this.phase === 'over') return
          this.phase = 'over'
          this.onOver()
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

/** What of a configuration the laws depend on. */
export function settingsOf(config: ParsedProducerConfig): Omit<History['producer'], 'firstSequence'> {
  return {
    idempotent: config.enableIdempotence,
    acks: config.acks === -1 ? 'all' : config.acks,
    inFlightRequestsMax: config.maxInFlightRequestsPerConnection,
    deliveryTimeoutMs: config.deliveryTimeoutMs,
    blockMsMax: config.maxBlockMs,
    lingerMs: config.lingerMs,
    requestTimeoutMs: config.requestTimeoutMs,
    requestBytesMax: config.maxRequestSize,
    compresses: config.compressionType !== 'none',
    retries: config.retries,
    batchBytes: config.batchSize,
    retryBackoffMs: config.retryBackoffMs,
    retryBackoffMsMax: config.retryBackoffMaxMs,
    reconnectBackoffMs: config.reconnectBackoffMs,
    reconnectBackoffMsMax: config.reconnectBackoffMaxMs,
  }
}
