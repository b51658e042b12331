import type { Writable } from 'node:stream'
import type { CompressionCodecs } from '@harrow/protocol'
import { nodeCodecsAt } from '@harrow/protocol/node'
import type { Runtime } from '@harrow/runtime'
import { nodeRuntime } from '@harrow/runtime/node'
import { type ParsedProducerConfig, type ProducerConfig, parseProducerConfig } from './config.ts'
import { AbortedError } from './errors.ts'
import { consoleLogger } from './facade/console-logger.ts'
import { diagnosticsTrace, tracedPromise, tracedSend } from './facade/diagnostics.ts'
import { recordWritable } from './facade/record-writable.ts'
import { type SendAllOptions, type SendAllResult, sendAll } from './facade/send-all.ts'
import type { Logger } from './logger.ts'
import type { Metric } from './metrics/metric.ts'
import type { TopicPartitionInfo } from './partition-lookups.ts'
import { ProducerCore } from './producer-core.ts'
import type { ProducerSnapshot } from './producer-snapshot.ts'
import type { OnCompletion, ProducerRecord, RecordMetadata } from './record.ts'
import type { Trace } from './trace.ts'

/** What is not Kafka configuration. */
export interface ProducerOptions {
  /** Default: real time, TCP. */
  readonly runtime?: Runtime
  /** Default: what Node has, at the levels of `compression.*.level`. What is given here has levels of its own. */
  readonly codecs?: CompressionCodecs
  /** A pino, or anything of its shape. Default: warnings and errors to `console`. */
  readonly logger?: Logger
  /** Hears every event. The same go to `node:diagnostics_channel`, as `harrow:producer:<event>`. */
  readonly trace?: Trace
}

export interface SendOptions {
  /**
   * Ends the wait with an AbortedError. A record that still waits for serializer, metadata or memory is withdrawn
   * (`definite`); one that is in a batch goes its way (`maybe`).
   */
  readonly signal?: AbortSignal
}

export interface PartitionsForOptions {
  /** Ends the wait with an AbortedError. */
  readonly signal?: AbortSignal
}

export interface CloseOptions {
  /** Milliseconds for what was accepted; then it fails with ProducerClosedError. From 0. Default: no limit. */
  readonly timeoutMs?: number
  /** Ends the time for what was accepted at once, like `timeoutMs` 0. */
  readonly signal?: AbortSignal
}

/**
 * A Kafka producer. Promises begin and end here; everything else is synchronous.
 *
 * ```ts
 * await using producer = new Producer({ 'bootstrap.servers': 'localhost:9092' })
 * const { partition, offset } = await producer.send({ topic: 'orders', key: 'alice', value: 'tea' })
 * ```
 */
export class Producer<K = string | Uint8Array, V = string | Uint8Array> implements AsyncDisposable {
  private readonly core: ProducerCore
  private readonly clientId: string
  private draining: Promise<void> | undefined

  /** Throws ConfigError. Starts connecting at once. */
  constructor(config: ProducerConfig<K, V>, options: ProducerOptions = {}) {
    const { runtime = nodeRuntime(), logger = consoleLogger, trace } = options
    const parsed = parseProducerConfig(config, logger)
    const { clientId } = parsed
    if (options.codecs !== undefined) warnOfLevels(config, (message) => logger.warn({ clientId }, message))
    const publish = diagnosticsTrace(clientId)
    this.clientId = clientId
    this.core = new ProducerCore(runtime, parsed, {
      codecs: options.codecs ?? nodeCodecsOf(parsed),
      logger,
      trace(event) {
        publish(event)
        trace?.(event)
      },
    })
  }

