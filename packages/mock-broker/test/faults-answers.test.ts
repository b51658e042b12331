import { metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { FaultAction } from '../src/core.ts'
import type { RawClient } from './raw-client.ts'
import { batchOf, Simulation } from './simulated.ts'

/** A Produce under a fault, on a client of its own; the request is applied in every case. */
function produceUnder(action: FaultAction): { sim: Simulation; client: RawClient; bytes: Uint8Array } {
  const sim = new Simulation({ brokers: 1, topics: { orders: 2 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: action })
  const client = sim.client()
  // Not decoded: it may well not be possible.
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(1) }] }]
  client.send(produce, 9, { acks: -1, timeoutMs: 0, topicData })
  sim.run(2000)
  expect(sim.cluster.records('orders')).toHaveLength(1)
  return { sim, client, bytes: joined(client.chunks) }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
}

/** The answer without any fault. */
const rightAnswer = produceUnder({ delay: 0 }).bytes

test('throttle: the time is told at once, and nothing is taken from the connection until it is over', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { throttle: '500ms' } })
  const client = sim.client()
  client.send(produce, 9, { acks: -1, timeoutMs: 0, topicData: [] })
  const next = client.send(metadata, 9, { topics: [] })
  sim.run(490)
  expect(client.answer(produce, 1)?.throttleTimeMs).toBe(500)
  expect(client.answer(metadata, next)).toBeUndefined()
  sim.run(20)
  expect(client.answer(metadata, next)?.throttleTimeMs).toBe(0)
})

test('throttle: without muting the next request is answered at once', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { throttle: '500ms', mute: false } })
  const client = sim.client()
  client.send(produce, 9, { acks: -1, timeoutMs: 0, topicData: [] })
  client.send(metadata, 9, { topics: [] })
  sim.run(5)
  expect([client.answer(produce, 1)?.throttleTimeMs, client.answers.length]).toEqual([500, 2])
})

test('throttle: a version from before KIP-219 is answered late, with the time it was throttled for', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { throttle: '500ms' } })
  const client = sim.client()
  client.send(produce, 5, { acks: -1, timeoutMs: 0, topicData: [] })
  sim.run(490)
  expect(client.answers).toHaveLength(0)
  sim.run(20)
  expect(client.answer(produce, 1)?.throttleTimeMs).toBe(500)
})

test('edit: fields are set in every item of a list, or in one', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: 2 } })
  const edits = { 'brokers.*.host': 'nowhere', 'brokers.1.port': 1, 'topics.0.errorCode': 'TOPIC_AUTHORIZATION_FAILED' }
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { edit: edits } })
  const answer = sim.ask(metadata, 9, { topics: null })
  expect(answer?.brokers.map(({ host }) => host)).toEqual(['nowhere', 'nowhere'])
  expect([answer?.brokers[0]?.port === 1, answer?.brokers[1]?.port]).toEqual([false, 1])
  expect(answer?.topics[0]?.errorCode).toBe(29)
})

test('edit: a list may be emptied or written whole, with Kafka defaults for what is left out', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { edit: { responses: [] } } })
  const stranger = {
    name: 'strange',
    partitionResponses: [{ index: 7, errorCode: 0, baseOffset: '9223372036854775807' }],
  }
  sim.cluster.fault({ on: { api: 'Produce' }, do: { edit: { responses: [stranger] } } })
  expect(sim.produce(batchOf(1))).toBeUndefined()
  expect(sim.produce(batchOf(1))).toMatchObject({ index: 7, baseOffset: 9223372036854775807n, logAppendTimeMs: -1n })
  expect(sim.cluster.records('orders')).toHaveLength(2)
})

test('edit: 64-bit fields are exact, nullable ones may be null', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const edits = {
    'responses.*.partitionResponses.*.baseOffset': '-9007199254740993',
    'responses.*.partitionResponses.*.errorMessage': 'because',
  }
  sim.cluster.fault({ on: { api: 'Produce' }, do: { edit: edits } })
  expect(sim.produce(batchOf(1))).toMatchObject({ baseOffset: -9007199254740993n, errorMessage: 'because' })
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { edit: { clusterId: null } } })
  expect(sim.ask(metadata, 9, { topics: [] })?.clusterId).toBeNull()
})

test('edit: what an answer does not have, or its version cannot carry, is found, and the answer goes out as it is', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { edit: { 'topics.5.errorCode': 5 } } })
  expect(sim.ask(metadata, 9, { topics: [] })).toBeDefined()
  const leader = { 'responses.*.partitionResponses.*.currentLeader.leaderId': 3 }
  sim.cluster.fault({ on: { api: 'Produce' }, do: { edit: leader } })
  expect(sim.produce(batchOf(1), { version: 9 })?.errorCode).toBe(0)
  expect(sim.cluster.findings.map(({ kind, message }) => [kind, message])).toEqual([
    ['unsupported', 'fault "fault 1" could not act: the answer has no topics.5.errorCode'],
    ['unsupported', expect.stringContaining('cannot carry')],
  ])
})

test('duplicate: the same bytes twice', () => {
  expect(produceUnder({ duplicate: 'response' }).bytes).toEqual(joined([rightAnswer, rightAnswer]))
})

