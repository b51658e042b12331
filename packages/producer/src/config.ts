import type { CompressionName } from '@harrow/protocol'
import type { Address } from '@harrow/runtime'
import { type ConfigRow, producerConfigTable } from './config-table.ts'
import { ConfigError } from './errors.ts'
import { type Logger, silentLogger } from './logger.ts'
import { partitioners } from './partitioners/index.ts'
import { type Partitioner, type PartitionerOption, toPartitioner } from './partitioners/partitioner.ts'
import { serializers } from './serializers/index.ts'
import type { Serializer } from './serializers/serializer.ts'

type Int = number | string

/** Kafka's own keys, as in any `producer.properties`. Numbers may be strings. Defaults are those of Kafka 4. */
export interface ProducerConfig {
  /** Where to start: `'host:port,host:port'` or a list of `'host:port'`. Also `PLAINTEXT://host:port` and `[::1]:port`. Required. */
  readonly 'bootstrap.servers': string | readonly string[]
  /** Sent with each request, shown in broker logs and quotas. Default: `harrow`. */
  readonly 'client.id'?: string
  /** Which acknowledgement counts: `all` (or -1) in-sync replicas, the leader alone (1), nothing (0). Default: `all`. */
  readonly acks?: 'all' | -1 | 0 | 1 | '-1' | '0' | '1'
  /** Whether retries are recognised by the broker, so that nothing is written twice or out of order. Default: true. */
  readonly 'enable.idempotence'?: boolean | 'true' | 'false'
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
  readonly 'partitioner.ignore.keys'?: boolean | 'true' | 'false'
  /** Whether records without a key prefer partitions with short queues. Default: true. */
  readonly 'partitioner.adaptive.partitioning.enable'?: boolean | 'true' | 'false'
  /** Milliseconds of a leader taking nothing after which its partitions get no keyless records. 0 is never. Default: 0. */
  readonly 'partitioner.availability.timeout.ms'?: Int
  /** Key to bytes: a function `(data, topic) => Uint8Array | null`, or `string`, `json`, `bytes`. Default: strings as UTF-8, bytes as they are. */
  readonly 'key.serializer'?: Serializer<never> | keyof typeof serializers
  /** Value to bytes, like `key.serializer`. */
  readonly 'value.serializer'?: Serializer<never> | keyof typeof serializers
  /** Only `PLAINTEXT` so far. */
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
  readonly deliveryTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly socketConnectionSetupTimeoutMs: number
  readonly socketConnectionSetupTimeoutMaxMs: number
  readonly connectionsMaxIdleMs: number
  readonly metadataMaxAgeMs: number
  readonly metadataMaxIdleMs: number
  readonly metadataRecoveryStrategy: 'none' | 'rebootstrap'
  readonly metadataRecoveryRebootstrapTriggerMs: number
  /** Undefined: the built-in one. */
  readonly partitionerClass: Partitioner | undefined
  readonly partitionerIgnoreKeys: boolean
  readonly partitionerAdaptivePartitioningEnable: boolean
  readonly partitionerAvailabilityTimeoutMs: number
  readonly keySerializer: Serializer<unknown>
  readonly valueSerializer: Serializer<unknown>
  readonly securityProtocol: 'PLAINTEXT'
}

type Values = { -readonly [field in keyof ParsedProducerConfig]: ParsedProducerConfig[field] }

/**
 * Checks everything once, at the start. Throws ConfigError with the key, the value and what is allowed; a key that does
 * not exist only warns, with the nearest one that does (Java: "unused configs").
 */
