import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { aggregate } from './aggregate.ts'
import { stabs } from './aggregate-bound.ts'

const id = (batch: number, partition: number) => ({ batch, topic: 'orders', partition, sequence: -1, epoch: -1 })
const created = (atMs: number, batch: number, partition: number) => told(atMs, 'batch-created', id(batch, partition))
const drained = (atMs: number, batch: number, partition: number, bytes = 100) =>
  told(atMs, 'batch-drained', { ...id(batch, partition), node: 1, records: 1, bytes, attempt: 0 })
const completed = (atMs: number, batch: number, partition: number) =>
  told(atMs, 'batch-completed', { ...id(batch, partition), records: 1, offset: 0n })
const sent = (atMs: number) =>
  told(atMs, 'request-sent', { node: 1, api: 'Produce', version: 12, correlationId: 1, bytes: 200 })

const apart = [created(1, 0, 0), created(1, 1, 1), drained(5, 0, 0), sent(5), drained(6, 1, 1), sent(6)]

test('AGGREGATE: two waiting batches of one broker in two requests are found', () => {
  expect(aggregate.judge(history([], { trace: apart })).map((one) => one.message)).toEqual([
    'a batch of orders-1 waited while a request to broker 1 left without it',
  ])
})

test('AGGREGATE: together they are lawful, and so are two that do not fit into one request', () => {
  const together = [created(1, 0, 0), created(1, 1, 1), drained(5, 0, 0), drained(5, 1, 1), sent(5)]
  expect(aggregate.judge(history([], { trace: together }))).toEqual([])
  const large = [created(1, 0, 0), created(1, 1, 1), drained(5, 0, 0, 600), sent(5), drained(6, 1, 1, 600), sent(6)]
  expect(aggregate.judge(history([], { trace: large }))).toEqual([])
})

test('AGGREGATE: two that together exceed max.request.size are found in one request', () => {
  const trace = [created(1, 0, 0), created(1, 1, 1), drained(5, 0, 0, 600), drained(5, 1, 1, 600), sent(5)]
  expect(aggregate.judge(history([], { trace })).map((one) => one.message)).toEqual([
    'a request to broker 1 holds 1200 bytes of batches, max.request.size is 1000',
  ])
})

test('AGGREGATE: what was created later, or waited for its predecessor, or for a leader, is lawful', () => {
  const later = [created(1, 0, 0), drained(5, 0, 0), sent(5), created(5, 1, 1), drained(6, 1, 1), sent(6)]
  expect(aggregate.judge(history([], { trace: later }))).toEqual([])
  const busy = [
    ...[created(0, 9, 1), drained(1, 9, 1), sent(1)],
    ...[created(2, 0, 0), created(2, 1, 1), drained(5, 0, 0), sent(5)],
    ...[completed(6, 9, 1), drained(6, 1, 1), sent(6)],
  ]
  expect(aggregate.judge(history([], { trace: busy }))).toEqual([])
  const leaderless = [...apart.slice(0, 4), told(5, 'metadata-updated', {}), ...apart.slice(4)]
  expect(aggregate.judge(history([], { trace: leaderless }))).toEqual([])
})

test('AGGREGATE: without faults many more requests than a clairvoyant needs are found', () => {
  // Forty batches of forty partitions, created at once, in forty requests: one would do.
  const trace = Array.from({ length: 40 }, (_, i) => [created(1, i, i), drained(1, i, i, 10), sent(1)]).flat()
  const found = aggregate.judge(history([], { trace })).map((one) => one.message)
  expect(found).toEqual(['40 Produce requests to broker 1, 1 would do'])
})

test('AGGREGATE: batches that had to leave for the sake of a send that waits for memory could not have waited', () => {
  const turns = Array.from({ length: 40 }, (_, i) => [
    created(i, i, i),
    drained(i + 0.5, i, i, 10),
    sent(i + 0.5),
  ]).flat()
  const waits = told(0, 'send-blocked', { topic: 'orders', on: 'memory' })
  const producer = { ...history([]).producer, lingerMs: 1_000 }
  expect(aggregate.judge(history([], { producer, trace: turns }))).toHaveLength(1)
  expect(aggregate.judge(history([], { producer, trace: [waits, ...turns] }))).toEqual([])
})

test('AGGREGATE: with batch.size 0 a batch is full at once, and does not linger', () => {
  const turns = Array.from({ length: 40 }, (_, i) => [created(i, i, i), drained(i, i, i, 10), sent(i)]).flat()
  const producer = { ...history([]).producer, lingerMs: 1_000 }
  expect(aggregate.judge(history([], { producer, trace: turns }))).toHaveLength(1)
  expect(aggregate.judge(history([], { producer: { ...producer, batchBytes: 0 }, trace: turns }))).toEqual([])
})

test('AGGREGATE: the fewest points that touch every interval', () => {
  expect(stabs([])).toBe(0)
  expect(
    stabs([
      [0, 5],
      [3, 8],
      [5, 9],
    ]),
  ).toBe(1)
  expect(
    stabs([
      [0, 1],
      [2, 3],
      [1, 2],
      [10, 11],
    ]),
  ).toBe(3)
})
