import { parseProducerConfig } from '@harrow/producer/core'
import type { Runtime } from '@harrow/runtime'
import type { Census, FaultHit, FaultReport, ForeignProducer, History, SentRecord, TraceEvent } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { partitionsOf } from '../scenario/topics.ts'
import { runWorkload } from '../workload/index.ts'
import { recordValue, runMark } from '../workload/record-value.ts'
import type { SubjectRecord } from '../workload/step.ts'
import type { ClusterFacts } from '../worlds/cluster-facts.ts'
import { losesLeaders } from '../worlds/fault-impact.ts'
import { mockCluster } from '../worlds/mock-scenario-cluster.ts'
import { Recorder } from '../worlds/recorder.ts'
import type { ScenarioCluster } from '../worlds/scenario-cluster.ts'
import { settingsOf } from '../worlds/settings.ts'
import type { WorldRun } from '../worlds/world.ts'
import { cannotOf, missingOf } from './applicability.ts'
import { type DriverLine, type Hello, protocolVersion } from './protocol.ts'
import type { SubjectConfig } from './subject.ts'
import type { SubjectProcess } from './subject-process.ts'

/** A driver may load a client, or start a virtual machine, before it says hello. */
const helloMsMax = 30_000
/** After close has returned: whoever still acts then is found out. As for our own producer. */
const afterCloseMs = 50
const exitGraceMs = 2_000
/** What a client without delivery.timeout.ms gets on top of it before a flush is given up. */
const flushGraceMs = 3_000
/** Of the whole time of a run: each of the two waits for a client without delivery.timeout.ms gets at most so much. */
const flushShareMax = 0.3
/** How long to wait for ends that are still missing when close has returned: "never" must mean more than "not at once". */
const missingEndsMs = 3_000
/** See `tcp.ts`. */
const timerSlackMs = 1_000

/**
 * One run of one scenario against a producer in another process. The same course as `Session`: cluster, faults,
 * workload, heal, close, count; what is inside the producer cannot be seen.
 */
export class ForeignSession {
  onOver: (run: WorldRun) => void = () => {}
  private readonly runtime: Runtime
  private readonly scenario: ParsedScenario
  private readonly subject: SubjectProcess
  private readonly run: string
  private readonly seed: number
  private readonly realMsMax: number
  private cluster: ScenarioCluster | undefined
  private recorder: Recorder
  private hello: Hello | undefined
  private foreign: ForeignProducer | undefined
  private phase: 'greeting' | 'starting' | 'playing' | 'healing' | 'closed' | 'over' = 'greeting'
  private isCloseCalled = false
  /** Records handed over before close was called: later ones may be refused at any time. */
  private sentBeforeClose = 0
  private nextId = 0
  private readonly open = new Map<number, SentRecord>()
  private readonly waiting = new Map<number, () => void>()
  private completionsAfterClose = 0
  private census: Census | undefined
  private facts: ClusterFacts | undefined
  private faults: readonly FaultReport[] | undefined
  private cut: History['cutShort']
  private notApplicable: string | undefined
  private healedAtMs: number | undefined
  private readonly faultHits: FaultHit[] = []
  /** What takes back each timer that is not due yet. */
  private readonly timers = new Set<() => void>()

  constructor(
    runtime: Runtime,
    scenario: ParsedScenario,
    options: { readonly subject: SubjectProcess; readonly seed: number; readonly realMsMax: number },
  ) {
    const { subject, seed, realMsMax } = options
    this.runtime = runtime
    this.scenario = scenario
    this.subject = subject
    this.seed = seed
    this.realMsMax = realMsMax
    this.run = runMark(runtime.random)
    this.recorder = new Recorder(runtime.clock)
    subject.onLine = (line) => this.guard(() => this.hear(line))
    subject.onEnd = ({ law, message, evidence }) => this.cutShort(law, message, evidence)
    this.after(helloMsMax, () => {
      if (this.hello === undefined)
        this.cutShort('PROTOCOL', `the subject did not say hello within ${helloMsMax} ms`, [])
    })
  }

  /** Ends the run here and now. Whatever can still be said about it is judged. */
  cutShort(law: 'LIVE' | 'CRASH' | 'PROTOCOL', message: string, evidence: readonly string[]): void {
    if (this.phase === 'over') return
    const errors = this.subject.lastErrors.map((line) => `stderr: ${line.slice(0, 300)}`)
    this.cut ??= { law, message, evidence: law === 'LIVE' ? [...evidence, ...errors] : evidence }
    this.subject.kill()
    this.over()
  }

  lastEvents(count: number): TraceEvent[] {
    return this.recorder.events.slice(-count)
  }

  private hear(line: DriverLine): void {
    if (this.phase === 'over') return
    if (line.type === 'hello') this.greeted(line)
    else if (line.type === 'ready') this.ready(new Map(Object.entries(line.cannot ?? {})))
    else if (line.type === 'log')
      this.recorder.trace('producer', 'subject-log', { message: line.message.slice(0, 500) })
    else if (line.type === 'done') {
      if (line.error !== undefined)
        this.recorder.trace('producer', 'subject-error', { message: line.error.slice(0, 500) })
      const done = this.waiting.get(line.id)
      if (done === undefined)
        return void this.cutShort('PROTOCOL', `the subject says that ${line.id} is done, which nobody asked for`, [])
      this.waiting.delete(line.id)
      done()
    } else this.settled(line)
  }