export function parseProducerConfig(config: ProducerConfig, logger: Logger = silentLogger): ParsedProducerConfig {
  const given = new Map(Object.entries(config).filter(([, value]) => value !== undefined))
  warnAboutUnknownKeys(given, logger)
  const values: Record<string, unknown> = {}
  for (const row of producerConfigTable)
    values[camelCase(row.key)] = given.has(row.key) ? parseValue(row, given.get(row.key)) : row.default
  const parsed = values as Values
  parsed.bootstrapServers = parseBootstrapServers(config['bootstrap.servers'])
  parsed.partitionerClass = parsePartitioner(given.get('partitioner.class'))
  parsed.keySerializer = parseSerializer('key.serializer', given.get('key.serializer'))
  parsed.valueSerializer = parseSerializer('value.serializer', given.get('value.serializer'))
  applyCrossRules(parsed, given, logger)
  return parsed
}

/** Java's R1 to R8; the numbers are those of its post-processing, not public names. */
function applyCrossRules(config: Values, given: ReadonlyMap<string, unknown>, logger: Logger): void {
  // R1: a batch must live long enough to linger and be answered once.
  const neededMs = Math.min(config.lingerMs + config.requestTimeoutMs, intMax)
  if (config.deliveryTimeoutMs < neededMs) {
    const allowed = `at least linger.ms + request.timeout.ms = ${neededMs}`
    if (given.has('delivery.timeout.ms'))
      throw new ConfigError('delivery.timeout.ms', config.deliveryTimeoutMs, allowed)
    logger.warn(`delivery.timeout.ms is raised from ${config.deliveryTimeoutMs} to ${neededMs}: ${allowed}`)
    config.deliveryTimeoutMs = neededMs
  }
  if (config.enableIdempotence) applyIdempotenceRules(config, given, logger)
  // R7: growing towards less than the start means constant.
  for (const [key, base, maxKey, max] of [
    ['retry.backoff.ms', config.retryBackoffMs, 'retry.backoff.max.ms', config.retryBackoffMaxMs],
    [
      'socket.connection.setup.timeout.ms',
      config.socketConnectionSetupTimeoutMs,
      'socket.connection.setup.timeout.max.ms',
      config.socketConnectionSetupTimeoutMaxMs,
    ],
  ] as const) {
    if (base > max) logger.warn(`${key} = ${base} is above ${maxKey} = ${max}: ${max} is used throughout`)
  }
  // R8: who sets only the base wants it constant.
  if (given.has('reconnect.backoff.ms') && !given.has('reconnect.backoff.max.ms')) {
    if (config.reconnectBackoffMaxMs !== config.reconnectBackoffMs) {
      logger.warn(`reconnect.backoff.max.ms is set to reconnect.backoff.ms = ${config.reconnectBackoffMs}`)
    }
    config.reconnectBackoffMaxMs = config.reconnectBackoffMs
  }
}

/** R2 to R4: idempotence is dropped if nobody asked for it and something else rules it out; R4 always throws (Kafka 4). */
function applyIdempotenceRules(config: Values, given: ReadonlyMap<string, unknown>, logger: Logger): void {
  const isExplicit = given.has('enable.idempotence')
  const inFlight = config.maxInFlightRequestsPerConnection
  const conflicts = [
    {
      key: 'retries',
      value: config.retries,
      isBroken: config.retries === 0,
      allowed: 'above 0 with enable.idempotence',
    },
    { key: 'acks', value: config.acks, isBroken: config.acks !== -1, allowed: 'all with enable.idempotence' },
  ]
  for (const { key, value, isBroken, allowed } of conflicts) {
    if (!isBroken) continue
    if (isExplicit) throw new ConfigError(key, value, allowed)
    logger.warn(`enable.idempotence is switched off: ${key} = ${value}, allowed is ${allowed}`)
    config.enableIdempotence = false
  }
  if (config.enableIdempotence && inFlight > 5) {
    throw new ConfigError('max.in.flight.requests.per.connection', inFlight, '1 to 5 with enable.idempotence')
  }
}

const intMax = 2 ** 31 - 1

