import type { ParsedProducerConfig } from './config.ts'
import { ConfigError } from './errors.ts'

export type ConfigValues = { -readonly [field in keyof ParsedProducerConfig]: ParsedProducerConfig[field] }

/** What rules need to know besides the values. */
export interface RuleContext {
  /** Keys that the caller set. */
  readonly given: ReadonlySet<string>
  warn(message: string): void
}

const intMax = 2 ** 31 - 1

/**
 * Java's rules between keys; the numbers are those of the comments below and not public names. Those that are not
 * here hold elsewhere: R5 and R9 concern transactions and SASL, R6 has a default serializer instead, R10, R13 and R14
 * are in config.ts, R11 has no such key (`inertConfigKeys`).
 */
export function applyCrossRules(config: ConfigValues, context: RuleContext): void {
  const { given, warn } = context
  // R1: a batch must live long enough to linger and be answered once.
  const neededMs = Math.min(config.lingerMs + config.requestTimeoutMs, intMax)
  if (config.deliveryTimeoutMs < neededMs) {
    const allowed = `at least linger.ms + request.timeout.ms = ${neededMs}`
    if (given.has('delivery.timeout.ms'))
      throw new ConfigError('delivery.timeout.ms', config.deliveryTimeoutMs, allowed)
    warn(`delivery.timeout.ms is raised from ${config.deliveryTimeoutMs} to ${neededMs}: ${allowed}`)
    config.deliveryTimeoutMs = neededMs
  }
  if (config.enableIdempotence) applyIdempotenceRules(config, context)
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
    if (base > max) warn(`${key} = ${base} is above ${maxKey} = ${max}: ${max} is used throughout`)
  }
  // R8: who sets only the base wants it constant.
  if (given.has('reconnect.backoff.ms') && !given.has('reconnect.backoff.max.ms')) {
    if (config.reconnectBackoffMaxMs !== config.reconnectBackoffMs) {
      warn(`reconnect.backoff.max.ms is set to reconnect.backoff.ms = ${config.reconnectBackoffMs}`)
    }
    config.reconnectBackoffMaxMs = config.reconnectBackoffMs
  }
  // R12: a partitioner of the application decides alone. Differs from Java: which says nothing.
  if (config.partitionerClass !== undefined) {
    for (const key of given) if (builtInOnly.has(key)) warn(`${key} has no effect together with partitioner.class`)
  }
  if (config.clientDnsLookup !== 'use_all_dns_ips') {
    warn(`client.dns.lookup = ${config.clientDnsLookup} has no effect: it is for Kerberos, which is not supported yet`)
  }
  if (config.compressionLz4Level !== 9) {
    warn(
      `compression.lz4.level = ${config.compressionLz4Level} has no effect: there is one LZ4 compressor, the fast one`,
    )
  }
}

const builtInOnly: ReadonlySet<string> = new Set([
  'partitioner.ignore.keys',
  'partitioner.adaptive.partitioning.enable',
  'partitioner.availability.timeout.ms',
])

/** R2 to R4: idempotence is dropped if nobody asked for it and something else rules it out; R4 always throws (Kafka 4). */
function applyIdempotenceRules(config: ConfigValues, { given, warn }: RuleContext): void {
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
    warn(`enable.idempotence is switched off: ${key} = ${value}, allowed is ${allowed}`)
    config.enableIdempotence = false
  }
  if (config.enableIdempotence && inFlight > 5) {
    throw new ConfigError('max.in.flight.requests.per.connection', inFlight, '1 to 5 with enable.idempotence')
  }
}
