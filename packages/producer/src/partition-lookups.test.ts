import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../test/facade-world.ts'
import { ScriptedWorld } from '../test/scripted-world.ts'
import { AbortedError, BrokerError, InvalidRecordError, ProducerClosedError, TimeoutError } from './errors.ts'
import type { OnPartitions } from './partition-lookups.ts'

function heard(world: ScriptedWorld): { readonly answers: unknown[]; readonly hear: OnPartitions } {
  const answers: unknown[] = []
  const hear: OnPartitions = (partitions, error) =>
    answers.push({ partitions: partitions?.length, error: error?.code, atMs: world.nowMs })
  return { answers, hear }
}

test('partitionsFor: every partition in order, with the address of its leader', async () => {
  const { producer, cluster, run } = facade()
  cluster.topic('teas', { partitions: 4 })
  const partitions = await run(producer.partitionsFor('teas'))
  expect(partitions).toEqual(
    [0, 1, 2, 3].map((partition) => ({ topic: 'teas', partition, leader: leaderOf(partition) })),
  )

  function leaderOf(partition: number): unknown {
    const id = cluster.leaderOf('teas', partition)
    return { id, host: `broker-${id}`, port: 9092 }
  }
})

test('partitionsFor: what is known costs no request, for a record after it and for itself', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('teas', { partitions: 3 })
  const { answers, hear } = heard(world)
  world.core.partitionsFor('teas', hear)
  world.runUntil(() => answers.length === 1)
  const asked = world.cluster.requestsOf(metadata).length
  world.core.partitionsFor('teas', hear)
  world.send('teas', 'a')
  world.runUntil(() => answers.length === 2 && world.outcomes.length === 1)
  expect(world.outcomes[0]?.error).toBeUndefined()
  expect(world.cluster.requestsOf(metadata)).toHaveLength(asked)
})

test('partitionsFor: hears in a later turn, even what is known', () => {
  const world = new ScriptedWorld()
  world.cluster.topic('teas')
  const { answers, hear } = heard(world)
  world.core.partitionsFor('teas', hear)
  world.runUntil(() => answers.length === 1)
  world.core.partitionsFor('teas', hear)
  expect(answers).toHaveLength(1)
  world.runUntil(() => answers.length === 2, 1)
})

test('partitionsFor: waits for a topic that is made meanwhile', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 10_000 })
  const { answers, hear } = heard(world)
  world.core.partitionsFor('later', hear)
  world.run(3_000)
  expect(answers).toEqual([])
  world.cluster.topic('later', { partitions: 2 })
  world.runUntil(() => answers.length === 1, 2_000)
  expect(answers).toMatchObject([{ partitions: 2 }])
})

test('partitionsFor: an unknown topic fails when max.block.ms is over, not before, and leaves no timer', async () => {
  const { producer, runtime, run } = facade({ 'max.block.ms': 2_000 })
  const startMs = runtime.clock.nowMs()
  const error: unknown = await run(producer.partitionsFor('nowhere').catch((reason: unknown) => reason))
  expect(runtime.clock.nowMs() - startMs).toBe(2_000)
  expect(error).toBeInstanceOf(TimeoutError)
  expect(error).toMatchObject({ code: 'METADATA_TIMEOUT', topic: 'nowhere', certainty: 'definite' })
  expect((error as Error).cause).toBeInstanceOf(BrokerError)
  expect((error as Error).message).toMatch(/nowhere not present in metadata after 2000 ms; does it exist/)
})

test('partitionsFor: with max.block.ms 0 only what is known is told', () => {
  const world = new ScriptedWorld({ 'max.block.ms': 0 })
  world.cluster.topic('teas')
  const { answers, hear } = heard(world)
  world.core.partitionsFor('teas', hear)
  world.run(1_000)
  world.core.partitionsFor('teas', hear)
  world.run(1_000)
  expect(answers).toMatchObject([{ error: 'METADATA_TIMEOUT', atMs: 0 }, { partitions: 1 }])
})

