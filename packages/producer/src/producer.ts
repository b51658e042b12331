import type { CompressionCodecs } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Runtime } from '@harrow/runtime'
import { nodeRuntime } from '@harrow/runtime/node'
import { type ProducerConfig, parseProducerConfig } from './config.ts'
import type { Logger } from './logger.ts'
import { ProducerCore, type ProducerSnapshot } from './producer-core.ts'
import type { OnCompletion, ProducerRecord, RecordMetadata } from './record.ts'
import type { Trace } from './trace.ts'

/** What is not Kafka configuration. */
export interface ProducerOptions {
  /** Default: real time, TCP. */
  readonly runtime?: Runtime
  /** Default: what Node has. */
  readonly codecs?: CompressionCodecs
  /** Default: `console` for warnings about the configuration and errors in callbacks. */
  readonly logger?: Logger
  readonly trace?: Trace
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

  /** Throws ConfigError. Starts connecting at once. */
  constructor(config: ProducerConfig, options: ProducerOptions = {}) {
    const { runtime = nodeRuntime(), codecs = nodeCodecs, logger = console, trace } = options
    this.core = new ProducerCore(runtime, parseProducerConfig(config, logger), {
      codecs,
      logger,
      ...(trace === undefined ? {} : { trace }),
    })
  }

  /**
   * Resolves when the record is acknowledged as `acks` asks; rejects with a ProducerError, whose `certainty` tells whether
   * the record may be in the log all the same. Sends of one partition arrive in the order of the calls (with idempotence,
   * or one request in flight).
   */
  send(record: ProducerRecord<K, V>): Promise<RecordMetadata>
  /** The same without a promise: cheaper, and callbacks run in the order of delivery. Throws what can be told at once. */
  send(record: ProducerRecord<K, V>, onCompletion: OnCompletion): void
  send(record: ProducerRecord<K, V>, onCompletion?: OnCompletion): Promise<RecordMetadata> | undefined {
    if (onCompletion !== undefined) {
      this.core.send(record, onCompletion)
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.core.send(record, (metadata, error) => (metadata === undefined ? reject(error) : resolve(metadata)))
    })
  }

  /** Resolves when everything sent before has succeeded or failed; never rejects because of a failed record. */
  flush(): Promise<void> {
    return new Promise((resolve) => this.core.flush(resolve))
  }

  /**
   * Sends what was accepted, then ends. After `timeoutMs` (default: no limit) what is left fails with ProducerClosedError.
   * May be called again.
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    return new Promise((resolve) => this.core.close(options, resolve))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Where everything stands: for tests and health checks. */
  inspect(): ProducerSnapshot {
    return this.core.inspect()
  }
}
