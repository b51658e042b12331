import { nodeCodecs } from '@harrow/protocol/node'
import { simulatedRuntime } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../test/facade-world.ts'
import { ScriptedCluster } from '../test/scripted-broker.ts'
import type { ProducerConfig } from './config.ts'
import { BrokerError, ConfigError, InvalidRecordError, ProducerClosedError } from './errors.ts'
import { Producer } from './producer.ts'

function worldOf(config: Partial<ProducerConfig> = {}): {
  cluster: ScriptedCluster
  producer: Producer
  run<T>(promise: Promise<T>): Promise<T>
} {
  const runtime = simulatedRuntime({ seed: 1 })
  const cluster = new ScriptedCluster(runtime).topic('orders')
  const logger = { warn: () => {}, error: () => {} }
  const producer = new Producer({ 'bootstrap.servers': cluster.bootstrapServers, ...config }, { runtime, logger })
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (let steps = 0; !isSettled && steps < 100_000; steps++) {
      if (!runtime.clock.step()) break
      await Promise.resolve()
    }
    return promise
  }
  return { cluster, producer, run }
}

test('producer: send resolves with the place of the record', async () => {
  const { producer, run } = worldOf()
  const sent = [producer.send({ topic: 'orders', value: 'a' }), producer.send({ topic: 'orders', value: 'b' })]
  expect((await run(Promise.all(sent))).map(({ offset }) => offset)).toEqual([0n, 1n])
})

test('producer: send rejects with a typed error', async () => {
  const { producer, cluster, run } = worldOf()
  cluster.produceScript = () => () => ({ errorCode: 29 })
  await expect(run(producer.send({ topic: 'orders', value: 'a' }))).rejects.toBeInstanceOf(BrokerError)
})

test('producer: what can be told at once rejects the promise, and throws with a callback', async () => {
  const { producer } = worldOf()
  const record = { topic: '', value: 'a' }
  await expect(producer.send(record)).rejects.toBeInstanceOf(InvalidRecordError)
  expect(() => producer.send(record, () => {})).toThrow(InvalidRecordError)
  for (const bad of [{ partition: -1 }, { partition: 0.5 }, { timestamp: -1 }]) {
    expect(() => producer.send({ topic: 'orders', value: 'a', ...bad }, () => {})).toThrow(InvalidRecordError)
  }
  expect(() => producer.send({ topic: 'orders', value: 'a', headers: { h: 1 as never } }, () => {})).toThrow('header h')
})

test('producer: with records that nobody waits for, flush resolves after their callbacks', async () => {
  const { producer, run } = worldOf({ 'linger.ms': 10_000 })
  const order: string[] = []
  producer.send({ topic: 'orders', value: 'a' }, () => order.push('a'))
  await run(producer.flush())
  expect(order).toEqual(['a'])
})

test('producer: await using sends everything and closes', async () => {
  const { producer, cluster, run } = worldOf({ 'linger.ms': 10_000 })
  void producer.send({ topic: 'orders', value: 'a' })
  await run(producer[Symbol.asyncDispose]())
  expect(cluster.valuesOf('orders', 0)).toEqual(['a'])
  await expect(producer.send({ topic: 'orders', value: 'b' })).rejects.toBeInstanceOf(ProducerClosedError)
  await expect(producer.flush()).rejects.toBeInstanceOf(ProducerClosedError)
  await producer.close()
})

test('producer: a configuration that cannot work throws from the constructor', () => {
  expect(() => new Producer({ 'bootstrap.servers': '' })).toThrow(ConfigError)
})

test('producer: compression that the platform lacks is refused by name', () => {
  const runtime = simulatedRuntime({ seed: 1 })
  const config = { 'bootstrap.servers': 'broker-1:9092', 'compression.type': 'gzip' } as const
  expect(() => new Producer(config, { runtime, codecs: {} })).toThrow('compression.type')
})

test('producer: bytes may be changed as soon as send returns, whether the record waits or not', async () => {
  const { producer, cluster, run } = worldOf({ 'compression.type': 'lz4' })
  const bytes = new TextEncoder().encode('tea')
  for (const letter of ['a', 'b']) {
    const sent = producer.send({ topic: 'orders', value: bytes, headers: { kind: bytes } })
    bytes.fill(letter.charCodeAt(0))
    await run(sent)
  }
  expect(cluster.valuesOf('orders', 0)).toEqual(['tea', 'aaa'])
})

test('producer: compression.gzip.level reaches the codec, and warns where codecs are handed over', async () => {
  const bytesAt = async (level: number): Promise<number> => {
    const world = new FacadeWorld({ 'compression.type': 'gzip', 'compression.gzip.level': level, 'linger.ms': 0 })
    const words = Array.from({ length: 2_000 }, (_, n) => `${(n * 7_919) % 1_000} tea`)
    await world.run(world.producer.send({ topic: 'orders', value: words.join(' ') }))
    return world.events.find((event) => event.event === 'batch-drained')?.bytes ?? 0
  }
  expect(await bytesAt(9)).toBeLessThan(await bytesAt(1))
  const config = { 'compression.type': 'gzip', 'compression.gzip.level': 9 } as const
  expect(new FacadeWorld(config, { codecs: nodeCodecs }).logged).toEqual([
    'compression.gzip.level has no effect: the codecs that were handed over have levels of their own',
  ])
})