  /**
   * Resolves when the record is acknowledged as `acks` asks; rejects with a ProducerError, whose `certainty` tells whether
   * the record may be in the log all the same. Sends of one partition arrive in the order of the calls (with idempotence,
   * or one request in flight).
   */
  send(record: ProducerRecord<K, V>, options?: SendOptions): Promise<RecordMetadata>
  /** The same without a promise: cheaper, and callbacks run in the order of delivery. Throws what can be told at once. */
  send(record: ProducerRecord<K, V>, onCompletion: OnCompletion): void
  send(record: ProducerRecord<K, V>, how?: OnCompletion | SendOptions): Promise<RecordMetadata> | undefined {
    if (typeof how === 'function') {
      this.accept(record, how)
      return undefined
    }
    if (how?.signal !== undefined) return this.sendUntil(record, how.signal)
    try {
      return tracedPromise(this.core, this.clientId, record)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Sends every record of an iterable, or asynchronous iterable, and never takes more than fit into `buffer.memory`.
   * Resolves when all are delivered. On the first failure it stops taking records, waits for those on their way and
   * rejects with a SendAllError; with `onFailure` it goes on.
   */
  sendAll(
    records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>,
    options: SendAllOptions<K, V> = {},
  ): Promise<SendAllResult> {
    return sendAll(this.core, this.accept, records, options)
  }

  /**
   * A stream of records for `pipeline()`, in object mode. It drains with `buffer.memory`, ends when everything written is
   * delivered, and is destroyed with the error of the first record that fails. The producer stays open.
   */
  writable(): Writable {
    return recordWritable(this.core, this.accept)
  }

  /**
   * Whether enough is under way: 512 KiB, or with more partitions or larger batches what fills the requests that may be in
   * flight, and in any case when `buffer.memory` is used up. Costs nothing to ask; `send` may be called all the same, and
   * waits, up to `max.block.ms`, only when there is no memory.
   */
  get writableNeedDrain(): boolean {
    return this.core.needsDrain
  }

  /** Resolves when half of that is through, or the producer closed. One promise for all who wait at a time. */
  drain(): Promise<void> {
    if (!this.core.needsDrain) return Promise.resolve()
    this.draining ??= new Promise((resolve) => {
      this.core.onDrain(() => {
        this.draining = undefined
        resolve()
      })
    })
    return this.draining
  }

  /**
   * The partitions of a topic and their leaders, in order; from metadata that is at hand, else waits for it up to
   * `max.block.ms`. Rejects with TimeoutError after that, BrokerError when brokers refuse the topic, AbortedError,
   * InvalidRecordError for an empty name, ProducerClosedError.
   */
  partitionsFor(topic: string, { signal }: PartitionsForOptions = {}): Promise<readonly TopicPartitionInfo[]> {
    return new Promise((resolve, reject) => {
      const aborted = (): AbortedError =>
        new AbortedError(`partitionsFor() was aborted: nobody waits for the partitions of ${topic}`, {
          topic,
          cause: signal?.reason,
        })
      if (signal?.aborted) return reject(aborted())
      const takeBack = this.core.partitionsFor(topic, (partitions, error) => {
        signal?.removeEventListener('abort', abort)
        if (partitions === undefined) reject(error)
        else resolve(partitions)
      })
      const abort = (): void => {
        if (takeBack()) reject(aborted())
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Resolves when everything sent before has succeeded or failed; never rejects because of a failed record. */
  flush(): Promise<void> {
    // A microtask later, like the promises of records: who waits for a record goes on before who waits for all.
    return new Promise((resolve) => this.core.flush(() => queueMicrotask(resolve)))
  }

  /**
   * Sends what was accepted, then ends. After `timeoutMs` what is left fails with ProducerClosedError. May be called
   * again: the shorter time counts.
   */
  close({ timeoutMs, signal }: CloseOptions = {}): Promise<void> {
    return new Promise((resolve) => {
      const now = (): void => this.core.close({ timeoutMs: 0 }, () => {})
      const done = (): void => {
        signal?.removeEventListener('abort', now)
        // After the promises of records, as in `flush`.
        queueMicrotask(resolve)
      }
      this.core.close({ timeoutMs: signal?.aborted === true ? 0 : timeoutMs }, done)
      signal?.addEventListener('abort', now, { once: true })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Kafka's metrics by Kafka's names, as they are now; `metrics.num.samples` windows back. */
  metrics(): readonly Metric[] {
    return this.core.readMetrics()
  }

  /** Where everything stands: for tests and health checks. */
  inspect(): ProducerSnapshot {
    return this.core.inspect()
  }

  private readonly accept = (record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion): number =>
    tracedSend(this.core, this.clientId, record, onCompletion)

  private sendUntil(record: ProducerRecord<K, V>, signal: AbortSignal): Promise<RecordMetadata> {
    return new Promise((resolve, reject) => {
      const { topic } = record
      const aborted = (certainty: 'definite' | 'maybe'): AbortedError => {
        const became = certainty === 'definite' ? 'was withdrawn' : 'is on its way, and nobody waits for it'
        const options = { certainty, topic, cause: signal.reason }
        return new AbortedError(`send() was aborted: the record for ${topic} ${became}`, options)
      }
      if (signal.aborted) return reject(aborted('definite'))
      const sendNumber = this.accept(record, (metadata, error) => {
        signal.removeEventListener('abort', abort)
        if (metadata === undefined) reject(error)
        else resolve(metadata)
      })
      const abort = (): void => {
        if (!this.core.withdraw(sendNumber, aborted('definite'))) reject(aborted('maybe'))
      }
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}

/** Codecs of the application come with their levels. */
function warnOfLevels(config: ProducerConfig, warn: (message: string) => void): void {
  for (const key of ['compression.gzip.level', 'compression.zstd.level'] as const) {
    if (config[key] !== undefined)
      warn(`${key} has no effect: the codecs that were handed over have levels of their own`)
  }
}

function nodeCodecsOf({
  compressionGzipLevel: gzip,
  compressionZstdLevel: zstd,
}: ParsedProducerConfig): CompressionCodecs {
  return nodeCodecsAt({ gzip, zstd })
}
