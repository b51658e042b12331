import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { camelCase, type ProducerConfig, parseProducerConfig } from './config.ts'
import { inertConfigKeys, producerConfigTable } from './config-table.ts'
import { ConfigError } from './errors.ts'

const servers = { 'bootstrap.servers': 'localhost:9092' }

/** A configuration as a caller without types may give it. */
function parse(config: Record<string, unknown>, warnings: string[] = []): ReturnType<typeof parseProducerConfig> {
  const logger = { warn: (_: unknown, message: string) => void warnings.push(message), error: () => {} }
  return parseProducerConfig({ ...servers, ...config } as ProducerConfig, logger)
}

test('config: the defaults are those of Kafka 4', () => {
  expect(parse({})).toMatchObject({
    bootstrapServers: [{ host: 'localhost', port: 9092 }],
    acks: -1,
    enableIdempotence: true,
    retries: 2147483647,
    maxInFlightRequestsPerConnection: 5,
    batchSize: 16384,
    lingerMs: 5,
    bufferMemory: 33554432,
    maxBlockMs: 60000,
    maxRequestSize: 1048576,
    compressionType: 'none',
    deliveryTimeoutMs: 120000,
    requestTimeoutMs: 30000,
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1000,
    reconnectBackoffMs: 50,
    reconnectBackoffMaxMs: 1000,
    socketConnectionSetupTimeoutMs: 10000,
    socketConnectionSetupTimeoutMaxMs: 30000,
    connectionsMaxIdleMs: 540000,
    metadataMaxAgeMs: 300000,
    metadataMaxIdleMs: 300000,
    metadataRecoveryStrategy: 'rebootstrap',
    partitionerClass: undefined,
    partitionerIgnoreKeys: false,
    partitionerAdaptivePartitioningEnable: true,
    partitionerAvailabilityTimeoutMs: 0,
    clientDnsLookup: 'use_all_dns_ips',
    compressionGzipLevel: -1,
    compressionLz4Level: 9,
    compressionZstdLevel: 3,
    interceptorClasses: [],
    metadataRecoveryRebootstrapTriggerMs: 300000,
    metricsNumSamples: 2,
    metricsSampleWindowMs: 30000,
    securityProtocol: 'PLAINTEXT',
  })
})

test('config: the ranges are those of Kafka', () => {
  const intMax = 2147483647
  const longMax = Number.MAX_SAFE_INTEGER
  // ProducerConfig.java, `define` by `define`; CompressionType.java for the levels.
  const ranges: Record<string, [min: number, max: number]> = {
    retries: [0, intMax],
    'max.in.flight.requests.per.connection': [1, intMax],
    'batch.size': [0, intMax],
    'linger.ms': [0, longMax],
    'buffer.memory': [0, longMax],
    'max.block.ms': [0, longMax],
    'max.request.size': [0, intMax],
    'compression.gzip.level': [-1, 9],
    'compression.lz4.level': [1, 17],
    'compression.zstd.level': [-131072, 22],
    'delivery.timeout.ms': [0, intMax],
    'request.timeout.ms': [0, intMax],
    'retry.backoff.ms': [0, longMax],
    'retry.backoff.max.ms': [0, longMax],
    'reconnect.backoff.ms': [0, longMax],
    'reconnect.backoff.max.ms': [0, longMax],
    // Differs from Java, which takes a negative timeout and then never connects.
    'socket.connection.setup.timeout.ms': [0, longMax],
    'socket.connection.setup.timeout.max.ms': [0, longMax],
    'connections.max.idle.ms': [-longMax, longMax],
    'metadata.max.age.ms': [0, longMax],
    'metadata.max.idle.ms': [5000, longMax],
    'metadata.recovery.rebootstrap.trigger.ms': [0, longMax],
    'partitioner.availability.timeout.ms': [0, longMax],
    'metrics.num.samples': [1, intMax],
    'metrics.sample.window.ms': [0, longMax],
  }
  const numeric = producerConfigTable.flatMap((row) =>
    row.type === 'int' || row.type === 'long' ? [[row.key, [row.min, row.max]] as const] : [],
  )
  expect(Object.fromEntries(numeric)).toEqual(ranges)
})

