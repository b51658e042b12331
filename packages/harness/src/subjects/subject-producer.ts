import { parseProducerConfig } from '@harrow/producer/core'
import type { Clock } from '@harrow/runtime'
import type { Census, ProducerFacts, SentRecord, Settlement, TraceEvent } from '../history.ts'
import type { ScenarioProducer } from '../scenario/producers.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { hitsThatTouch } from '../worlds/fault-impact.ts'
import type { OpenStage, ProducerUnderTest, RunAround, TimedHit } from '../worlds/producer-under-test.ts'
import type { Recorder } from '../worlds/recorder.ts'
import type { ScenarioCluster } from '../worlds/scenario-cluster.ts'
import { settingsOf } from '../worlds/settings.ts'
import { cannotOf, missingOf } from './applicability.ts'
import { type DriverLine, type HarnessLine, type Hello, protocolVersion } from './protocol.ts'
import type { SubjectConfig } from './subject.ts'
import type { SubjectProcess } from './subject-process.ts'

/** A driver may load a client, or start a virtual machine, before it says hello. */
const helloMsMax = 30_000
const exitGraceMs = 2_000
/** What a client without delivery.timeout.ms gets on top of it before a flush is given up. */
const flushGraceMs = 3_000
/** Of the whole time of a run: each of the two waits for a client without delivery.timeout.ms gets at most so much. */
const flushShareMax = 0.3

export interface SubjectProducerOptions {
  readonly clock: Clock
  readonly process: SubjectProcess
  /** Settings that the scenario is about. */
  readonly needs: ParsedScenario['needs']
  /** Of the whole run. */
  readonly realMsMax: number
}

/** Somebody's producer, in a process of its own that speaks the exec protocol: what is inside it cannot be seen. */
export class SubjectProducer implements ProducerUnderTest {
  readonly name: string | undefined
  readonly missingEndsMs = 3_000
  readonly refusesLate = true
  /** It would need our settings for its time limits. */
  readonly probing = undefined
  private readonly one: ScenarioProducer
  private readonly options: SubjectProducerOptions
  private readonly around: RunAround
  private readonly config: SubjectConfig
  private hello: Hello | undefined
  private cannot: ReadonlyMap<string, string> = new Map()
  private recorder: Recorder | undefined
  private cluster: ScenarioCluster | undefined
  private isStopped = false
  private nextId = 0
  /** Told every end of a record, by the id of its send. */
  private readonly sends = new Map<number, (end: Settlement) => void>()
  private readonly waiting = new Map<number, () => void>()
  private readonly greeted: (() => void)[] = []
  private opened: ((notApplicable?: string) => void) | undefined
  private census: Census | undefined
  /** What takes back each timer that is not due yet. */
  private readonly timers = new Set<() => void>()

  constructor(one: ScenarioProducer, options: SubjectProducerOptions, around: RunAround) {
    this.name = one.name
    this.one = one
    this.options = options
    this.around = around
    this.config = configOf(one)
    const { process } = options
    process.onLine = (line) => around.guard('harness', () => this.hear(line))
    process.onEnd = ({ law, message, evidence }) => around.cutShort(law, this.told(message), evidence)
    this.after(helloMsMax, () => {
      if (this.hello === undefined) this.isWrong(`did not say hello within ${helloMsMax} ms`)
    })
  }

  prepare(ready: () => void): void {
    if (this.hello === undefined) this.greeted.push(ready)
    else ready()
  }

  open({ cluster, recorder }: OpenStage, opened: (notApplicable?: string) => void): void {
    this.cluster = cluster
    this.recorder = recorder
    this.opened = opened
    const { config } = this
    this.say({ type: 'start', protocol: protocolVersion, bootstrapServers: cluster.bootstrapServers, config })
  }

  send({ topic, key, partition, headers, value }: SentRecord, settle: (end: Settlement) => void): void {
    const id = this.nextId++
    this.sends.set(id, settle)
    this.say({
      type: 'send',
      id,
      topic,
      partition: partition ?? null,
      key,
      value: Buffer.from(value).toString('base64'),
      headers: headers ?? {},
    })
  }

  /** One without a delivery timeout may try for ever; it is not asked to wait longer than others are allowed to. */
  flush(done: () => void): void {
    const waitNoLonger = this.ask({ type: 'flush', id: this.nextId++ }, done)
    const { 'delivery.timeout.ms': limit } = this.config
    if (this.cannot.has('delivery.timeout.ms'))
      this.after(Math.min(Number(limit) + flushGraceMs, this.options.realMsMax * flushShareMax), () =>
        waitNoLonger('flush-given-up'),
      )
  }

  close(timeoutMs: number | undefined, done: () => void): void {
    this.ask({ type: 'close', id: this.nextId++, timeoutMs: timeoutMs ?? null }, done)
  }

  /** Whoever has no delivery timeout now gets the time that others had. */
  rest(done: () => void): void {
    this.flush(done)
  }

  checkInvariants(): void {}

  measure(): void {}

  /** Its word that it has closed and the end of its connections come on different ways, and a busy machine swaps them. */
  isLeaving(): boolean {
    return this.openLinks > 0
  }

  /** Timers and memory are inside, where nobody looks. */
  count(completionsAfterClose: number): void {
    this.census = { openLinks: this.openLinks, pendingTimers: 0, bufferedBytes: 0, completionsAfterClose }
  }

