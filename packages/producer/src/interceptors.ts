import type { ProducerError } from './errors.ts'
import type { ProducerInterceptor } from './interceptor.ts'
import type { OnCompletion, ProducerRecord, RecordMetadata } from './record.ts'

/** The chain of `interceptor.classes`. What one of them throws is reported, and changes nothing for the others. */
export class Interceptors {
  private readonly chain: readonly ProducerInterceptor[]
  private readonly report: (message: string, error: unknown) => void

  constructor(chain: readonly ProducerInterceptor[], report: (message: string, error: unknown) => void) {
    this.chain = chain
    this.report = report
  }

  get isEmpty(): boolean {
    return this.chain.length === 0
  }

  /** Each gets what the one before gave; one that throws, or gives no record, is left out. */
  onSend(record: ProducerRecord<unknown, unknown>): ProducerRecord<unknown, unknown> {
    let current = record
    for (const interceptor of this.chain) {
      this.guard('onSend', () => {
        const next: unknown = interceptor.onSend?.(current) ?? current
        if (typeof next !== 'object') throw new TypeError(`onSend gave ${typeof next}, not a record`)
        current = next as ProducerRecord<unknown, unknown>
      })
    }
    return current
  }

  /**
   * A callback that tells the interceptors first and then the application.
   * Differs from Java: there the order is the other one when `send` itself finds the failure (K6).
   */
  around(record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion): OnCompletion {
    return (metadata, error) => {
      this.onAcknowledgement(record, metadata, error)
      return onCompletion(metadata, error)
    }
  }

  onAcknowledgement(
    record: ProducerRecord<unknown, unknown>,
    metadata: RecordMetadata | undefined,
    error: ProducerError | undefined,
  ): void {
    const told = metadata ?? placeholder(record, error)
    for (const interceptor of this.chain) {
      this.guard('onAcknowledgement', () => interceptor.onAcknowledgement?.(told, error))
    }
  }

  close(): void {
    for (const interceptor of this.chain) this.guard('close', () => interceptor.close?.())
  }

  private guard(what: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.report(`an interceptor threw in ${what}`, error)
    }
  }
}

function placeholder(record: ProducerRecord<unknown, unknown>, error: ProducerError | undefined): RecordMetadata {
  return {
    topic: record.topic,
    partition: error?.partition ?? record.partition ?? -1,
    offset: -1n,
    timestamp: -1,
    serializedKeySize: -1,
    serializedValueSize: -1,
  }
}
