import {
  type ProducerCore as Core,
  type ParsedProducerConfig,
  ProducerCore,
  type ProducerRecord,
  parseProducerConfig,
} from '@harrow/producer/core'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Runtime } from '@harrow/runtime'
import type { Census, ProducerFacts, ProducerSample, SentRecord, Settlement } from '../history.ts'
import type { ScenarioProducer } from '../scenario/producers.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { hitsThatTouch } from './fault-impact.ts'
import { MeteredRuntime } from './metered-runtime.ts'
import type { OpenStage, ProducerUnderTest, RunAround, TimedHit } from './producer-under-test.ts'
import type { Recorder } from './recorder.ts'
import { settingsOf } from './settings.ts'

export interface OwnProducerOptions {
  readonly runtime: Runtime
  readonly numbersFrom: ParsedScenario['numbersFrom']
  /** Ours, or one with a planted bug. */
  readonly Core?: typeof ProducerCore | undefined
  /** See `WorldOptions`. */
  readonly takesSamples: boolean
}

/** Our producer's core, in this process: seen from inside, and over nothing but the runtime of the run. */
export class OwnProducer implements ProducerUnderTest {
  readonly name: string | undefined
  readonly missingEndsMs = 0
  readonly refusesLate = false
  private readonly one: ScenarioProducer
  private readonly options: OwnProducerOptions
  private readonly around: RunAround
  private readonly config: ParsedProducerConfig
  private core: Core | undefined
  private metered: MeteredRuntime | undefined
  private recorder: Recorder | undefined
  private census: Census | undefined
  private readonly samples: ProducerSample[] = []
  private availableBytesMin = Number.POSITIVE_INFINITY
  private availableBytesMax = Number.NEGATIVE_INFINITY

  constructor(one: ScenarioProducer, options: OwnProducerOptions, around: RunAround) {
    this.name = one.name
    this.one = one
    this.options = options
    this.around = around
    this.config = this.configFor('unknown:1')
  }

  get probing(): ParsedProducerConfig {
    return this.config
  }

  prepare(ready: () => void): void {
    ready()
  }

  open({ cluster, recorder }: OpenStage, opened: () => void): void {
    const { name } = this
    const { runtime, takesSamples, numbersFrom, Core = ProducerCore } = this.options
    const random = runtime.random.fork(name === undefined ? 'producer' : `producer ${name}`)
    this.recorder = recorder
    this.metered = new MeteredRuntime({ ...runtime, transport: cluster.transport, random }, (error) =>
      this.guard(() => {
        throw error
      }),
    )
    this.core = new Core(this.metered, this.configFor(cluster.bootstrapServers), {
      codecs: nodeCodecs,
      ...(numbersFrom === undefined ? {} : { numbersFrom }),
      trace: (event) => {
        recorder.trace('producer', event.event, event, name)
        if (takesSamples) this.sample()
      },
    })
    opened()
  }

  send(record: SentRecord, settle: (end: Settlement) => void): void {
    // The caller's bytes are the caller's again as soon as `send` has returned.
    const bytes = record.value.slice()
    try {
      this.core!.send(wantedRecord(record, bytes), (metadata, error) => {
        const atMs = this.recorder!.nowMs()
        if (metadata === undefined) return void settle(failure(error, atMs))
        // One literal: spreading costs ten times as much, and there is one for every record.
        const { partition, offset, timestamp } = metadata
        settle({ outcome: 'acknowledged', atMs, partition, offset, timestamp })
      })
      bytes.fill(0xee)
    } catch (error) {
      settle(failure(error, this.recorder!.nowMs()))
    }
  }

  flush(done: () => void): void {
    this.core!.flush(done)
  }

  close(timeoutMs: number | undefined, done: () => void): void {
    this.core!.close(timeoutMs === undefined ? {} : { timeoutMs }, done)
  }

  rest(done: () => void): void {
    done()
  }

  /** A producer that contradicts itself is found where it does. */
  checkInvariants(): void {
    const { core } = this
    if (core !== undefined) this.guard(() => core.checkInvariants())
  }

  measure(): void {
    if (this.core === undefined) return
    const { bufferAvailableBytes } = this.core
    this.availableBytesMin = Math.min(this.availableBytesMin, bufferAvailableBytes)
    this.availableBytesMax = Math.max(this.availableBytesMax, bufferAvailableBytes)
  }

  /** Its links are counted at its own end. */
  isLeaving(): boolean {
    return false
  }

  count(completionsAfterClose: number): void {
    const { openLinks, pendingTimers } = this.metered!
    const { bufferTotalBytes, bufferAvailableBytes } = this.core!.inspect()
    const bufferedBytes = bufferTotalBytes - bufferAvailableBytes
    this.census = { openLinks, pendingTimers, bufferedBytes, completionsAfterClose }
  }

  facts(hits: readonly TimedHit[]): ProducerFacts {
    return {
      producer: settingsOf(this.config, this.options.numbersFrom?.sequence ?? 0),
      faultHits: hitsThatTouch(this.one.clientId, hits, this.config),
      memory:
        this.availableBytesMin > this.availableBytesMax
          ? undefined
          : {
              totalBytes: this.config.bufferMemory,
              availableBytesMin: this.availableBytesMin,
              availableBytesMax: this.availableBytesMax,
            },
      ...(this.options.takesSamples ? { samples: this.samples } : {}),
      metrics: new Map(
        (this.core?.readMetrics() ?? []).flatMap(({ group, name, value }) =>
          group === 'producer-metrics' && typeof value === 'number' ? [[name, value] as const] : [],
        ),
      ),
      census: this.census,
    }
  }

  stop(hasEnded: boolean): void {
    // Real sockets and timers must go, whatever state the producer is in.
    if (!hasEnded) this.core?.close({ timeoutMs: 0 }, () => {})
  }

  private configFor(bootstrapServers: string): ParsedProducerConfig {
    return parseProducerConfig({ ...this.one.config, 'bootstrap.servers': bootstrapServers })
  }

  /** Of several looks in one moment the last one counts. */
  private sample(): void {
    if (this.core === undefined) return
    const { bufferTotalBytes, bufferAvailableBytes, blockedSends } = this.core.inspect()
    const atMs = this.recorder!.nowMs()
    if (this.samples.at(-1)?.atMs === atMs) this.samples.pop()
    this.samples.push({ atMs, bufferedBytes: bufferTotalBytes - bufferAvailableBytes, bufferTotalBytes, blockedSends })
  }

  private guard(run: () => void): void {
    this.around.guard(this.name === undefined ? 'producer' : `producer ${this.name}`, run)
  }
}

function failure(error: unknown, atMs: number): Settlement {
  const {
    code = 'UNKNOWN',
    certainty = 'maybe',
    message,
  } = (error ?? {}) as { code?: string; certainty?: 'definite' | 'maybe'; message?: string }
  return { outcome: 'failed', atMs, error: code, certainty, message: message ?? String(error) }
}

/** Literals, and not one that is put together: there is one for every record. */
function wantedRecord(
  { topic, key, partition, headers }: SentRecord,
  value: Uint8Array,
): ProducerRecord<string, Uint8Array> {
  if (partition === undefined) return headers === undefined ? { topic, key, value } : { topic, key, value, headers }
  return headers === undefined ? { topic, key, value, partition } : { topic, key, value, partition, headers }
}
