import type { Clock } from '@harrow/runtime'
import { software } from '../software.ts'
import type { ProducerEvent } from '../trace.ts'
import { average, distribution, type Metric, meter, nanoseconds, type Reading, read } from './metric.ts'
import { NodeMetrics } from './node-metrics.ts'
import { type SampleWindows, Sensor } from './sensor.ts'
import { TopicMetrics } from './topic-metrics.ts'

/** What is looked at rather than counted. */
export interface Gauges {
  readonly bufferTotalBytes: number
  readonly bufferAvailableBytes: number
  readonly memoryWaiters: number
  readonly inFlightRequests: number
}

type Events<E extends ProducerEvent['event']> = Extract<ProducerEvent, { event: E }>

/**
 * Kafka's metrics of a producer, as a fold over its trace: per batch, request and connection, never per record. The
 * names are Java's (SenderMetricsRegistry, Selector, BufferPool, KafkaProducerMetrics).
 *
 * Differs from Java: `select-*`, `io-*` and the authentication metrics have no counterpart; a record that fails before it
 * is in a batch counts once in `record-error`; after `close` the last values stay readable, as they go with the producer.
 */
export class ProducerMetrics {
  private readonly clock: Clock
  private readonly gauges: () => Gauges
  private readonly windows: SampleWindows
  private readonly tags: Readonly<Record<string, string>>
  private readonly startMs: number
  private readonly all: NodeMetrics
  private readonly topics = new Map<string, TopicMetrics>()
  private readonly nodes = new Map<number, NodeMetrics>()
  /** Records drained for a node since its last Produce request: those that the next one carries. */
  private readonly drained = new Map<number, number>()
  private readonly sensors: Record<SensorName, Sensor>
  private readonly readings: readonly Reading[]
  private connectionCount = 0
  private lastMetadataMs = Number.NaN

  constructor(
    clock: Clock,
    options: { readonly clientId: string; readonly windows: SampleWindows },
    gauges: () => Gauges,
  ) {
    this.clock = clock
    this.gauges = gauges
    this.windows = options.windows
    this.tags = { 'client-id': options.clientId }
    this.startMs = clock.wallMs()
    this.all = new NodeMetrics(this.windows)
    this.sensors = Object.fromEntries(sensorNames.map((name) => [name, new Sensor(this.windows)])) as Record<
      SensorName,
      Sensor
    >
    this.readings = this.producerReadings()
  }

  /** Everything, as it is now. */
  read(): Metric[] {
    const nowMs = this.clock.nowMs()
    const { tags } = this
    const metrics = read(this.readings, 'producer-metrics', tags, nowMs)
    for (const [node, { readings }] of this.nodes) {
      metrics.push(...read(readings, 'producer-node-metrics', { ...tags, 'node-id': `node-${node}` }, nowMs))
    }
    for (const [topic, { readings }] of this.topics) {
      metrics.push(...read(readings, 'producer-topic-metrics', { ...tags, topic }, nowMs))
    }
    const appInfo: Reading[] = [
      ['version', () => software.version],
      ['start-time-ms', () => this.startMs],
    ]
    metrics.push(...read(appInfo, 'app-info', tags, nowMs))
    const count: Reading = ['count', () => metrics.length + 1]
    metrics.push(...read([count], 'kafka-metrics-count', tags, nowMs))
    return metrics
  }

  readonly fold = (event: ProducerEvent): void => {
    // Of every batch, and counted by what else is told of it.
    if (event.event === 'batch-created' || event.event === 'batch-completed') return
    const nowMs = this.clock.nowMs()
    const { sensors } = this
    switch (event.event) {
      case 'batch-drained':
        this.foldDrained(event, nowMs)
        return
      case 'batch-retried':
        sensors['record-retry'].record(event.records, nowMs)
        this.topics.get(event.topic)?.recordRetry.record(event.records, nowMs)
        return
      case 'batch-failed':
      case 'batch-expired':
        sensors['record-error'].record(event.records, nowMs)
        this.topics.get(event.topic)?.recordError.record(event.records, nowMs)
        return
      case 'send-failed':
        sensors['record-error'].record(1, nowMs)
        return
      case 'batch-split':
        sensors['batch-split'].record(1, nowMs)
        return
      case 'send-unblocked':
        if (event.on === 'memory') sensors['bufferpool-wait'].record(event.waitedMs, nowMs)
        else if (event.on === 'metadata') sensors['metadata-wait'].record(event.waitedMs, nowMs)
        return
      case 'buffer-exhausted':
        sensors['buffer-exhausted'].record(1, nowMs)
        return
      case 'flushed':
        sensors['flush-time'].record(event.tookMs, nowMs)
        return
      case 'request-sent':
        this.foldRequest(event, nowMs)
        return
      case 'response-received':
        this.foldResponse(event, nowMs)
        return
      case 'connection-state':
        this.foldConnection(event, nowMs)
        return
      case 'metadata-updated':
        if (!event.partial) this.lastMetadataMs = nowMs
        return
      default:
        return
    }
  }

