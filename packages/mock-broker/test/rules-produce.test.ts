import { kafkaErrors, metadata, produce, type RequestInput } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { RawClient } from './raw-client.ts'
import { batchOf, Simulation } from './simulated.ts'

/** Rules P of the broker: Produce as a whole. */

const { code: corrupt } = kafkaErrors.CORRUPT_MESSAGE
const { code: unknownTopic } = kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION

function world(): Simulation {
  return new Simulation({ topics: { orders: 8, payments: 2 } })
}

/** Produces to several partitions at once; the answers by topic and partition. */
function produceAll(
  sim: Simulation,
  partitions: readonly (readonly [topic: string, partition: number, records: Uint8Array | null])[],
  options: { acks?: number; version?: number; client?: RawClient; transactionalId?: string | null } = {},
) {
  const { acks = -1, version = 9, transactionalId = null } = options
  const names = [...new Set(partitions.map(([topic]) => topic))]
  const body: RequestInput<typeof produce> = {
    acks,
    timeoutMs: 1000,
    transactionalId,
    topicData: names.map((name) => ({
      name,
      partitionData: partitions.flatMap(([topic, index, records]) => (topic === name ? [{ index, records }] : [])),
    })),
  }
  const answer = sim.ask(produce, version, body, options)
  const rows = answer?.responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map((one) => [`${name} ${one.index}`, one] as const),
  )
  return new Map(rows)
}

function withLength(batch: Uint8Array, length: number): Uint8Array {
  const changed = batch.slice()
  new DataView(changed.buffer).setInt32(8, length)
  return changed
}

function withMagic(batch: Uint8Array, magic: number): Uint8Array {
  const changed = batch.slice()
  new DataView(changed.buffer).setInt8(16, magic)
  return changed
}

test('P1: a transactional batch without a transactional id fails every partition', () => {
  const sim = world()
  const answers = produceAll(sim, [
    ['orders', 0, batchOf(1)],
    ['orders', 1, batchOf(1, { producerId: 5n, isTransactional: true })],
  ])
  const code = kafkaErrors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code
  expect([...answers.values()].map(({ errorCode }) => errorCode)).toEqual([code, code])
  // Found beside a real broker: unlike other request level errors this one has no text.
  expect([...answers.values()].map(({ errorMessage }) => errorMessage)).toEqual([null, null])
  expect(sim.cluster.records('orders')).toEqual([])
})

test.each([
  ['a length below 14', (batch: Uint8Array) => withLength(batch, 13)],
  ['a magic above 2', (batch: Uint8Array) => withMagic(batch, 3)],
  ['a negative magic', (batch: Uint8Array) => withMagic(batch, -1)],
])('P3: %s in one partition poisons the whole request', (_, damage) => {
  const sim = world()
  const answers = produceAll(sim, [
    ['orders', 0, batchOf(1)],
    ['orders', 1, damage(batchOf(1))],
    ['payments', 0, batchOf(1)],
  ])
  expect([...answers.values()].map(({ errorCode }) => errorCode)).toEqual([corrupt, corrupt, corrupt])
  for (const { errorMessage, baseOffset } of answers.values())
    expect([errorMessage !== null, baseOffset]).toEqual([true, -1n])
  expect([...sim.cluster.records('orders'), ...sim.cluster.records('payments')]).toEqual([])
})

test('P3: a transactional batch before the bad one answers the question, so the bad one is not found', () => {
  const answers = produceAll(world(), [
    ['orders', 0, batchOf(1, { producerId: 5n, isTransactional: true })],
    ['orders', 1, withLength(batchOf(1), 13)],
  ])
  const code = kafkaErrors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code
  expect([...answers.values()].map(({ errorCode }) => errorCode)).toEqual([code, code])
})

test.each([2, -2, 100])(
  'P4: acks=%i fails the partitions that are otherwise well formed; the others keep their error',
  (acks) => {
    const sim = world()
    const answers = produceAll(
      sim,
      [
        ['orders', 0, batchOf(1)],
        ['orders', 99, batchOf(1)],
      ],
      { acks },
    )
    expect(answers.get('orders 0')?.errorCode).toBe(kafkaErrors.INVALID_REQUIRED_ACKS.code)
    expect(answers.get('orders 99')?.errorCode).toBe(unknownTopic)
    expect(sim.cluster.records('orders')).toEqual([])
  },
)