  private greeted(hello: Hello): void {
    if (this.hello !== undefined) return void this.cutShort('PROTOCOL', 'the subject said hello twice', [])
    if (hello.protocol !== protocolVersion)
      return void this.cutShort(
        'PROTOCOL',
        `the subject speaks version ${hello.protocol} of the protocol, this is ${protocolVersion}`,
        [],
      )
    this.hello = hello
    // Time begins here: how long a client takes to load is not what is judged.
    this.recorder = new Recorder(this.runtime.clock)
    this.cluster = mockCluster()(this.scenario, {
      runtime: this.runtime,
      random: this.runtime.random.fork('cluster'),
      seed: this.seed,
      trace: (event) => this.recorder.trace('broker', event.event, event),
      crashed: (error) => this.crashed('cluster', error),
    })
    this.phase = 'starting'
    this.cluster.start((error) => {
      if (error !== undefined) return this.crashed('cluster', error)
      this.guard(() => this.start())
    })
  }

  private start(): void {
    const { scenario, cluster, recorder } = this
    // How long the settings of somebody else keep a record from getting through, nobody knows.
    cluster!.addFaults(scenario.faults, ({ name, action = {} }) => {
      const [kind = ''] = Object.keys(action)
      this.faultHits.push({ atMs: recorder.nowMs(), name, action: kind, impactMs: Number.POSITIVE_INFINITY })
    })
    const config = configOf(scenario)
    this.subject.say({ type: 'start', protocol: protocolVersion, bootstrapServers: cluster!.bootstrapServers, config })
  }

  private ready(refused: ReadonlyMap<string, string>): void {
    if (this.phase !== 'starting')
      return void this.cutShort('PROTOCOL', 'the subject was ready before it was started', [])
    const { name, version, settings, can = [] } = this.hello!
    const cannot = cannotOf(configOf(this.scenario), settings, refused)
    this.foreign = { name: `${name} ${version}`.trim(), cannot, can }
    const missing = missingOf(this.scenario, settings, { cannot, refused })
    if (missing !== undefined) {
      this.notApplicable = `${missing[0]}: ${missing[1]}`
      this.subject.finish(exitGraceMs)
      return void this.over()
    }
    this.phase = 'playing'
    const stage = {
      clock: this.runtime.clock,
      recorder: this.recorder,
      random: this.runtime.random.fork('workload'),
      timerSlackMs,
      hitsOf: (name: string) => this.cluster!.hitsOf(name),
      partitionsOf: (topic: string) => partitionsOf(this.scenario, topic),
      subject: {
        send: (record: SubjectRecord) => this.send(record),
        flush: (done: () => void) => this.flush(done),
        close: (timeoutMs: number | undefined, done: () => void) => this.close(timeoutMs, done),
      },
    }
    runWorkload(stage, this.scenario.workload, () => this.guard(() => this.heal()))
  }

  private send({ topic, key, partition, headers, valueBytes }: SubjectRecord): void {
    const { recorder } = this
    const value = recordValue(this.run, recorder.sent.length, valueBytes)
    const record = recorder.submitted({ topic, key, partition, headers, value })
    const id = this.nextId++
    this.open.set(id, record)
    this.subject.say({
      type: 'send',
      id,
      topic,
      partition: partition ?? null,
      key,
      value: Buffer.from(value).toString('base64'),
      headers: headers ?? {},
    })
  }

  private settled(line: Extract<DriverLine, { type: 'ack' | 'fail' }>): void {
    const record = this.open.get(line.id)
    if (record === undefined) {
      const message = `the subject told the end of ${line.id}, which was never sent`
      return void this.cutShort('PROTOCOL', message, [JSON.stringify(line)])
    }
    if (this.phase === 'closed' && record.number < this.sentBeforeClose) this.completionsAfterClose++
    const atMs = this.recorder.nowMs()
    if (line.type === 'ack') {
      const { partition = -1, offset = -1, timestamp } = line
      this.recorder.settled(record, { outcome: 'acknowledged', atMs, partition, offset: BigInt(offset), timestamp })
    } else {
      const { error, message = error, certainty = 'maybe' } = line
      this.recorder.settled(record, { outcome: 'failed', atMs, error, certainty, message })
    }
  }

  /** One without a delivery timeout may try for ever; it is not asked to wait longer than others are allowed to. */
  private flush(done: () => void): void {
    const waited = this.ask({ type: 'flush', id: this.nextId++ }, done)
    const { 'delivery.timeout.ms': limit } = configOf(this.scenario)
    if (this.foreign?.cannot.has('delivery.timeout.ms'))
      this.after(Math.min(Number(limit) + flushGraceMs, this.realMsMax * flushShareMax), () => waited('flush-given-up'))
  }

