import { tracingChannel } from 'node:diagnostics_channel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../../test/facade-world.ts'
import type { OnCompletion, RecordMetadata } from '../record.ts'

type How = 'promise' | 'callback'

/** Whoever follows the tracing channel makes `send` take the plain form: a promise with a callback of its own. */
async function plainly<T>(run: () => Promise<T>): Promise<T> {
  const channel = tracingChannel('harrow:producer:send')
  const follower = { start() {}, end() {}, asyncStart() {}, asyncEnd() {}, error() {} }
  channel.subscribe(follower)
  try {
    return await run()
  } finally {
    channel.unsubscribe(follower)
  }
}

/** What was told, in the order in which it was told; and the batches that arrived. */
async function story(
  records: readonly { readonly how: How; readonly size: number; readonly partition: number }[],
  answers: readonly number[],
): Promise<unknown> {
  const world = new FacadeWorld({ 'batch.size': 400, 'linger.ms': 5, 'retry.backoff.ms': 1, retries: 2 })
  world.cluster.topic('orders', { partitions: 2 })
  const left = [...answers]
  world.cluster.produceScript = () => {
    const errorCode = left.shift() ?? 0
    return () => ({ errorCode })
  }
  const told: unknown[] = []
  const tell = (index: number, metadata: RecordMetadata | undefined, error: unknown): void => {
    const { code, certainty } = (error ?? {}) as { readonly code?: string; readonly certainty?: string }
    told.push([index, metadata, code, certainty])
  }
  await world.run(world.producer.partitionsFor('orders'))
  for (const [index, { how, size, partition }] of records.entries()) {
    const record = { topic: 'orders', partition, key: `${index}`, value: 'v'.repeat(size), timestamp: 1_000 + index }
    if (how === 'callback') {
      const onCompletion: OnCompletion = (metadata, error) => tell(index, metadata, error)
      world.producer.send(record, onCompletion)
    } else {
      world.producer.send(record).then(
        (metadata) => tell(index, metadata, undefined),
        (error: unknown) => tell(index, undefined, error),
      )
    }
  }
  let atFlush = -1
  await world.run(
    world.producer.flush().then(() => {
      atFlush = told.length
    }),
  )
  await world.run(world.producer.close())
  return { told, atFlush, batches: world.cluster.batches.map(({ partition, values }) => [partition, values.length]) }
}

const tooLarge = 10
const notEnoughReplicas = 19
const invalidRecord = 87

test('promises: derived ones are settled as plain ones are, in the same order, among callbacks, failures, retries and splits', async () => {
  const record = fc.record({
    how: fc.constantFrom<How>('promise', 'promise', 'callback'),
    size: fc.integer({ min: 1, max: 120 }),
    partition: fc.integer({ min: 0, max: 1 }),
  })
  const answers = fc.array(fc.constantFrom(0, 0, tooLarge, notEnoughReplicas, invalidRecord), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), answers, async (records, codes) => {
      const derived = await story(records, codes)
      expect(derived).toEqual(await plainly(() => story(records, codes)))
      expect(derived).toMatchObject({ atFlush: records.length })
    }),
    { numRuns: 60, seed: 8 },
  )
})

test('promises: one that fails and that nobody looks at is an unhandled rejection, as it is of plain ones', async () => {
  const seen: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => seen.push((reason as { readonly code?: string }).code))
  try {
    const world = new FacadeWorld({ 'linger.ms': 5 })
    await world.run(world.producer.partitionsFor('orders'))
    world.cluster.produceScript = () => () => ({ errorCode: invalidRecord })
    for (let n = 0; n < 3; n++) void world.producer.send({ topic: 'orders', value: `${n}` })
    await world.run(world.producer.close())
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
  expect(seen).toEqual(['INVALID_RECORD', 'INVALID_RECORD', 'INVALID_RECORD'])
})

test('promises: a serializer that sends, too, gets its own', async () => {
  const world: FacadeWorld<string, string> = new FacadeWorld<string, string>({
    'linger.ms': 5,
    'value.serializer'(data) {
      if (data.startsWith('outer')) inner.push(world.producer.send({ topic: 'orders', value: `inner of ${data}` }))
      return new TextEncoder().encode(data)
    },
  })
  const inner: Promise<RecordMetadata>[] = []
  await world.run(world.producer.partitionsFor('orders'))
  const outer = ['outer 0', 'outer 1'].map((value) => world.producer.send({ topic: 'orders', value }))
  const sizes = async (promises: readonly Promise<RecordMetadata>[]): Promise<unknown> =>
    (await world.run(Promise.all(promises))).map(({ serializedValueSize }) => serializedValueSize)
  expect(await sizes(outer)).toEqual([7, 7])
  expect(await sizes(inner)).toEqual([16, 16])
})
