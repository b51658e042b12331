import { readFileSync } from 'node:fs'
import { recordBytesUpperBound } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../../test/scripted-world.ts'
import { software } from '../software.ts'

function valuesOf(world: ScriptedWorld, group = 'producer-metrics', tag?: string): Record<string, number | string> {
  const metrics = world.core.readMetrics()
  const chosen = metrics.filter((metric) => {
    return metric.group === group && (tag === undefined || Object.values(metric.tags).includes(tag))
  })
  return Object.fromEntries(chosen.map(({ name, value }) => [name, value]))
}

/** Names of Java 4.x, section by section of its documentation. Those without a counterpart here are left out. */
const javaNames = {
  'producer-metrics': `
    batch-size-avg batch-size-max compression-rate-avg record-queue-time-avg record-queue-time-max record-size-avg
    record-size-max records-per-request-avg record-send-rate record-send-total record-retry-rate record-retry-total
    record-error-rate record-error-total batch-split-rate batch-split-total request-latency-avg request-latency-max
    produce-throttle-time-avg produce-throttle-time-max requests-in-flight metadata-age waiting-threads
    buffer-total-bytes buffer-available-bytes bufferpool-wait-ratio bufferpool-wait-time-ns-total
    buffer-exhausted-rate buffer-exhausted-total flush-time-ns-total metadata-wait-time-ns-total
    connection-creation-rate connection-creation-total connection-close-rate connection-close-total connection-count
    network-io-rate network-io-total request-rate request-total request-size-avg request-size-max response-rate
    response-total outgoing-byte-rate outgoing-byte-total incoming-byte-rate incoming-byte-total`,
  'producer-node-metrics': `
    request-rate request-total request-size-avg request-size-max outgoing-byte-rate outgoing-byte-total response-rate
    response-total incoming-byte-rate incoming-byte-total request-latency-avg request-latency-max`,
  'producer-topic-metrics': `
    record-send-rate record-send-total byte-rate byte-total compression-rate record-retry-rate record-retry-total
    record-error-rate record-error-total`,
  'app-info': 'version start-time-ms',
  'kafka-metrics-count': 'count',
} as const

function delivered(config: ConstructorParameters<typeof ScriptedWorld>[0] = {}): ScriptedWorld {
  const world = new ScriptedWorld({ 'client.id': 'shop', 'linger.ms': 5, ...config })
  world.cluster.topic('orders')
  for (const value of ['a', 'bb', 'ccc']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  return world
}

test.each(Object.entries(javaNames))('metrics: the group %s has the names of Java, each once', (group, names) => {
  const world = delivered()
  const expected = names.trim().split(/\s+/).sort()
  expect(Object.keys(valuesOf(world, group)).sort()).toEqual(expected)
  const tags = world.core.readMetrics().filter((metric) => metric.group === group)
  const identities = tags.map((metric) => JSON.stringify([metric.name, metric.tags]))
  expect(new Set(identities).size).toBe(identities.length)
  expect(tags.every((metric) => metric.tags['client-id'] === 'shop')).toBe(true)
})

test('metrics: what a delivered batch counts for', () => {
  const world = delivered()
  const [drained] = world.eventsOf('batch-drained')
  const requests = world.eventsOf('request-sent')
  const responses = world.eventsOf('response-received')
  const bytesOf = (events: readonly { bytes: number }[]): number => events.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(valuesOf(world)).toMatchObject({
    'batch-size-avg': drained?.bytes,
    'batch-size-max': drained?.bytes,
    'compression-rate-avg': 1,
    'record-queue-time-max': drained?.queuedMs,
    'record-size-max': recordBytesUpperBound(null, new Uint8Array(3), []),
    'records-per-request-avg': 3,
    'record-send-total': 3,
    'record-retry-total': 0,
    'record-error-total': 0,
    'requests-in-flight': 0,
    'request-total': requests.length,
    'outgoing-byte-total': bytesOf(requests),
    'response-total': responses.length,
    'incoming-byte-total': bytesOf(responses),
    'network-io-total': requests.length + responses.length,
    'buffer-total-bytes': 33_554_432,
    'buffer-available-bytes': 33_554_432,
    'waiting-threads': 0,
  })
  expect(responses.length).toBe(requests.length)
  expect(valuesOf(world, 'producer-topic-metrics', 'orders')).toMatchObject({
    'record-send-total': 3,
    'byte-total': drained?.bytes,
    'compression-rate': 1,
  })
  expect(valuesOf(world, 'producer-node-metrics', 'node-1')).toMatchObject({ 'response-total': expect.any(Number) })
})

test('metrics: every attempt counts as sent again, retries and failures by records', () => {
  const world = new ScriptedWorld({ 'linger.ms': 5, retries: 2 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => () => ({ errorCode: 19 })
  for (const value of ['a', 'b']) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 2, 10_000)
  const counts = { 'record-send-total': 6, 'record-retry-total': 4, 'record-error-total': 2 }
  expect(valuesOf(world)).toMatchObject(counts)
  expect(valuesOf(world, 'producer-topic-metrics', 'orders')).toMatchObject(counts)
})

test('metrics: a record that fails before it is in a batch is an error, and no send', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 1_000, 'max.request.size': 200, 'value.serializer': 'string' })
  world.send('nowhere', 'v')
  world.send('nowhere', 'x'.repeat(200))
  world.core.send({ topic: 'nowhere', value: 7 }, () => {})
  world.runUntil(() => world.outcomes.length === 2, 10_000)
  expect(valuesOf(world)).toMatchObject({ 'record-error-total': 3, 'record-send-total': 0 })
  expect(valuesOf(world, 'producer-topic-metrics')).toEqual({})
})

