import { type SimulatedRuntime, simulatedRuntime } from '@harrow/runtime/sim'
import {
  type Logger,
  type ProducerConfig,
  ProducerCore,
  type ProducerError,
  type ProducerEvent,
  type ProducerRecord,
  parseProducerConfig,
  type RecordMetadata,
} from '../src/core.ts'
import { ScriptedCluster } from './scripted-broker.ts'

export interface Outcome {
  readonly value: string
  readonly metadata: RecordMetadata | undefined
  readonly error: ProducerError | undefined
  readonly atMs: number
}

/** A producer and a scripted cluster in one simulated world; invariants are checked after each step. */
export class ScriptedWorld {
  readonly runtime: SimulatedRuntime
  readonly cluster: ScriptedCluster
  readonly core: ProducerCore
  readonly outcomes: Outcome[] = []
  readonly events: ProducerEvent[] = []
  readonly logged: string[] = []

  constructor(
    config: Partial<ProducerConfig> = {},
    options: { nodes?: number; seed?: number; windowBytes?: number } = {},
  ) {
    const network = options.windowBytes === undefined ? {} : { network: { windowBytes: options.windowBytes } }
    this.runtime = simulatedRuntime({ seed: options.seed ?? 1, ...network })
    this.cluster = new ScriptedCluster(this.runtime, options.nodes === undefined ? {} : { nodes: options.nodes })
    const logger: Logger = {
      warn: (_, message) => void this.logged.push(message),
      error: (_, message) => void this.logged.push(message),
    }
    const parsed = parseProducerConfig({ 'bootstrap.servers': this.cluster.bootstrapServers, ...config }, logger)
    this.core = new ProducerCore(this.runtime, parsed, { logger, trace: (event) => void this.events.push(event) })
  }

  get nowMs(): number {
    return this.runtime.clock.nowMs()
  }

  send(topic: string, value: string, record: Partial<ProducerRecord> = {}): void {
    this.core.send({ topic, value, ...record }, (metadata, error) => {
      this.outcomes.push({ value, metadata, error, atMs: this.nowMs })
    })
  }

  run(ms: number): this {
    const untilMs = this.nowMs + ms
    while (this.runtime.clock.nextMs <= untilMs) this.step()
    this.runtime.clock.runUntil(untilMs)
    return this
  }

  /** Goes on until `isOver`, or fails after that many virtual milliseconds. */
  runUntil(isOver: () => boolean, withinMs = 300_000): this {
    const untilMs = this.nowMs + withinMs
    while (!isOver()) {
      if (this.runtime.clock.nextMs > untilMs) throw new Error(`not over within ${withinMs} ms`)
      this.step()
    }
    return this
  }

  eventsOf<E extends ProducerEvent['event']>(event: E): Extract<ProducerEvent, { event: E }>[] {
    return this.events.filter((one): one is Extract<ProducerEvent, { event: E }> => one.event === event)
  }

  errors(): (string | undefined)[] {
    return this.outcomes.map(({ error }) => error?.code)
  }

  private step(): void {
    this.runtime.clock.step()
    this.core.checkInvariants()
  }
}
