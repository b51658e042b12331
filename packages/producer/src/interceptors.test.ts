import { expect, test } from 'vitest'
import { ScriptedWorld } from '../test/scripted-world.ts'
import { parseProducerConfig } from './config.ts'
import { ConfigError } from './errors.ts'
import type { ProducerInterceptor } from './interceptor.ts'

function worldWith(...chain: (ProducerInterceptor | (new () => ProducerInterceptor))[]): ScriptedWorld {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'interceptor.classes': chain })
  world.cluster.topic('orders')
  return world
}

function appending(letter: string): ProducerInterceptor {
  return { onSend: (record) => ({ ...record, value: `${record.value}${letter}` }) }
}

const throwing: ProducerInterceptor = {
  onSend() {
    throw new Error('mine')
  },
  onAcknowledgement() {
    throw new Error('mine')
  },
  close() {
    throw new Error('mine')
  },
}

test('interceptors: each gets what the one before gave, and one that throws is left out', () => {
  const world = worldWith(appending('1'), throwing, appending('2'))
  world.send('orders', 'v')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['v12'])
  expect(world.logged).toContain('an interceptor threw in onSend')
})

test('interceptors: one that gives no record is left out, too', () => {
  const world = worldWith({ onSend: () => 'nothing' as never }, appending('1'), { onSend: () => undefined as never })
  world.send('orders', 'v')
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['v1'])
})

test('interceptors: all hear of the outcome, in their order and before the application, even if one throws', () => {
  const order: string[] = []
  const hears = (name: string): ProducerInterceptor => ({
    onAcknowledgement: ({ partition, offset }, error) => order.push(`${name} ${partition} ${offset} ${error?.code}`),
  })
  const world = worldWith(hears('first'), throwing, hears('second'))
  world.core.send({ topic: 'orders', value: 'v' }, () => order.push('application'))
  world.runUntil(() => order.length === 3, 1_000)
  expect(order).toEqual(['first 0 0 undefined', 'second 0 0 undefined', 'application'])
  expect(world.logged).toEqual(['an interceptor threw in onSend', 'an interceptor threw in onAcknowledgement'])
})

test('interceptors: a record that fails has topic and partition as far as known, and -1 for the rest', () => {
  const told: unknown[] = []
  const world = new ScriptedWorld({
    'linger.ms': 0,
    'max.request.size': 100,
    'interceptor.classes': [{ onAcknowledgement: (metadata, error) => told.push([metadata, error?.code]) }],
  })
  world.cluster.topic('orders').topic('refused')
  world.cluster.produceScript = () => (topic) => (topic === 'refused' ? { errorCode: 29 } : {})
  const nothing = { offset: -1n, timestamp: -1, serializedKeySize: -1, serializedValueSize: -1 }
  world.send('orders', 'x'.repeat(100))
  world.send('orders', 'x'.repeat(100), { partition: 3 })
  world.send('refused', 'v')
  expect(told).toEqual([])
  world.runUntil(() => world.outcomes.length === 3, 1_000)
  expect(told).toEqual([
    [{ topic: 'orders', partition: -1, ...nothing }, 'RECORD_TOO_LARGE'],
    [{ topic: 'orders', partition: 3, ...nothing }, 'RECORD_TOO_LARGE'],
    [{ topic: 'refused', partition: 0, ...nothing }, 'TOPIC_AUTHORIZATION_FAILED'],
  ])
})

test('interceptors: a record that send refuses with an exception is acknowledged once, with the error', () => {
  const told: unknown[] = []
  const world = worldWith({ onAcknowledgement: (metadata, error) => told.push([metadata.partition, error?.code]) })
  expect(() => world.send('orders', 'v', { partition: -5 })).toThrow('a partition is')
  world.run(1_000)
  expect(told).toEqual([[-5, 'INVALID_RECORD']])
})

test('interceptors: made once, closed once, after the last acknowledgement, and heard of no more', () => {
  const order: string[] = []
  class Watching implements ProducerInterceptor {
    constructor() {
      order.push('made')
    }
    onAcknowledgement(_: unknown, error: unknown): void {
      order.push(error === undefined ? 'delivered' : 'failed')
    }
    close(): void {
      order.push('closed')
    }
  }
  const world = worldWith(Watching, throwing)
  world.cluster.produceScript = () => 'silence'
  world.send('orders', 'v')
  world.core.close({ timeoutMs: 100 }, () => order.push('done'))
  expect(() => world.send('orders', 'late')).toThrow('after close')
  world.run(1_000)
  world.core.close({}, () => {})
  expect(order).toEqual(['made', 'failed', 'closed', 'done'])
})

test('interceptors: when one cannot be made, or the configuration is refused, those before it are closed', () => {
  const closed: string[] = []
  const first: ProducerInterceptor = { onSend: (record) => record, close: () => closed.push('first') }
  const second: ProducerInterceptor = { onSend: (record) => record, close: throwing.close! }
  class Failing {
    onSend = (record: never): never => record
    constructor() {
      throw new Error('third')
    }
  }
  const parse = (config: object): unknown => parseProducerConfig({ 'bootstrap.servers': 'a:1', ...config })
  expect(() => parse({ 'interceptor.classes': [second, first, Failing] })).toThrow('third')
  expect(closed).toEqual(['first'])
  expect(() => parse({ 'interceptor.classes': [first], acks: 1, 'enable.idempotence': true })).toThrow(ConfigError)
  expect(() => new ScriptedWorld({ 'interceptor.classes': [first], 'compression.type': 'gzip' })).toThrow(ConfigError)
  expect(closed).toEqual(['first', 'first', 'first'])
  for (const bad of [first, [{}], ['Name'], [null]]) {
    expect(() => parse({ 'interceptor.classes': bad }), String(bad)).toThrow(ConfigError)
  }
})
