import type { CompressionName } from '@harrow/protocol'
import type { Address } from '@harrow/runtime'
import { applyCrossRules, type ConfigValues } from './config-rules.ts'
import { nearestOf } from './config-suggestion.ts'
import { inertConfigKeys, producerConfigTable, refusedConfigKeys } from './config-table.ts'
import {
  closeQuietly,
  parseBootstrapServers,
  parseInterceptors,
  parsePartitioner,
  parseSerializer,
  parseValue,
} from './config-values.ts'
import { ConfigError } from './errors.ts'
import type { InterceptorOption, ProducerInterceptor } from './interceptor.ts'
import { type Logger, silentLogger } from './logger.ts'
import type { partitioners } from './partitioners/index.ts'
import type { Partitioner, PartitionerOption } from './partitioners/partitioner.ts'
import type { SerializerName } from './serializers/index.ts'
import type { ParsedSerializer, Serializer } from './serializers/serializer.ts'

type Int = number | string
type Flag = boolean | 'true' | 'false'
type ClientDnsLookup = 'use_all_dns_ips' | 'resolve_canonical_bootstrap_servers_only'

/**
 * Kafka's own keys, as in any `producer.properties`. Numbers may be strings. Defaults are those of Kafka 4. `K` and `V`
 * are what the serializers take.
 */