  private foldDrained(event: Events<'batch-drained'>, nowMs: number): void {
    const { sensors } = this
    const { records, bytes, compressionRatio } = event
    sensors['batch-size'].record(bytes, nowMs)
    sensors['compression-rate'].record(compressionRatio, nowMs)
    sensors['record-queue-time'].record(event.queuedMs, nowMs)
    sensors['record-size'].record(event.recordBytesMax, nowMs)
    sensors['record-send'].record(records, nowMs)
    this.drained.set(event.node, (this.drained.get(event.node) ?? 0) + records)
    let topic = this.topics.get(event.topic)
    if (topic === undefined) {
      topic = new TopicMetrics(this.windows)
      this.topics.set(event.topic, topic)
    }
    topic.recordSend.record(records, nowMs)
    topic.bytes.record(bytes, nowMs)
    topic.compressionRate.record(compressionRatio, nowMs)
  }

  private foldRequest({ node, api, bytes }: Events<'request-sent'>, nowMs: number): void {
    for (const metrics of [this.all, this.nodes.get(node)]) {
      metrics?.request.record(1, nowMs)
      metrics?.requestBytes.record(bytes, nowMs)
    }
    this.sensors['network-io'].record(1, nowMs)
    if (api !== 'Produce') return
    this.sensors['records-per-request'].record(this.drained.get(node) ?? 0, nowMs)
    this.drained.delete(node)
  }

  private foldResponse(event: Events<'response-received'>, nowMs: number): void {
    for (const metrics of [this.all, this.nodes.get(event.node)]) {
      metrics?.response.record(1, nowMs)
      metrics?.responseBytes.record(event.bytes, nowMs)
      if (event.api === 'Produce') metrics?.latency.record(event.latencyMs, nowMs)
    }
    this.sensors['network-io'].record(1, nowMs)
    this.sensors['produce-throttle-time'].record(event.throttleTimeMs, nowMs)
  }

  private foldConnection({ node, from, to }: Events<'connection-state'>, nowMs: number): void {
    if (!this.nodes.has(node)) this.nodes.set(node, new NodeMetrics(this.windows))
    if (from === 'connecting' && to === 'negotiating') {
      this.connectionCount++
      this.sensors['connection-creation'].record(1, nowMs)
    } else if (to === 'disconnected' && from !== 'connecting') {
      this.connectionCount--
      this.sensors['connection-close'].record(1, nowMs)
    }
  }

  /** Java's section `producer-metrics`, in the order of its documentation. */
  private producerReadings(): Reading[] {
    const { sensors } = this
    return [
      ...distribution('batch-size', sensors['batch-size']),
      average('compression-rate-avg', sensors['compression-rate']),
      ...distribution('record-queue-time', sensors['record-queue-time']),
      ...distribution('record-size', sensors['record-size']),
      average('records-per-request-avg', sensors['records-per-request']),
      ...meter('record-send', sensors['record-send']),
      ...meter('record-retry', sensors['record-retry']),
      ...meter('record-error', sensors['record-error']),
      ...meter('batch-split', sensors['batch-split']),
      ...distribution('produce-throttle-time', sensors['produce-throttle-time']),
      ['requests-in-flight', () => this.gauges().inFlightRequests],
      ['metadata-age', (nowMs) => (nowMs - this.lastMetadataMs) / 1_000],
      ['waiting-threads', () => this.gauges().memoryWaiters],
      ['buffer-total-bytes', () => this.gauges().bufferTotalBytes],
      ['buffer-available-bytes', () => this.gauges().bufferAvailableBytes],
      ['bufferpool-wait-ratio', (nowMs) => sensors['bufferpool-wait'].rate(nowMs) / 1_000],
      nanoseconds('bufferpool-wait-time-ns-total', sensors['bufferpool-wait']),
      ...meter('buffer-exhausted', sensors['buffer-exhausted']),
      nanoseconds('flush-time-ns-total', sensors['flush-time']),
      nanoseconds('metadata-wait-time-ns-total', sensors['metadata-wait']),
      ...meter('connection-creation', sensors['connection-creation']),
      ...meter('connection-close', sensors['connection-close']),
      ['connection-count', () => this.connectionCount],
      ...meter('network-io', sensors['network-io']),
      ...this.all.readings,
    ]
  }
}

const sensorNames = [
  'batch-size',
  'batch-split',
  'buffer-exhausted',
  'bufferpool-wait',
  'compression-rate',
  'connection-close',
  'connection-creation',
  'flush-time',
  'metadata-wait',
  'network-io',
  'produce-throttle-time',
  'record-error',
  'record-queue-time',
  'record-retry',
  'record-send',
  'record-size',
  'records-per-request',
] as const

type SensorName = (typeof sensorNames)[number]