test('config: Long.MAX_VALUE, by which users of Java mean "for ever", is taken for the largest number there is', () => {
  for (const forEver of ['9223372036854775807', 2 ** 63, Number.MAX_SAFE_INTEGER]) {
    expect(parse({ 'max.block.ms': forEver }).maxBlockMs, String(forEver)).toBe(Number.MAX_SAFE_INTEGER)
  }
  expect(parse({ 'connections.max.idle.ms': '-9223372036854775808' }).connectionsMaxIdleMs).toBeLessThan(0)
  for (const beyond of ['18446744073709551616', 2 ** 64, Number.POSITIVE_INFINITY]) {
    expect(() => parse({ 'max.block.ms': beyond }), String(beyond)).toThrow(ConfigError)
  }
  expect(() => parse({ retries: '9223372036854775807' })).toThrow(ConfigError)
})

test('config: the way to look up names for Kerberos is known, and warns that it is the other one', () => {
  const warnings: string[] = []
  const canonical = 'resolve_canonical_bootstrap_servers_only'
  expect(parse({ 'client.dns.lookup': canonical }, warnings).clientDnsLookup).toBe(canonical)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('client.dns.lookup')
})

test('config: every row fills the field that its key names, and nothing else exists', () => {
  expect(Object.keys(parse({})).sort()).toEqual(producerConfigTable.map(({ key }) => camelCase(key)).sort())
})

test('config: every numeric row takes its bounds, as number and as string, and refuses what is outside', () => {
  for (const row of producerConfigTable) {
    if (row.type !== 'int' && row.type !== 'long') continue
    // Cross rules are tested below; these values keep out of their way.
    const room = { 'linger.ms': 0, 'request.timeout.ms': 0, 'enable.idempotence': false }
    const field = camelCase(row.key) as 'lingerMs'
    expect(parse({ ...room, [row.key]: row.default })[field], row.key).toBe(row.default)
    expect(parse({ ...room, [row.key]: ` ${row.min} ` })[field], row.key).toBe(row.min)
    if (row.excluded !== undefined) expect(() => parse({ [row.key]: row.excluded })).toThrow(ConfigError)
    const tooSmall = row.min === Number.MIN_SAFE_INTEGER ? -(2 ** 64) : row.min - 1
    const tooLarge = row.type === 'int' ? row.max + 1 : 2 ** 64
    for (const bad of [tooSmall, tooLarge, 1.5, 'many', null, Number.NaN, '']) {
      expect(() => parse({ ...room, [row.key]: bad }), `${row.key} = ${bad}`).toThrow(ConfigError)
    }
  }
})

test('config: an error tells the key, the value and what is allowed', () => {
  const error = catchError(() => parse({ 'metadata.max.idle.ms': 4_999 }))
  expect(error).toMatchObject({ key: 'metadata.max.idle.ms', value: 4_999, allowed: 'a whole number from 5000' })
  expect(error.message).toBe('metadata.max.idle.ms = 4999: allowed is a whole number from 5000')
})

test('config: acks are all, -1, 0 or 1, as number or string', () => {
  for (const [given, parsed] of [
    ['all', -1],
    ['-1', -1],
    [-1, -1],
    ['1', 1],
    [1, 1],
    ['0', 0],
    [0, 0],
  ]) {
    expect(parse({ acks: given, ...(parsed === -1 ? {} : { 'enable.idempotence': false }) }).acks).toBe(parsed)
  }
  expect(() => parse({ acks: 2 })).toThrow('allowed is all, -1, 0, 1')
})

test('config: bootstrap servers are a list or a comma-separated string, with or without protocol, IPv6 in brackets', () => {
  const of = (value: unknown): unknown => parse({ 'bootstrap.servers': value }).bootstrapServers
  expect(of('a:1, PLAINTEXT://b.c:2 ,[::1]:3,')).toEqual([
    { host: 'a', port: 1 },
    { host: 'b.c', port: 2 },
    { host: '::1', port: 3 },
  ])
  expect(of(['a:1'])).toEqual([{ host: 'a', port: 1 }])
  for (const bad of [undefined, '', [], 'a', 'a:', 'a:0', 'a:65536', '::1:9092', 42]) {
    expect(() => of(bad), String(bad)).toThrow(ConfigError)
  }
})

test('config R1: delivery.timeout.ms below linger.ms + request.timeout.ms is an error if given, else raised', () => {
  const short = { 'linger.ms': 100, 'request.timeout.ms': 1_000, 'delivery.timeout.ms': 1_099 }
  expect(() => parse(short)).toThrow('at least linger.ms + request.timeout.ms = 1100')
  expect(parse({ ...short, 'delivery.timeout.ms': 1_100 }).deliveryTimeoutMs).toBe(1_100)
  const warnings: string[] = []
  expect(parse({ 'linger.ms': 200_000 }, warnings).deliveryTimeoutMs).toBe(230_000)
  expect(warnings).toHaveLength(1)
  expect(parse({ 'linger.ms': 2 ** 40 }).deliveryTimeoutMs).toBe(2 ** 31 - 1)
})