function parseValue(row: ConfigRow, value: unknown): unknown {
  const refuse = (): never => {
    throw new ConfigError(row.key, value, row.allowed)
  }
  switch (row.type) {
    case 'int':
    case 'long': {
      const text = typeof value === 'string' ? value.trim() : value
      const number = typeof text === 'string' && /^[+-]?\d+$/.test(text) ? Number(text) : text
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) return refuse()
      return number < row.min || number > row.max ? refuse() : number
    }
    case 'boolean':
      if (typeof value === 'boolean') return value
      return value === 'true' ? true : value === 'false' ? false : refuse()
    case 'choice': {
      const text = String(value).trim()
      const choice = row.choices.find(([name]) => name.toLowerCase() === text.toLowerCase())
      return choice === undefined ? refuse() : choice[1]
    }
    case 'string':
      return typeof value === 'string' ? value : refuse()
    case 'object':
      return value
  }
}

/** Throws ConfigError unless there is at least one usable address. */
function parseBootstrapServers(value: unknown): Address[] {
  const allowed = 'a non-empty list of host:port'
  const list = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(list)) throw new ConfigError('bootstrap.servers', value, allowed)
  const entries = list.map((entry) => String(entry).trim()).filter((entry) => entry !== '')
  if (entries.length === 0) throw new ConfigError('bootstrap.servers', value, allowed)
  return entries.map((entry) => {
    // As Java's Utils.getHost and getPort: an optional PROTOCOL://, a name, an IPv4 or a bracketed IPv6 address, a port.
    const match = /^(?:[A-Za-z0-9_]+:\/\/)?(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(entry)
    const host = match?.[1] ?? match?.[2]
    const port = Number(match?.[3])
    if (host === undefined || !(port >= 1 && port <= 65_535)) {
      throw new ConfigError('bootstrap.servers', entry, `${allowed}, port 1 to 65535`)
    }
    return { host, port }
  })
}

function parsePartitioner(value: unknown): Partitioner | undefined {
  if (value === undefined || value === null) return undefined
  const named: PartitionerOption | undefined =
    typeof value === 'string' ? partitioners[value as keyof typeof partitioners] : (value as PartitionerOption)
  if (typeof named === 'function') return toPartitioner(named)
  if (typeof (named as Partitioner | undefined)?.partition === 'function') return named
  const names = Object.keys(partitioners).join(', ')
  throw new ConfigError(
    'partitioner.class',
    value,
    `an object with partition(), a function, a class, or one of ${names}`,
  )
}

function parseSerializer(key: string, value: unknown): Serializer<unknown> {
  if (value === undefined) return serializers.default
  if (typeof value === 'function') return value as Serializer<unknown>
  const named = typeof value === 'string' && Object.hasOwn(serializers, value) ? value : undefined
  if (named === undefined)
    throw new ConfigError(key, value, `a function or one of ${Object.keys(serializers).join(', ')}`)
  return serializers[named as keyof typeof serializers] as Serializer<unknown>
}

function warnAboutUnknownKeys(given: ReadonlyMap<string, unknown>, logger: Logger): void {
  const known: readonly string[] = producerConfigTable.map((row) => row.key)
  for (const key of given.keys()) {
    if (known.includes(key)) continue
    const nearest = nearestOf(key, known)
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    logger.warn(`${key} is not a key of this producer and has no effect${hint}`)
  }
}

/** The known word with the fewest edits, if that is few enough to be a slip. */
function nearestOf(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Math.max(3, Math.ceil(word.length / 4)) + 1
  for (const candidate of known) {
    const edits = editDistance(normalised(word), normalised(candidate))
    if (edits < fewest) {
      fewest = edits
      nearest = candidate
    }
  }
  return nearest
}

/** `lingerMs`, `linger_ms` and `linger.ms` are the same slip of a different convention. */
function normalised(word: string): string {
  return word.replace(/[._-]/g, '').toLowerCase()
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}

/** `max.block.ms` is the field `maxBlockMs`. */
export function camelCase(key: string): string {
  return key.replace(/\.([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