// biome-ignore lint/suspicious/noExplicitAny: a configuration whose types nobody stated fits every producer.
export interface ProducerConfig<K = any, V = any> {
  /** Where to start: `'host:port,host:port'` or a list of `'host:port'`. Also `PLAINTEXT://host:port` and `[::1]:port`. Required. */
  readonly 'bootstrap.servers': string | readonly string[]
  /** Sent with each request, shown in broker logs and quotas. Default: `harrow`. */
  readonly 'client.id'?: string
  /** Which acknowledgement counts: `all` (or -1) in-sync replicas, the leader alone (1), nothing (0). Default: `all`. */
  readonly acks?: 'all' | -1 | 0 | 1 | '-1' | '0' | '1'
  /** Whether retries are recognised by the broker, so that nothing is written twice or out of order. Default: true. */
  readonly 'enable.idempotence'?: Flag
  /** How often a batch is sent again at most. From 0. Default: 2147483647; `delivery.timeout.ms` ends it before. */
  readonly retries?: Int
  /** Unanswered requests per connection. From 1; at most 5 with idempotence. 1 keeps order without idempotence too. Default: 5. */
  readonly 'max.in.flight.requests.per.connection'?: Int
  /** Bytes that a batch aims for. From 0, which means one record per batch. Default: 16384. */
  readonly 'batch.size'?: Int
  /** Milliseconds that a batch which is not full waits for more records. From 0. Default: 5. */
  readonly 'linger.ms'?: Int
  /** Bytes for records not yet acknowledged. From 0. `send` waits (`max.block.ms`) when they are used up. Default: 33554432. */
  readonly 'buffer.memory'?: Int
  /** Milliseconds that a record may wait for metadata and memory together. From 0. Default: 60000. */
  readonly 'max.block.ms'?: Int
  /** Bytes of one request, and of one record uncompressed. From 0. Default: 1048576. */
  readonly 'max.request.size'?: Int
  /** Codec of whole batches. Default: `none`. */
  readonly 'compression.type'?: CompressionName
  /** For gzip: 1, fast, to 9, small; -1 is what zlib prefers. Default: -1. */
  readonly 'compression.gzip.level'?: Int
  /** For lz4: 1 to 17. Only 9, which is the fast compressor (as in Java), has an effect. Default: 9. */
  readonly 'compression.lz4.level'?: Int
  /** For zstd: -131072, fast, to 22, small. Default: 3. */
  readonly 'compression.zstd.level'?: Int
  /** Milliseconds from a record entering a batch to success or failure. At least `linger.ms` + `request.timeout.ms`. Default: 120000. */
  readonly 'delivery.timeout.ms'?: Int
  /** Milliseconds to wait for an answer before the connection is given up. From 0. Default: 30000. */
  readonly 'request.timeout.ms'?: Int
  /** Milliseconds before the first retry, doubled for each further one, with 20 % jitter. From 0. Default: 100. */
  readonly 'retry.backoff.ms'?: Int
  /** Milliseconds that the retry backoff grows to. From 0. Default: 1000. */
  readonly 'retry.backoff.max.ms'?: Int
  /** Milliseconds before the first reconnect to a broker, doubled for each further one. From 0. Default: 50. */
  readonly 'reconnect.backoff.ms'?: Int
  /** Milliseconds that the reconnect backoff grows to. From 0. Default: 1000, or `reconnect.backoff.ms` if only that is set. */
  readonly 'reconnect.backoff.max.ms'?: Int
  /** Milliseconds for the first attempt to connect, doubled for each failed one. From 0. Default: 10000. */
  readonly 'socket.connection.setup.timeout.ms'?: Int
  /** Milliseconds that the connection setup timeout grows to. From 0. Default: 30000. */
  readonly 'socket.connection.setup.timeout.max.ms'?: Int
  /** Milliseconds after which an unused connection is closed; negative: never. Default: 540000. */
  readonly 'connections.max.idle.ms'?: Int
  /**
   * How a host with several addresses is tried: one after the other. The second choice is for Kerberos, and means the same
   * here. Default: `use_all_dns_ips`.
   */
  readonly 'client.dns.lookup'?: ClientDnsLookup
  /** Milliseconds after which metadata is refreshed without cause. From 0. Default: 300000. */
  readonly 'metadata.max.age.ms'?: Int
  /** Milliseconds after which a topic that is not produced to is forgotten. From 5000. Default: 300000. */
  readonly 'metadata.max.idle.ms'?: Int
  /** What to do when no known broker can be reached: `rebootstrap` asks the bootstrap servers again. Default: `rebootstrap`. */
  readonly 'metadata.recovery.strategy'?: 'none' | 'rebootstrap'
  /** Milliseconds without a metadata answer after which to rebootstrap. From 0. Default: 300000. */
  readonly 'metadata.recovery.rebootstrap.trigger.ms'?: Int
  /** Object, function, class, or `RoundRobinPartitioner`. Default: murmur2 of the key; sticky without a key (KIP-794). */
  readonly 'partitioner.class'?: PartitionerOption | keyof typeof partitioners | null
  /** Whether the built-in partitioner treats all records as if they had no key. Default: false. */
  readonly 'partitioner.ignore.keys'?: Flag
  /** Whether records without a key prefer partitions with short queues. Default: true. */
  readonly 'partitioner.adaptive.partitioning.enable'?: Flag
  /** Milliseconds of a leader taking nothing after which its partitions get no keyless records. 0 is never. Default: 0. */
  readonly 'partitioner.availability.timeout.ms'?: Int
  /**
   * Key to bytes: a function `(data, topic, headers) => bytes`, an object or a class with `serialize(topic, data, headers)`,
   * or a name: `string`, `json`, `bytes`, `short`, `integer`, `long`, `float`, `double`, `boolean`, `uuid`, `void`. May be
   * asynchronous. Default: strings as UTF-8, bytes as they are.
   */
  readonly 'key.serializer'?: Serializer<K> | SerializerName
  /** Value to bytes, like `key.serializer`. Default: strings as UTF-8, bytes as they are. */
  readonly 'value.serializer'?: Serializer<V> | SerializerName
  /** Objects or classes that see each record before it is sent, and its outcome after. Default: none. */
  readonly 'interceptor.classes'?: readonly InterceptorOption[]
  /** Windows that the rates, averages and maxima of `metrics()` look back on. From 1. Default: 2. */
  readonly 'metrics.num.samples'?: Int
  /** Milliseconds of one of these windows. From 0. Default: 30000. */
  readonly 'metrics.sample.window.ms'?: Int
  /** Only `PLAINTEXT` so far. Default: `PLAINTEXT`. */
  readonly 'security.protocol'?: 'PLAINTEXT'
}

