import type { ParsedProducerConfig } from '@harrow/producer/core'
import type { ProducerSettings } from '../history.ts'

/** What of a configuration the laws depend on. Sequences begin at `firstSequence`. */
export function settingsOf(config: ParsedProducerConfig, firstSequence: number): ProducerSettings {
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
    firstSequence,
    retryBackoffMs: config.retryBackoffMs,
    retryBackoffMsMax: config.retryBackoffMaxMs,
    reconnectBackoffMs: config.reconnectBackoffMs,
    reconnectBackoffMsMax: config.reconnectBackoffMaxMs,
  }
}
