import type { KafkaErrorRow } from '@harrow/protocol'

/**
 * What is known about a record that failed. `definite`: it is in no log, sending it again makes no duplicate.
 * `maybe`: it was on the wire and nobody knows; only the consumer side can tell.
 */
export type Certainty = 'definite' | 'maybe'

export interface ProducerErrorOptions {
  readonly certainty?: Certainty
  readonly cause?: unknown
  readonly topic?: string
  readonly partition?: number
  readonly attempts?: number
}

/** Everything that `send`, `flush` and `close` can fail with. `code` is stable, the text is for people. */
export class ProducerError extends Error {
  override readonly name: string = 'ProducerError'
  readonly code: string
  readonly certainty: Certainty
  /** Where the record was to go, as far as that was decided. */
  readonly topic: string | undefined
  readonly partition: number | undefined
  /** How often its batch was sent; 0: never. */
  readonly attempts: number

  constructor(code: string, message: string, options: ProducerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.certainty = options.certainty ?? 'definite'
    this.topic = options.topic
    this.partition = options.partition
    this.attempts = options.attempts ?? 0
  }
}

/**
 * Time ran out: `max.block.ms` waiting for metadata (`METADATA_TIMEOUT`) or an asynchronous serializer
 * (`SERIALIZATION_TIMEOUT`), or `delivery.timeout.ms` (`DELIVERY_TIMEOUT`).
 */
export class TimeoutError extends ProducerError {
  override readonly name: string = 'TimeoutError'
}

/** `buffer.memory` was in use for `max.block.ms`: records come in faster than brokers take them. */
export class BufferExhaustedError extends TimeoutError {
  override readonly name = 'BufferExhaustedError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('BUFFER_EXHAUSTED', message, options)
  }
}

/** The record alone is larger than `max.request.size`, `buffer.memory` or what the broker accepts. */
export class RecordTooLargeError extends ProducerError {
  override readonly name = 'RecordTooLargeError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('RECORD_TOO_LARGE', message, options)
  }
}

/** A serializer threw or returned something that is not bytes. `cause` is what it threw. */
export class SerializationError extends ProducerError {
  override readonly name = 'SerializationError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('SERIALIZATION', message, options)
  }
}

/** A record that no producer could send: no topic, a negative partition. Thrown by `send`, nothing was queued. */
export class InvalidRecordError extends ProducerError {
  override readonly name = 'InvalidRecordError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('INVALID_RECORD', message, options)
  }
}

/**
 * The AbortSignal of a `send` fired. `definite`: the record was withdrawn. `maybe`: it was in a batch already, which goes
 * its way; only the wait for it ended. `cause` is the reason of the signal.
 */
export class AbortedError extends ProducerError {
  // The name that the platform's own abort errors have.
  override readonly name = 'AbortError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('ABORTED', message, options)
  }
}

/** `send` after `close`, or records that a forced close gave up. */
export class ProducerClosedError extends ProducerError {
  override readonly name = 'ProducerClosedError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('PRODUCER_CLOSED', message, options)
  }
}

/** `sendAll` ended early. `cause` is the first failure, which also gives `code`; `maybe` if that holds for any record. */
export class SendAllError extends ProducerError {
  override readonly name = 'SendAllError'
  readonly delivered: number
  readonly failed: number

  constructor(
    first: ProducerError,
    counts: { readonly delivered: number; readonly failed: number; readonly certainty: Certainty },
  ) {
    const { delivered, failed, certainty } = counts
    super(first.code, `${failed} of ${delivered + failed} records failed, the first with: ${first.message}`, {
      certainty,
      cause: first,
      attempts: first.attempts,
      ...(first.topic === undefined ? {} : { topic: first.topic }),
      ...(first.partition === undefined ? {} : { partition: first.partition }),
    })
    this.delivered = delivered
    this.failed = failed
  }
}

/** The broker offers no version of an API that this producer can speak. */
export class UnsupportedVersionError extends ProducerError {
  override readonly name = 'UnsupportedVersionError'

  constructor(message: string, options: ProducerErrorOptions = {}) {
    super('UNSUPPORTED_VERSION', message, options)
  }
}

/** The broker refused, or the connection to it did (`NETWORK_EXCEPTION`). `code` is Kafka's name of the error. */
export class BrokerError extends ProducerError {
  override readonly name = 'BrokerError'
  /** Kafka's name, such as `TOPIC_AUTHORIZATION_FAILED`; the same as `code`. */
  readonly kafkaName: string
  /** Kafka's number. */
  readonly errorCode: number
  readonly retriable: boolean

  constructor(row: KafkaErrorRow, message: string, options: ProducerErrorOptions = {}) {
    super(row.name, message, options)
    this.kafkaName = row.name
    this.errorCode = row.code
    this.retriable = row.retriable
  }
}

/** A configuration that cannot work. Says which key, what it was, and what is allowed. */
export class ConfigError extends ProducerError {
  override readonly name = 'ConfigError'
  readonly key: string
  readonly value: unknown
  readonly allowed: string

  constructor(key: string, value: unknown, allowed: string) {
    super('CONFIG', `${key} = ${show(value)}: allowed is ${allowed}`)
    this.key = key
    this.value = value
    this.allowed = allowed
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  return String(value)
}