  facts(hits: readonly TimedHit[]): ProducerFacts {
    const parsed = parseProducerConfig({ ...this.one.config, 'bootstrap.servers': 'unknown:1' })
    const settings = settingsOf(parsed, 0)
    const { name = 'unknown', version = '', can = [] } = this.hello ?? {}
    return {
      // What waits for metadata and memory is part of the delivery timeout where there is no other.
      producer: this.cannot.has('max.block.ms') ? { ...settings, blockMsMax: 0 } : settings,
      foreign: { name: `${name} ${version}`.trim(), cannot: this.cannot, can },
      faultHits: hitsThatTouch(this.one.clientId, hits, undefined),
      memory: undefined,
      metrics: new Map(),
      census: this.census,
    }
  }

  stop(hasEnded: boolean): void {
    this.isStopped = true
    // Or they keep the process alive: the one for the hello for half a minute.
    for (const cancel of this.timers) cancel()
    this.timers.clear()
    if (hasEnded) this.options.process.finish(exitGraceMs)
    else this.options.process.kill()
  }

  private get openLinks(): number {
    const { clientId } = this.one
    return clientId === undefined ? this.cluster!.openConnections : openConnectionsOf(clientId, this.recorder!.events)
  }

  private hear(line: DriverLine): void {
    if (this.isStopped) return
    if (line.type === 'hello') this.greets(line)
    else if (line.type === 'ready') this.isReady(new Map(Object.entries(line.cannot ?? {})))
    else if (line.type === 'log') this.trace('subject-log', line.message)
    else if (line.type === 'done') {
      if (line.error !== undefined) this.trace('subject-error', line.error)
      const done = this.waiting.get(line.id)
      if (done === undefined) return void this.isWrong(`says that ${line.id} is done, which nobody asked for`)
      this.waiting.delete(line.id)
      done()
    } else this.settled(line)
  }

  private greets(hello: Hello): void {
    if (this.hello !== undefined) return void this.isWrong('said hello twice')
    if (hello.protocol !== protocolVersion)
      return void this.isWrong(`speaks version ${hello.protocol} of the protocol, this is ${protocolVersion}`)
    this.hello = hello
    for (const ready of this.greeted.splice(0)) ready()
  }

  private isReady(refused: ReadonlyMap<string, string>): void {
    const { opened } = this
    if (opened === undefined) return void this.isWrong('was ready before it was started')
    this.opened = undefined
    const { settings } = this.hello!
    this.cannot = cannotOf(this.config, settings, refused)
    const missing = missingOf(this.options, settings, { cannot: this.cannot, refused })
    opened(missing === undefined ? undefined : `${missing[0]}: ${missing[1]}`)
  }

  private settled(line: Extract<DriverLine, { type: 'ack' | 'fail' }>): void {
    const settle = this.sends.get(line.id)
    if (settle === undefined)
      return void this.isWrong(`told the end of ${line.id}, which was never sent`, [JSON.stringify(line)])
    const atMs = this.recorder!.nowMs()
    if (line.type === 'ack') {
      const { partition = -1, offset = -1, timestamp } = line
      settle({ outcome: 'acknowledged', atMs, partition, offset: BigInt(offset), timestamp })
    } else {
      const { error, message = error, certainty = 'maybe' } = line
      settle({ outcome: 'failed', atMs, error, certainty, message })
    }
  }

  /** Returns what to call to wait no longer. */
  private ask(line: Extract<HarnessLine, { type: 'flush' | 'close' }>, done: () => void): (why: string) => void {
    let isOver = false
    const once = (): void => {
      if (isOver) return
      isOver = true
      done()
    }
    this.waiting.set(line.id, once)
    this.say(line)
    return (why) => {
      if (isOver) return
      this.recorder!.trace('workload', why, {}, this.name)
      once()
    }
  }

  private say(line: HarnessLine): void {
    this.options.process.say(line)
  }

  private trace(event: string, message: string): void {
    this.recorder?.trace('producer', event, { message: message.slice(0, 500) }, this.name)
  }

  private isWrong(what: string, evidence: readonly string[] = []): void {
    this.around.cutShort('PROTOCOL', this.told(`the subject ${what}`), evidence)
  }

  private told(message: string): string {
    return this.name === undefined ? message : `${this.name}: ${message}`
  }

  private after(ms: number, run: () => void): void {
    const { clock } = this.options
    const cancel = clock.wakeAt(clock.nowMs() + ms, () => {
      this.timers.delete(cancel)
      if (!this.isStopped) this.around.guard('harness', run)
    })
    this.timers.add(cancel)
  }
}

/** What a subject is told: the scenario's own settings, and those whose defaults differ between clients and decide what is promised. */
export function configOf({ config }: ScenarioProducer): SubjectConfig {
  const parsed = parseProducerConfig({ ...config, 'bootstrap.servers': 'unknown:1' })
  const own = Object.entries(config).filter((entry): entry is [string, string | number | boolean] =>
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

/** Connections on which this client asked for something, and that nobody has closed. */
function openConnectionsOf(clientId: string, events: readonly TraceEvent[]): number {
  const open = new Set<unknown>()
  for (const { event, details } of events) {
    if (event === 'request-received' && details['clientId'] === clientId) open.add(details['connection'])
    else if (event === 'connection-closed') open.delete(details['connection'])
  }
  return open.size
}