test('partitionsFor: a topic that brokers refuse for good fails at their answer', async () => {
  const { producer, cluster, run } = facade()
  cluster.topicErrors.set('secret', 29)
  await expect(run(producer.partitionsFor('secret'))).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
  // Permission may have come since: asked again.
  cluster.topicErrors.delete('secret')
  cluster.topic('secret')
  expect(await run(producer.partitionsFor('secret'))).toHaveLength(1)
})

test('partitionsFor: a partition without a leader is told, without one', () => {
  const world = new ScriptedWorld({}, { nodes: 2 })
  world.cluster.topic('teas', { partitions: 2 }).moveLeader('teas', 1, -1)
  let leaders: unknown[] | undefined
  world.core.partitionsFor('teas', (partitions) => {
    leaders = partitions?.map(({ leader }) => leader?.id)
  })
  world.runUntil(() => leaders !== undefined, 1_000)
  expect(leaders).toEqual([1, undefined])
})

test('partitionsFor: no topic at all is refused at once (KafkaProducerTest.testPartitionsForWithNullTopic)', async () => {
  const { producer } = facade()
  await expect(producer.partitionsFor('')).rejects.toBeInstanceOf(InvalidRecordError)
  await expect(producer.partitionsFor(null as never)).rejects.toThrow('topic = null: a topic is a non-empty string')
})

test('partitionsFor: an AbortSignal ends the wait, and nothing is left of it', async () => {
  const { producer, run } = facade()
  const { signal: fired } = abortedController()
  await expect(producer.partitionsFor('nowhere', { signal: fired })).rejects.toBeInstanceOf(AbortedError)
  const controller = new AbortController()
  const asked = producer.partitionsFor('nowhere', { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(run(asked)).rejects.toMatchObject({ name: 'AbortError', topic: 'nowhere', cause: { message: 'enough' } })
  await run(producer.close())
})

test('partitionsFor: an AbortSignal after the answer changes nothing', async () => {
  const { producer, run } = facade()
  const controller = new AbortController()
  const partitions = await run(producer.partitionsFor('orders', { signal: controller.signal }))
  controller.abort()
  expect(partitions).toHaveLength(1)
})

test('partitionsFor: close tells those who wait, and takes no more', async () => {
  const { producer, run } = facade()
  const asked = producer.partitionsFor('nowhere').catch((reason: unknown) => reason)
  await run(producer.close())
  expect(await asked).toBeInstanceOf(ProducerClosedError)
  await expect(producer.partitionsFor('orders')).rejects.toBeInstanceOf(ProducerClosedError)
})

test('partitionsFor: a topic that only is asked for is forgotten after metadata.max.idle.ms (KafkaProducerTest.testTopicExpiryInMetadata)', () => {
  const world = new ScriptedWorld({
    'metadata.max.idle.ms': 5_000,
    'metadata.max.age.ms': 1_000,
    'max.block.ms': 3_000,
  })
  world.cluster.topic('teas')
  const { answers, hear } = heard(world)
  world.core.partitionsFor('teas', hear)
  world.run(4_000)
  expect(world.core.inspect().topics).toEqual(['teas'])
  world.run(6_000)
  expect(world.core.inspect().topics).toEqual([])
  for (const node of [1, 2, 3]) world.cluster.stop(node)
  world.core.partitionsFor('teas', hear)
  world.run(4_000)
  expect(answers).toMatchObject([{ partitions: 1 }, { error: 'METADATA_TIMEOUT' }])
})

function abortedController(): AbortController {
  const controller = new AbortController()
  controller.abort()
  return controller
}

function facade(config: ConstructorParameters<typeof FacadeWorld>[0] = {}): {
  readonly producer: FacadeWorld['producer']
  readonly cluster: FacadeWorld['cluster']
  readonly runtime: FacadeWorld['runtime']
  run<T>(promise: Promise<T>): Promise<T>
} {
  const world = new FacadeWorld(config)
  const { producer, cluster, runtime } = world
  return { producer, cluster, runtime, run: (promise) => world.run(promise) }
}
