import type { ProducerError } from './errors.ts'
import type { ProducerRecord, RecordMetadata } from './record.ts'

/**
 * Sees every record before it is serialized, and its outcome before the application does. Java's ProducerInterceptor;
 * several run in the order of `interceptor.classes`. What one throws is logged, and the next goes on.
 */
export interface ProducerInterceptor<K = unknown, V = unknown> {
  /** Gives the record to go on with: the same or another. */
  onSend?(record: ProducerRecord<K, V>): ProducerRecord<K, V>
  /**
   * Once for every record that `onSend` saw, delivered or not. Without success `error` is there, and `metadata` has
   * the topic, the partition if it was chosen (else -1), and -1 for everything else.
   */
  onAcknowledgement?(metadata: RecordMetadata, error: ProducerError | undefined): void
  /** Called once, when the producer closes, or when it cannot be constructed. */
  close?(): void
}

/** An interceptor, or a class of one without constructor arguments. */
export type InterceptorOption = ProducerInterceptor | (new () => ProducerInterceptor)