test('config R2, R3: retries 0 or weaker acks switch idempotence off, unless it was asked for', () => {
  for (const conflict of [{ retries: 0 }, { acks: 1 }, { acks: 0 }]) {
    expect(parse(conflict).enableIdempotence).toBe(false)
    expect(() => parse({ ...conflict, 'enable.idempotence': true })).toThrow(ConfigError)
  }
})

test('config R4: more than five in flight with idempotence is always an error', () => {
  const six = { 'max.in.flight.requests.per.connection': 6 }
  expect(() => parse(six)).toThrow('1 to 5 with enable.idempotence')
  expect(parse({ ...six, 'enable.idempotence': false }).maxInFlightRequestsPerConnection).toBe(6)
  expect(parse({ ...six, acks: 1 }).enableIdempotence).toBe(false)
})

test('config R7: a backoff above its maximum warns', () => {
  const warnings: string[] = []
  parse({ 'retry.backoff.ms': 2_000 }, warnings)
  expect(warnings).toEqual(['retry.backoff.ms = 2000 is above retry.backoff.max.ms = 1000: 1000 is used throughout'])
})

test('config R8: a reconnect backoff without a maximum is constant', () => {
  expect(parse({ 'reconnect.backoff.ms': 700 }).reconnectBackoffMaxMs).toBe(700)
  expect(parse({ 'reconnect.backoff.ms': 700, 'reconnect.backoff.max.ms': 900 }).reconnectBackoffMaxMs).toBe(900)
})

test('config: an unknown key warns and names the one that was meant', () => {
  const warnings: string[] = []
  parse({ 'linger.msec': 5, lingerMs: 5, acknowledge_everything: true }, warnings)
  expect(warnings).toEqual([
    'linger.msec is not a key of this producer and has no effect; did you mean linger.ms?',
    'lingerMs is not a key of this producer and has no effect; did you mean linger.ms?',
    'acknowledge_everything is not a key of this producer and has no effect',
  ])
})

test('config: partitioners and serializers come by name, as functions, as objects and as classes', () => {
  const partition = (): number => 3
  const input = {
    topic: 't',
    key: null,
    keyBytes: null,
    value: '',
    valueBytes: null,
    partitionCount: 9,
    availablePartitions: [],
  }
  class Third {
    partition(): number {
      return 3
    }
  }
  for (const given of [partition, { partition }, Third]) {
    expect(parse({ 'partitioner.class': given }).partitionerClass?.partition(input)).toBe(3)
  }
  expect(parse({ 'partitioner.class': 'RoundRobinPartitioner' }).partitionerClass).toBeDefined()
  expect(() => parse({ 'partitioner.class': 'Best' })).toThrow('RoundRobinPartitioner')
  expect(parse({ 'value.serializer': 'json' }).valueSerializer.serialize('t', [1], [])).toEqual(
    new TextEncoder().encode('[1]'),
  )
  expect(() => parse({ 'value.serializer': 'avro' })).toThrow(ConfigError)
  expect(() => parse({ 'value.serializer': 'toString' })).toThrow(ConfigError)
})

test('config R2 to R5: every combination of idempotence with acks, retries and requests in flight', () => {
  for (const [conflict, isR4] of [
    [{ acks: 0 }, false],
    [{ acks: '1' }, false],
    [{ retries: 0 }, false],
    [{ retries: '0' }, false],
    [{ 'max.in.flight.requests.per.connection': 6 }, true],
  ] as const) {
    expect(() => parse({ ...conflict, 'enable.idempotence': true })).toThrow(ConfigError)
    expect(parse({ ...conflict, 'enable.idempotence': 'false' }).enableIdempotence).toBe(false)
    // Since Kafka 4 idempotence is not given up for more requests in flight.
    if (isR4) expect(() => parse(conflict)).toThrow(ConfigError)
    else expect(parse(conflict).enableIdempotence).toBe(false)
    expect(() => parse({ ...conflict, 'transactional.id': 'mine' })).toThrow(ConfigError)
  }
  for (const fine of [{ acks: 'all' }, { acks: -1 }, { retries: 1 }, { 'max.in.flight.requests.per.connection': 5 }]) {
    expect(parse(fine)).toMatchObject({ enableIdempotence: true, acks: -1 })
    expect(parse({ ...fine, 'enable.idempotence': true }).enableIdempotence).toBe(true)
  }
  expect(parse({ 'enable.idempotence': true })).toMatchObject({ acks: -1, retries: 2 ** 31 - 1 })
})