/** The configuration as the parts see it: parsed, checked, complete. Names are the keys in camelCase. */
export interface ParsedProducerConfig {
  readonly bootstrapServers: readonly Address[]
  readonly clientId: string
  readonly acks: -1 | 0 | 1
  readonly enableIdempotence: boolean
  readonly retries: number
  readonly maxInFlightRequestsPerConnection: number
  readonly batchSize: number
  readonly lingerMs: number
  readonly bufferMemory: number
  readonly maxBlockMs: number
  readonly maxRequestSize: number
  readonly compressionType: CompressionName
  readonly compressionGzipLevel: number
  readonly compressionLz4Level: number
  readonly compressionZstdLevel: number
  readonly deliveryTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly socketConnectionSetupTimeoutMs: number
  readonly socketConnectionSetupTimeoutMaxMs: number
  readonly connectionsMaxIdleMs: number
  readonly clientDnsLookup: ClientDnsLookup
  readonly metadataMaxAgeMs: number
  readonly metadataMaxIdleMs: number
  readonly metadataRecoveryStrategy: 'none' | 'rebootstrap'
  readonly metadataRecoveryRebootstrapTriggerMs: number
  /** Undefined: the built-in one. */
  readonly partitionerClass: Partitioner | undefined
  readonly partitionerIgnoreKeys: boolean
  readonly partitionerAdaptivePartitioningEnable: boolean
  readonly partitionerAvailabilityTimeoutMs: number
  readonly keySerializer: ParsedSerializer
  readonly valueSerializer: ParsedSerializer
  readonly interceptorClasses: readonly ProducerInterceptor[]
  readonly metricsNumSamples: number
  readonly metricsSampleWindowMs: number
  readonly securityProtocol: 'PLAINTEXT'
}

/**
 * Checks everything once, at the start. Throws ConfigError with the key, the value and what is allowed. A key that does
 * not exist, or has no effect here, only warns (Java: "unused configs"); the nearest one that does exist is suggested.
 */
export function parseProducerConfig(config: ProducerConfig, logger: Logger = silentLogger): ParsedProducerConfig {
  const given = givenKeys(config)
  const details = { clientId: String(given.get('client.id') ?? 'harrow') }
  const warn = (message: string): void => logger.warn(details, message)
  checkOtherKeys(given, warn)
  const values: Record<string, unknown> = {}
  for (const { row, field } of rows)
    values[field] = given.has(row.key) ? parseValue(row, given.get(row.key)) : row.default
  const parsed = values as ConfigValues
  parsed.bootstrapServers = parseBootstrapServers(given.get('bootstrap.servers'))
  parsed.interceptorClasses = parseInterceptors(given.get('interceptor.classes'))
  // R13: what was made on the way to a failure is closed again.
  try {
    parsed.partitionerClass = parsePartitioner(given.get('partitioner.class'))
    parsed.keySerializer = parseSerializer('key.serializer', given.get('key.serializer'))
    parsed.valueSerializer = parseSerializer('value.serializer', given.get('value.serializer'))
    applyCrossRules(parsed, { given: new Set(given.keys()), warn })
  } catch (error) {
    closeConfigured(parsed)
    throw error
  }
  return parsed
}

/** Closes what the configuration brought along, for a producer that could not be constructed (R13). */
export function closeConfigured(config: Partial<ParsedProducerConfig>): void {
  for (const interceptor of config.interceptorClasses ?? []) closeQuietly(interceptor)
  for (const part of [config.partitionerClass, config.keySerializer, config.valueSerializer]) {
    // Before it was its turn to be parsed, it is what the caller gave.
    if (typeof part === 'object') closeQuietly(part)
  }
}

/** R10: keys are strings. `undefined` counts as not given. */
function givenKeys(config: unknown): ReadonlyMap<string, unknown> {
  if (typeof config !== 'object' || config === null || Array.isArray(config) || config instanceof Map) {
    throw new ConfigError(
      'config',
      config,
      "an object with Kafka's keys, such as { 'bootstrap.servers': 'localhost:9092' }",
    )
  }
  for (const key of Object.getOwnPropertySymbols(config)) throw new ConfigError(String(key), '', 'a string as key')
  return new Map(Object.entries(config).filter(([, value]) => value !== undefined))
}

/** R14: keys without a row. */
function checkOtherKeys(given: ReadonlyMap<string, unknown>, warn: (message: string) => void): void {
  const known: readonly string[] = producerConfigTable.map((row) => row.key)
  for (const [key, value] of given) {
    if (known.includes(key)) continue
    const refused = refusedConfigKeys[key]
    if (refused !== undefined && value !== null) throw new ConfigError(key, value, refused)
    const inert = Object.keys(inertConfigKeys).find((one) => (one.endsWith('.') ? key.startsWith(one) : key === one))
    if (inert !== undefined) {
      warn(`${key} has no effect: ${inertConfigKeys[inert]}`)
      continue
    }
    const nearest = nearestOf(key, known)
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    warn(`${key} is not a key of this producer and has no effect${hint}`)
  }
}

/** The table, and where each value goes. */
const rows = producerConfigTable.map((row) => ({ row, field: camelCase(row.key) }))

/** `max.block.ms` is the field `maxBlockMs`. */
export function camelCase(key: string): string {
  return key.replace(/\.([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