test('P5: null records close the connection', () => {
  const sim = world()
  const client = sim.client()
  sim.produce(null, { client })
  expect([client.closed, client.answers.length]).toEqual(['fin', 0])
})

test('P6: of one partition twice in a request the last batch wins, with one answer', () => {
  const sim = world()
  const client = sim.client()
  const topicData = [
    {
      name: 'orders',
      partitionData: [
        { index: 0, records: batchOf(1) },
        { index: 0, records: batchOf(5) },
      ],
    },
  ]
  const answer = sim.ask(produce, 9, { acks: -1, timeoutMs: 1000, topicData }, { client })
  expect(answer?.responses.flatMap(({ partitionResponses }) => partitionResponses)).toHaveLength(1)
  expect(sim.cluster.records('orders', 0)).toHaveLength(5)
})

test('P7: acks=0 is never answered, and later answers are not disturbed', () => {
  const sim = world()
  const client = sim.client()
  sim.produce(batchOf(2), { client, acks: 0 })
  sim.produce(batchOf(1), { client, acks: 0 })
  expect(sim.ask(metadata, 9, { topics: null }, { client })).toBeDefined()
  expect([client.answeredIds, client.closed]).toEqual([[3], undefined])
  expect(sim.cluster.records('orders', 0)).toHaveLength(3)
})

test('P8: acks=0 with any failed partition closes the connection; what was fine stays', () => {
  const sim = world()
  const client = sim.client()
  produceAll(
    sim,
    [
      ['orders', 0, batchOf(1)],
      ['orders', 99, batchOf(1)],
    ],
    { acks: 0, client },
  )
  expect([client.closed, client.answers.length]).toEqual(['fin', 0])
  expect(sim.cluster.records('orders', 0)).toHaveLength(1)
})

test('P9: an error of one partition has no message', () => {
  expect(world().produce(batchOf(1), { partition: 99 })).toMatchObject({ errorCode: unknownTopic, errorMessage: null })
})

test('P10: answers come in an order of their own, the same for the same seed', () => {
  const order = (seed: number): string => {
    const sim = new Simulation({ seed, topics: { orders: 8 } })
    const partitions = Array.from({ length: 8 }, (_, index) => ['orders', index, batchOf(1)] as const)
    return [...produceAll(sim, partitions).keys()].join()
  }
  expect(order(1)).toBe(order(1))
  expect(new Set([1, 2, 3, 4].map(order)).size).toBeGreaterThan(1)
})

test('P11: version 13 knows topics by id: an unknown one is error 100, with the id echoed', () => {
  const sim = world()
  const unknown = 'Zf8k2mXtQH2yX6m8mH3pXg'
  const bad = sim.ask(produce, 13, {
    acks: -1,
    timeoutMs: 0,
    topicData: [{ topicId: unknown, partitionData: [{ index: 0, records: batchOf(1) }] }],
  })
  expect(bad?.responses).toMatchObject([
    { topicId: unknown, partitionResponses: [{ errorCode: kafkaErrors.UNKNOWN_TOPIC_ID.code, baseOffset: -1n }] },
  ])
  expect(sim.produce(batchOf(1), { version: 13 })?.errorCode).toBe(0)
  expect(sim.produce(batchOf(1), { version: 13, partition: 99 })?.errorCode).toBe(unknownTopic)
})

test('P12: the id of a topic that was made anew is unknown', () => {
  const sim = world()
  const topicId = sim.cluster.topics[0]?.id ?? ''
  sim.cluster.reset()
  expect(sim.produce(batchOf(1), { version: 13, topicId })?.errorCode).toBe(kafkaErrors.UNKNOWN_TOPIC_ID.code)
})

test.each([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])(
  'Produce v%i: appends, and refuses, with every field that the version has',
  (version) => {
    const sim = world()
    expect(sim.produce(batchOf(2), { version })).toMatchObject({ errorCode: 0, baseOffset: 0n, logAppendTimeMs: -1n })
    expect(sim.produce(batchOf(2), { version })).toMatchObject({
      baseOffset: 2n,
      logStartOffset: version >= 5 ? 0n : -1n,
    })
    expect(sim.produce(batchOf(1), { version, partition: 99 })?.errorCode).toBe(unknownTopic)
    expect(sim.cluster.findings).toEqual([])
  },
)
