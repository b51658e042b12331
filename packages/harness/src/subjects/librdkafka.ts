import { errorByCode, errorByName } from '@harrow/protocol'
import type { ForeignFailure, SubjectDefinition } from './subject.ts'

interface DeliveryReport {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp?: number
  readonly opaque: number
}

interface RdKafkaError extends Error {
  readonly code: number
}

/** What we use of node-rdkafka; Confluent's package has the same interface. */
interface RdKafkaProducer {
  connect(options: { readonly timeout?: number }, done: (error: RdKafkaError | null) => void): void
  setPollInterval(ms: number): void
  on(event: 'delivery-report', listener: (error: RdKafkaError | null, report: DeliveryReport) => void): void
  produce(
    topic: string,
    partition: number | null,
    value: Buffer,
    key: string | null,
    timestamp: number | null,
    opaque: number,
    headers: readonly Readonly<Record<string, string>>[],
  ): unknown
  flush(timeoutMs: number, done: (error: RdKafkaError | null) => void): void
  disconnect(timeoutMs: number, done: (error: RdKafkaError | null) => void): void
}

export interface RdKafka {
  readonly Producer: new (
    config: Readonly<Record<string, unknown>>,
    topicConfig: Readonly<Record<string, unknown>>,
  ) => RdKafkaProducer
  readonly librdkafkaVersion: string
}

/** Kafka's key -> librdkafka's, for the whole client. */
const globalKeys: Readonly<Record<string, string>> = {
  'enable.idempotence': 'enable.idempotence',
  'max.in.flight.requests.per.connection': 'max.in.flight.requests.per.connection',
  'linger.ms': 'linger.ms',
  'batch.size': 'batch.size',
  'buffer.memory': 'queue.buffering.max.kbytes',
  'max.request.size': 'message.max.bytes',
  'compression.type': 'compression.type',
  retries: 'message.send.max.retries',
  'retry.backoff.ms': 'retry.backoff.ms',
  'retry.backoff.max.ms': 'retry.backoff.max.ms',
  'reconnect.backoff.ms': 'reconnect.backoff.ms',
  'reconnect.backoff.max.ms': 'reconnect.backoff.max.ms',
  'socket.connection.setup.timeout.ms': 'socket.connection.setup.timeout.ms',
  'connections.max.idle.ms': 'connections.max.idle.ms',
  'metadata.max.age.ms': 'metadata.max.age.ms',
  'client.id': 'client.id',
}
const topicKeys: Readonly<Record<string, string>> = {
  acks: 'acks',
  'delivery.timeout.ms': 'message.timeout.ms',
}

/** What an application would set to get the same behaviour. A client without `max.block.ms`: a full queue is an error. */
export const librdkafkaSettings: Readonly<Record<string, string>> = {
  ...globalKeys,
  ...topicKeys,
  'request.timeout.ms': 'socket.timeout.ms and request.timeout.ms',
}

/** librdkafka wants more than these; anything less is refused when the client is made. */
const least: Readonly<Record<string, number>> = {
  'message.max.bytes': 1000,
  'retry.backoff.ms': 1,
  'retry.backoff.max.ms': 1,
  'socket.connection.setup.timeout.ms': 1000,
}