test('wrong-correlation-id: only the id is off, and it wraps', () => {
  expect(produceUnder({ 'wrong-correlation-id': 5 }).client.answeredIds).toEqual([6])
  const { client, bytes } = produceUnder({ 'wrong-correlation-id': 2 ** 31 - 1 })
  expect(client.answeredIds).toEqual([-(2 ** 31)])
  expect(bytes.subarray(8)).toEqual(rightAnswer.subarray(8))
})

test('slice: pieces of so many bytes, the same in the end', () => {
  const { client, bytes } = produceUnder({ slice: '3B' })
  expect(bytes).toEqual(rightAnswer)
  expect(new Set(client.chunks.slice(0, -1).map((chunk) => chunk.length))).toEqual(new Set([3]))
})

test('drip: a few bytes at a time; the next request waits for the end', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { drip: '10B', every: '50ms' } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  client.send(metadata, 9, { topics: [] })
  const pieces = Math.ceil(rightAnswer.length / 10)
  sim.run((pieces - 1) * 50 - 10)
  expect([client.answers.length, client.chunks.length]).toEqual([0, pieces - 1])
  sim.run(20)
  expect(client.answeredIds).toEqual([1, 2])
})

test('drip: a client that leaves in the middle takes nothing down, and leaves nothing behind', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { drip: '1B', every: '1s' } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  sim.run(3000)
  client.link.close('reset')
  sim.run(60_000)
  expect([client.chunks.length, sim.cluster.broker(1).openConnections, sim.cluster.findings]).toEqual([4, 0, []])
})

test.each([
  ['fin', 10, 10],
  ['fin', 0, 0],
  ['fin', 1000, rightAnswer.length - 1],
] as const)('truncate: with a %s %d bytes are asked for and %d arrive, then the end', (how, truncate, arrived) => {
  const { client, bytes } = produceUnder({ truncate, how })
  expect([bytes, client.closed, client.answers.length]).toEqual([rightAnswer.subarray(0, arrived), 'fin', 0])
})

test('truncate: with a reset nothing need arrive', () => {
  expect(produceUnder({ truncate: 10, how: 'reset' }).client.closed).toBe('reset')
})

test.each<[FaultAction, number, number]>([
  [{ corrupt: 'length' }, 0, 255],
  [{ corrupt: 'length', xor: 127 }, 0, 127],
  [{ corrupt: 'correlation-id' }, 4, 255],
  [{ corrupt: 12, xor: 1 }, 12, 1],
  [{ corrupt: -1 }, rightAnswer.length - 1, 255],
])('corrupt: %j changes byte %d by %d and no other', (action, at, xor) => {
  const wrong = rightAnswer.slice()
  wrong[at]! ^= xor
  expect(produceUnder(action).bytes).toEqual(wrong)
})

test('corrupt: a byte of the body, drawn from the seed', () => {
  const changed = (bytes: Uint8Array): number[] => [...bytes.keys()].filter((i) => bytes[i] !== rightAnswer[i])
  const [at] = changed(produceUnder({ corrupt: 'body' }).bytes)
  expect(at).toBeGreaterThanOrEqual(8)
  expect(changed(produceUnder({ corrupt: 'body' }).bytes)).toEqual([at])
})

test('corrupt: a byte that the answer does not have is found', () => {
  const { sim, bytes } = produceUnder({ corrupt: 1_000_000 })
  expect(bytes).toEqual(rightAnswer)
  expect(sim.cluster.findings.map(({ message }) => message)).toEqual([
    `fault "fault 1" could not act: the answer has ${rightAnswer.length} bytes, and no byte 1000000`,
  ])
})

test('swap: the answer comes behind the next one of its connection', () => {
  const sim = new Simulation({ topics: { orders: 2 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { swap: 'response' } })
  const client = sim.client()
  for (let i = 0; i < 3; i++) sim.produce(batchOf(1), { client })
  expect([client.answeredIds, sim.cluster.records('orders').length]).toEqual([[2, 1, 3], 3])
})

test('disconnect: after answering, the answer arrives and then the end', () => {
  const sim = new Simulation({ topics: { orders: 2 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-answering' } })
  const client = sim.client()
  expect(sim.produce(batchOf(1), { client })?.errorCode).toBe(0)
  expect([client.closed, sim.cluster.records('orders').length]).toEqual(['fin', 1])
})

test('delay: with jitter each is late by its own time, within limits, and the same for the same seed', () => {
  const times = () => {
    const sim = new Simulation({ topics: { orders: 2 } })
    sim.cluster.fault({ on: { api: 'Metadata' }, do: { delay: 10, jitter: 50, side: 'response' }, times: 'always' })
    return Array.from({ length: 20 }, () => {
      const client = sim.client()
      const sentAtMs = sim.nowMs
      client.send(metadata, 9, { topics: [] })
      sim.run(100)
      return (client.answers[0]?.atMs ?? Number.NaN) - sentAtMs
    })
  }
  const found = times()
  expect(found.every((ms) => ms >= 10 && ms <= 60)).toBe(true)
  expect(new Set(found.map(Math.round)).size).toBeGreaterThan(8)
  expect(times()).toEqual(found)
})