  private close(timeoutMs: number | undefined, done: () => void): void {
    this.isCloseCalled = true
    this.sentBeforeClose = this.recorder.sent.length
    this.ask({ type: 'close', id: this.nextId++, timeoutMs: timeoutMs ?? null }, done)
  }

  /** Returns what to call to wait no longer. */
  private ask(
    line:
      | { readonly type: 'flush'; readonly id: number }
      | { readonly type: 'close'; readonly id: number; readonly timeoutMs: number | null },
    done: () => void,
  ): (why: string) => void {
    let isOver = false
    const once = (): void => {
      if (isOver) return
      isOver = true
      this.guard(done)
    }
    this.waiting.set(line.id, once)
    this.subject.say(line)
    return (why) => {
      if (isOver) return
      this.recorder.trace('workload', why, {})
      once()
    }
  }

  /** All faults end. Whoever has no delivery timeout now gets the time that others had. */
  private heal(): void {
    this.phase = 'healing'
    this.faults = this.cluster!.faultReports()
    this.cluster!.heal()
    this.healedAtMs = this.recorder.nowMs()
    this.recorder.trace('workload', 'healed', {})
    if (this.isCloseCalled) return void this.closed()
    this.flush(() => {
      const returned = this.recorder.waitStarted('close', undefined)
      this.close(undefined, () => {
        returned()
        this.closed()
      })
    })
  }

  private closed(): void {
    this.phase = 'closed'
    this.after(afterCloseMs, () => this.count(this.recorder.nowMs() + missingEndsMs))
  }

  /** Counts what is left, as soon as every record has its end, or that is waited for no longer. */
  private count(untilMs: number): void {
    const { sent, settledCount } = this.recorder
    if (settledCount < sent.length && this.recorder.nowMs() < untilMs)
      return void this.after(afterCloseMs, () => this.count(untilMs))
    // Timers and memory are inside, where nobody looks.
    this.census = {
      openLinks: this.cluster!.openConnections,
      pendingTimers: 0,
      bufferedBytes: 0,
      completionsAfterClose: this.completionsAfterClose,
      worldLeftovers: [],
    }
    this.subject.finish(exitGraceMs)
    this.over()
  }

  private over(): void {
    if (this.phase === 'over') return
    this.phase = 'over'
    // Or they keep the process alive: the one for the hello for half a minute.
    for (const cancel of this.timers) cancel()
    this.timers.clear()
    const { cluster } = this
    if (cluster === undefined) return void this.onOver(this.result())
    this.faults ??= cluster.faultReports()
    cluster.readFacts(this.recorder.startMs, (facts) => {
      this.facts = facts
      const run = this.result()
      cluster.stop(() => this.onOver(run))
    })
  }

  private result(): WorldRun {
    const { scenario, recorder } = this
    const config = parseProducerConfig({ ...scenario.producer, 'bootstrap.servers': 'unknown:1' })
    const settings = settingsOf(config, 0)
    const cannot = this.foreign?.cannot
    const history: History = {
      run: this.run,
      world: 'tcp',
      // What waits for metadata and memory is part of the delivery timeout where there is no other.
      producer: cannot?.has('max.block.ms') ? { ...settings, blockMsMax: 0 } : settings,
      foreign: this.foreign ?? { name: 'unknown', cannot: new Map(), can: [] },
      timerSlackMs,
      losesLeaders: losesLeaders(scenario.faults),
      sent: recorder.sent,
      ...(this.facts ?? { log: [], requests: [], batches: [], findings: [] }),
      faults: this.faults ?? [],
      faultHits: this.faultHits,
      isStrict: scenario.strict === true,
      probes: [],
      healedAtMs: this.healedAtMs,
      withoutFaults: undefined,
      memory: undefined,
      busiest: undefined,
      waits: recorder.waits,
      metrics: new Map(),
      census: this.census,
      cutShort: this.cut,
      trace: recorder.events,
      durationMs: recorder.nowMs(),
    }
    const { notApplicable } = this
    return { history, traceHash: undefined, steps: 0, ...(notApplicable === undefined ? {} : { notApplicable }) }
  }

  private after(ms: number, run: () => void): void {
    const { clock } = this.runtime
    const cancel = clock.wakeAt(clock.nowMs() + ms, () => {
      this.timers.delete(cancel)
      if (this.phase !== 'over') this.guard(run)
    })
    this.timers.add(cancel)
  }

  private guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.crashed('harness', error)
    }
  }

  private crashed(who: string, error: unknown): void {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.cutShort('CRASH', `the ${who} threw: ${told}`, [])
  }
}

/** What a subject is told: the scenario's own settings, and those whose defaults differ between clients and decide what is promised. */
export function configOf({ producer }: ParsedScenario): SubjectConfig {
  const parsed = parseProducerConfig({ ...producer, 'bootstrap.servers': 'unknown:1' })
  const own = Object.entries(producer).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  )
  return {
    ...Object.fromEntries(own),
    acks: parsed.acks === -1 ? 'all' : String(parsed.acks),
    'enable.idempotence': parsed.enableIdempotence,
    'max.in.flight.requests.per.connection': parsed.maxInFlightRequestsPerConnection,
    'delivery.timeout.ms': parsed.deliveryTimeoutMs,
  }
}