/** librdkafka through a binding that has node-rdkafka's interface. */
export function librdkafkaSubject(packageName: string): SubjectDefinition<RdKafka> {
  return {
    name: packageName,
    packageName,
    settings: librdkafkaSettings,
    can: ['close-timeout'],

    cannotSet(key, value) {
      const name = globalKeys[key] ?? ''
      const min = least[name]
      return min !== undefined && Number(value) < min ? `${name} is at least ${min}` : undefined
    },

    async open({ bootstrapServers, config, library }) {
      const pick = (keys: Readonly<Record<string, string>>): Record<string, unknown> =>
        Object.fromEntries(Object.entries(keys).flatMap(([key, name]) => (key in config ? [[name, config[key]]] : [])))
      const global = pick(globalKeys)
      const topic = pick(topicKeys)
      const { 'request.timeout.ms': requestTimeoutMs } = config
      if (requestTimeoutMs !== undefined) {
        global['socket.timeout.ms'] = Math.max(Number(requestTimeoutMs), 10)
        topic['request.timeout.ms'] = Number(requestTimeoutMs)
      }
      // A batch of nothing is to both a batch for every record, and librdkafka calls it 1.
      if ('batch.size' in config) global['batch.size'] = Math.max(1, Number(config['batch.size']))
      // Its own key is how old metadata may be at all; this one is how often it asks, which is what Kafka's means.
      if ('metadata.max.age.ms' in config)
        global['topic.metadata.refresh.interval.ms'] = Math.max(10, Number(config['metadata.max.age.ms']))
      if ('buffer.memory' in config)
        global['queue.buffering.max.kbytes'] = Math.max(1, Math.floor(Number(config['buffer.memory']) / 1024))
      topic['acks'] = config['acks'] === 'all' ? -1 : Number(config['acks'])
      const producer = new library.Producer({ ...global, 'metadata.broker.list': bootstrapServers, dr_cb: true }, topic)
      const open = new Map<number, (error: RdKafkaError | null, report: DeliveryReport) => void>()
      producer.on('delivery-report', (error, report) => open.get(report.opaque)?.(error, report))
      let next = 0
      // The binding asks for metadata before it lets anybody send.
      const connecting = new Promise<void>((resolve, reject) => {
        producer.connect({ timeout: Number(config['delivery.timeout.ms']) }, (error) =>
          error ? reject(error) : resolve(),
        )
      })
      connecting.then(
        () => producer.setPollInterval(2),
        () => {},
      )
      // An application that closes no longer waits for the connection.
      let closeNow = (_: Error): void => {}
      const closed = new Promise<never>((_, reject) => (closeNow = reject))
      closed.catch(() => {})
      const connectedOrClosed = Promise.race([connecting, closed])
      connectedOrClosed.catch(() => {})
      return {
        async send({ topic: name, partition, key, value, headers }) {
          await connectedOrClosed
          const opaque = next++
          return new Promise((resolve, reject) => {
            open.set(opaque, (error, report) => {
              open.delete(opaque)
              if (error) reject(error)
              else resolve({ partition: report.partition, offset: report.offset, timestamp: report.timestamp })
            })
            const pairs = Object.entries(headers ?? {}).map(([header, text]) => ({ [header]: text }))
            try {
              producer.produce(name, partition ?? null, Buffer.from(value), key, null, opaque, pairs)
            } catch (error) {
              open.delete(opaque)
              reject(error as Error)
            }
          })
        },
        async flush() {
          await connecting.catch(() => {})
          await new Promise<void>((resolve) => producer.flush(2 ** 31 - 1, () => resolve()))
        },
        async close(timeoutMs) {
          if (timeoutMs !== undefined)
            setTimeout(() => closeNow(Object.assign(new Error('closed'), { code: -152 })), timeoutMs)
          await connectedOrClosed.catch(() => {})
          await new Promise<void>((resolve) => producer.disconnect(timeoutMs ?? 2 ** 31 - 1, () => resolve()))
        },
      }
    },

    describeError: librdkafkaError,
  }
}

/** Codes above zero are the broker's; those below are librdkafka's own (`rd_kafka_resp_err_t`). */
const ownErrors: Readonly<Record<number, string>> = {
  [-192]: 'DELIVERY_TIMEOUT',
  [-185]: 'DELIVERY_TIMEOUT',
  [-184]: 'BUFFER_EXHAUSTED',
  [-188]: 'UNKNOWN_TOPIC_OR_PARTITION',
  [-190]: 'UNKNOWN_TOPIC_OR_PARTITION',
  [-152]: 'PRODUCER_CLOSED',
  [-151]: 'PRODUCER_CLOSED',
  [-150]: 'FATAL',
}

/** The binding has lost the code of some errors and kept librdkafka's text without its first word: "message timed out". */
const errorsByText: Readonly<Record<string, string>> = {
  'message timed out': 'DELIVERY_TIMEOUT',
  'timed out': 'DELIVERY_TIMEOUT',
  'timed out in queue': 'DELIVERY_TIMEOUT',
  'queue full': 'BUFFER_EXHAUSTED',
  'unknown topic': 'UNKNOWN_TOPIC_OR_PARTITION',
  'unknown partition': 'UNKNOWN_TOPIC_OR_PARTITION',
  'purged in queue': 'PRODUCER_CLOSED',
  'purged in flight': 'PRODUCER_CLOSED',
  'message size too large': 'MESSAGE_TOO_LARGE',
  'not enough in-sync replicas': 'NOT_ENOUGH_REPLICAS',
  'message(s) written to insufficient number of in-sync replicas': 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'broker disconnected before response received': 'NETWORK_EXCEPTION',
  'not leader for partition': 'NOT_LEADER_OR_FOLLOWER',
  'leader epoch is older than broker epoch': 'FENCED_LEADER_EPOCH',
  'broker received an out of order sequence number': 'OUT_OF_ORDER_SEQUENCE_NUMBER',
}

function librdkafkaError(error: unknown): ForeignFailure {
  const { code, message } = error as RdKafkaError
  if (code !== -1)
    return { error: code > 0 ? errorByCode(code).name : (ownErrors[code] ?? `librdkafka ${code}`), message }
  const text = message.trim().toLowerCase()
  const byName = errorByName(text.toUpperCase().replaceAll(' ', '_'))?.name
  return { error: errorsByText[text] ?? byName ?? `librdkafka: ${text}`, message }
}
