import { type CompressionCodec, type CompressionCodecs, portableCodecs } from '@harrow/protocol'
import type { Runtime } from '@harrow/runtime'
import { RecordAccumulator } from './accumulator/record-accumulator.ts'
import { Admission } from './admission/admission.ts'
import { Backpressure } from './backpressure.ts'
import { codecFor } from './codec-for.ts'
import { Completions } from './completions.ts'
import { closeConfigured, type ParsedProducerConfig } from './config.ts'
import { Flushes } from './flushes.ts'
import { Idempotence } from './idempotence/idempotence.ts'
import { Interceptors } from './interceptors.ts'
import { loggingTrace } from './log-events.ts'
import { type Logger, silentLogger } from './logger.ts'
import { Metadata } from './metadata/metadata.ts'
import { ProducerMetrics } from './metrics/producer-metrics.ts'
import { CorrelationIds } from './network/correlation-ids.ts'
import { NetworkClient } from './network/network-client.ts'
import { PartitionLookups } from './partition-lookups.ts'
import { RecordEncoder } from './record-encoder.ts'
import { MetadataFetch } from './sender/metadata-fetch.ts'
import { ProducerIdFetch } from './sender/producer-id-fetch.ts'
import type { RequestContext } from './sender/request-context.ts'
import { Sender } from './sender/sender.ts'
import { Settlement } from './sender/settlement.ts'
import { type Trace, tee } from './trace.ts'

export interface ProducerCoreOptions {
  /** Default: what works on every platform (none, snappy, lz4). */
  readonly codecs?: CompressionCodecs
  readonly trace?: Trace
  readonly logger?: Logger
  /** For tests of what happens when numbers wrap. */
  readonly numbersFrom?: NumbersFrom
}

/** Where numbers begin that are otherwise two thousand million records away from their end. Default 0. */
export interface NumbersFrom {
  /** Of every partition, until its epoch is bumped; 0 to 2^31 - 1. A broker takes any first sequence. */
  readonly sequence?: number | undefined
  /** Of the first request; 0 to 2147483639. */
  readonly correlationId?: number | undefined
}

export type ProducerParts = ReturnType<typeof producerParts>

/**
 * What a producer consists of, and who knows whom; what happens between them is `ProducerCore`. `wake` asks for a turn.
 * Throws ConfigError for a codec that the platform lacks; what the configuration brought along is closed then.
 */
export function producerParts(
  runtime: Runtime,
  config: ParsedProducerConfig,
  { codecs = portableCodecs, logger = silentLogger, numbersFrom = {}, trace: ownTrace }: ProducerCoreOptions,
  wake: () => void,
) {
  const { clientId } = config
  const { clock } = runtime
  const random = runtime.random.fork('producer')
  const codec = codecOrClose(config, codecs)
  const windows = { count: config.metricsNumSamples, windowMs: config.metricsSampleWindowMs }
  const metrics = new ProducerMetrics(clock, { clientId, windows }, () => ({
    bufferTotalBytes: accumulator.pool.totalBytes,
    bufferAvailableBytes: accumulator.pool.availableBytes,
    memoryWaiters: admission.memoryWaiters,
    inFlightRequests: network.inFlightRequests,
  }))
  const trace: Trace = tee([metrics.fold, loggingTrace(logger, clientId), ownTrace])
  const completions = new Completions(logger, clientId)
  const interceptors = new Interceptors(config.interceptorClasses, (message, err) => {
    logger.error({ clientId, err }, message)
  })
  const encoder = new RecordEncoder(config, { clock, wake })
  const metadata = new Metadata(random.fork('metadata'), { ...config, trace })
  const correlationIds = new CorrelationIds(numbersFrom.correlationId)
  const networkOptions = { ...config, correlationIds, trace, wake }
  const network = new NetworkClient<RequestContext>({ ...runtime, random }, networkOptions)
  const accumulator = new RecordAccumulator(random, { ...config, codec, trace })
  const admission = new Admission(config, { accumulator, metadata, completions, trace, clock })
  const backpressure = new Backpressure(config, { accumulator, admission })
  const partitionLookups = new PartitionLookups(config, { metadata, completions })
  const flushes = new Flushes({ admission, accumulator, completions, trace })
  const idempotence = config.enableIdempotence ? new Idempotence(trace, numbersFrom.sequence) : undefined
  const shared = { config, accumulator, metadata, idempotence, trace }
  const settlement = new Settlement(random.fork('sender'), { ...shared, codecs, completions })
  const sender = new Sender({ ...shared, network, settlement })
  const mayRebootstrap = config.metadataRecoveryStrategy === 'rebootstrap'
  const metadataFetch = new MetadataFetch({ metadata, network }, { mayRebootstrap })
  const backoff = { baseMs: config.retryBackoffMs, maxMs: config.retryBackoffMaxMs }
  const producerIdFetch =
    idempotence === undefined ? undefined : new ProducerIdFetch(random, { idempotence, metadata, network }, backoff)
  return {
    accumulator,
    admission,
    backpressure,
    completions,
    encoder,
    flushes,
    idempotence,
    interceptors,
    metadata,
    metadataFetch,
    metrics,
    network,
    partitionLookups,
    producerIdFetch,
    sender,
    settlement,
    trace,
  }
}

/** Nothing else can fail while a producer is put together. */
function codecOrClose(config: ParsedProducerConfig, codecs: CompressionCodecs): CompressionCodec | undefined {
  try {
    return codecFor(config, codecs)
  } catch (error) {
    closeConfigured(config)
    throw error
  }
}