test('config: a transactional id is refused, because without transactions nothing would be as it says', () => {
  expect(() => parse({ 'transactional.id': 'mine' })).toThrow('transactions are not supported yet')
  expect(parse({ 'transactional.id': null }).enableIdempotence).toBe(true)
})

test('config R10: keys are strings, in an object', () => {
  const symbol = { 'bootstrap.servers': 'a:1', [Symbol('acks')]: 1 }
  for (const bad of [symbol, new Map([['bootstrap.servers', 'a:1']]), ['bootstrap.servers'], null, 'a:1', undefined]) {
    expect(() => parseProducerConfig(bad as never)).toThrow(ConfigError)
  }
})

test('config R12: what only the built-in partitioner heeds warns together with another', () => {
  const warnings: string[] = []
  parse({ 'partitioner.class': () => 0, 'partitioner.ignore.keys': true }, warnings)
  expect(warnings).toEqual(['partitioner.ignore.keys has no effect together with partitioner.class'])
})

test('config R14: a key of the Java producer that has no effect here warns, and says why', () => {
  const inert = Object.keys(inertConfigKeys).map((key) => (key.endsWith('.') ? `${key}something` : key))
  for (const key of inert) {
    const warnings: string[] = []
    parse({ [key]: 'whatever' }, warnings)
    expect(warnings, key).toHaveLength(1)
    expect(warnings[0]).toContain(`${key} has no effect: `)
  }
  expect(producerConfigTable.filter(({ key }) => inert.includes(key))).toEqual([])
})

test('config: levels of compression are checked, and another level of lz4 than 9 warns', () => {
  const warnings: string[] = []
  const levels = { 'compression.gzip.level': '9', 'compression.lz4.level': 12, 'compression.zstd.level': -5 }
  expect(parse(levels, warnings)).toMatchObject({ compressionGzipLevel: 9, compressionZstdLevel: -5 })
  expect(warnings).toHaveLength(1)
  expect(() => parse({ 'compression.gzip.level': 0 })).toThrow('1 to 9, or -1')
})

test('config: choices are what they are called, whatever the case, and nothing else', () => {
  expect(parse({ 'compression.type': ' LZ4 ' }).compressionType).toBe('lz4')
  expect(parse({ 'security.protocol': 'plaintext' }).securityProtocol).toBe('PLAINTEXT')
  expect(parse({ 'metadata.recovery.strategy': 'NONE' }).metadataRecoveryStrategy).toBe('none')
  expect(parse({ 'enable.idempotence': ' True ' }).enableIdempotence).toBe(true)
  for (const [key, bad] of [
    ['compression.type', 'brotli'],
    ['security.protocol', 'abc'],
    ['security.protocol', 'SSL'],
    ['metadata.recovery.strategy', 'abc'],
    ['client.dns.lookup', 'default'],
    ['enable.idempotence', 'yes'],
    ['client.id', 7],
  ] as const) {
    expect(() => parse({ [key]: bad }), key).toThrow(ConfigError)
  }
})

test('config: a serializer is optional, but null is none', () => {
  expect(parse({}).keySerializer.serialize('t', 'tea', [])).toEqual(new TextEncoder().encode('tea'))
  for (const bad of [null, {}, 7, { serialize: 'no' }]) {
    expect(() => parse({ 'key.serializer': bad }), String(bad)).toThrow('key.serializer')
    expect(() => parse({ 'value.serializer': bad }), String(bad)).toThrow('value.serializer')
  }
})

test('config: each key is documented where an editor shows it, with the default of its row', () => {
  const source = readFileSync(new URL('config.ts', import.meta.url), 'utf8')
  const declared = [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}readonly '?([a-z0-9.]+)'?\??: /g)]
  const docs = new Map(declared.map(([, doc = '', key = '']) => [key, doc]))
  for (const { key, default: value, shownDefault } of producerConfigTable) {
    const doc = docs.get(key)
    expect(doc, key).toBeDefined()
    if (value !== undefined) expect(doc, key).toMatch(new RegExp(`Default: \`?${shownDefault}\\b`))
  }
})

function catchError(call: () => unknown): ConfigError {
  try {
    call()
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  throw new Error('no ConfigError')
}