test('metrics: a batch that expires or is given up counts as failed', () => {
  const world = new ScriptedWorld({ 'delivery.timeout.ms': 1_000, 'request.timeout.ms': 900 })
  world.cluster.topic('orders')
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  world.send('orders', 'b')
  world.run(100)
  expect(valuesOf(world)).toMatchObject({ 'requests-in-flight': 1 })
  world.core.close({ timeoutMs: 0 }, () => {})
  world.run(10)
  expect(valuesOf(world)).toMatchObject({ 'record-error-total': 2, 'requests-in-flight': 0, 'connection-count': 0 })
})

test('metrics: time spent waiting for metadata, for memory and in flush adds up', () => {
  const world = new ScriptedWorld({ 'buffer.memory': 150, 'batch.size': 150, 'linger.ms': 0, 'max.block.ms': 400 })
  world.send('orders', 'a')
  world.run(250)
  world.cluster.topic('orders')
  let flushedMs = -1
  world.core.flush(() => {
    flushedMs = world.nowMs
  })
  world.runUntil(() => flushedMs >= 0, 2_000)
  const waited = Number(valuesOf(world)['metadata-wait-time-ns-total'])
  expect(waited).toBeGreaterThan(250e6)
  expect(waited).toBeLessThanOrEqual(flushedMs * 1e6)
  expect(valuesOf(world)['flush-time-ns-total']).toBe((flushedMs - 250) * 1e6)
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'fills'.repeat(12))
  world.send('orders', 'waits'.repeat(12))
  world.run(100)
  expect(valuesOf(world)).toMatchObject({
    'waiting-threads': 1,
    'buffer-available-bytes': 0,
    'buffer-exhausted-total': 0,
  })
  world.run(1_000)
  expect(valuesOf(world)).toMatchObject({
    'waiting-threads': 0,
    'buffer-exhausted-total': 1,
    'bufferpool-wait-time-ns-total': 400e6,
  })
  expect(valuesOf(world)['bufferpool-wait-ratio']).toBeGreaterThan(0)
})

test('metrics: latency is that of Produce, throttle time that of every answer', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  world.cluster.throttleTimeMs = 250
  world.send('orders', 'a')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  const produce = world.eventsOf('response-received').find(({ api }) => api === 'Produce')
  expect(valuesOf(world)).toMatchObject({
    'request-latency-max': produce?.latencyMs,
    'request-latency-avg': produce?.latencyMs,
    'produce-throttle-time-max': 250,
  })
  expect(Number(valuesOf(world)['produce-throttle-time-avg'])).toBeLessThan(250)
  expect(valuesOf(world, 'producer-node-metrics', 'node-1')).toMatchObject({
    'request-latency-max': produce?.latencyMs,
  })
})

test('metrics: compression, splits and the age of metadata', () => {
  const world = delivered({ 'compression.type': 'lz4' })
  for (let n = 0; n < 20; n++) world.send('orders', 'the same '.repeat(20))
  let isFirst = true
  world.cluster.produceScript = () => () => {
    const errorCode = isFirst ? 10 : 0
    isFirst = false
    return { errorCode }
  }
  world.runUntil(() => world.outcomes.length === 23, 5_000)
  expect(valuesOf(world)['batch-split-total']).toBe(1)
  expect(Number(valuesOf(world)['compression-rate-avg'])).toBeLessThan(0.9)
  const age = Number(valuesOf(world)['metadata-age'])
  world.run(2_000)
  expect(Number(valuesOf(world)['metadata-age'])).toBeCloseTo(age + 2)
})

test('metrics: connections are counted as they come and go', () => {
  const world = delivered()
  const before = valuesOf(world)
  expect(before).toMatchObject({ 'connection-close-total': 0 })
  expect(before['connection-count']).toBe(before['connection-creation-total'])
  world.cluster.stop(1)
  world.run(2_000)
  expect(valuesOf(world)).toMatchObject({
    'connection-count': 0,
    'connection-close-total': before['connection-creation-total'],
  })
})

test('metrics: rates and averages forget after metrics.num.samples windows, totals do not', () => {
  const world = delivered({
    'metrics.num.samples': 3,
    'metrics.sample.window.ms': 1_000,
    'connections.max.idle.ms': -1,
  })
  expect(Number(valuesOf(world)['record-send-rate'])).toBeGreaterThan(0)
  world.run(3_000)
  expect(valuesOf(world)).toMatchObject({
    'record-send-rate': 0,
    'record-send-total': 3,
    'batch-size-avg': Number.NaN,
  })
})

test('metrics: the last values stay readable after close', () => {
  const world = delivered()
  world.core.close({}, () => {})
  world.run(100)
  expect(valuesOf(world)).toMatchObject({ 'record-send-total': 3, 'connection-count': 0 })
})

test('metrics: the count counts itself, and the version is that of the package', () => {
  const world = delivered()
  const { count } = valuesOf(world, 'kafka-metrics-count')
  const { version } = valuesOf(world, 'app-info')
  expect(count).toBe(world.core.readMetrics().length)
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as unknown
  expect(manifest).toMatchObject({ version: software.version })
  expect(version).toBe(software.version)
})
