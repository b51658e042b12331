import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { metadata } from './metadata.ts'

const asked = (atMs: number, node = 1) => told(atMs, 'request-sent', { node, api: 'Metadata' })
const answered = (atMs: number) => told(atMs, 'response-received', { node: 1, api: 'Metadata' })
const found = (...trace: ReturnType<typeof told>[]) => metadata.judge(history([], { trace })).map((one) => one.message)

test('METADATA: one after the other with the backoff between them is lawful', () => {
  expect(found(asked(1), answered(2), asked(10), answered(11))).toEqual([])
})

test('METADATA: two in flight are found, unless the first was lost with its connection', () => {
  expect(found(asked(1), asked(2, 2))).toEqual(['two Metadata requests in flight'])
  expect(found(asked(1), told(2, 'connection-lost', { node: 1 }), asked(2, 2))).toEqual([])
})

test('METADATA: a refresh without the backoff is found, unless a record waits for a topic', () => {
  expect(found(asked(1), answered(2), asked(3))).toEqual([
    'Metadata was asked for again after 1 ms, retry.backoff.ms is 10 ms',
  ])
  expect(found(asked(1), answered(2), told(2, 'send-blocked', { topic: 'orders', on: 'metadata' }), asked(3))).toEqual(
    [],
  )
  // So does one that began to wait when the request had been made already (seed 850 of two producers).
  expect(found(asked(1), told(2, 'send-blocked', { topic: 'orders', on: 'metadata' }), answered(3), asked(4))).toEqual(
    [],
  )
})

test('METADATA: in an explored run a topic that has taken a record is not waited for', () => {
  const waits = told(2, 'send-blocked', { topic: 'orders', on: 'metadata' })
  const taken = told(1, 'batch-created', { topic: 'orders', partition: 0 })
  const judged = (isStrict: boolean, ...trace: ReturnType<typeof told>[]) =>
    metadata.judge(history([], { trace, isStrict })).map((one) => one.message)
  expect(judged(true, taken, waits)).toEqual(['a send waits for metadata of orders, which was known'])
  expect(judged(true, waits, taken)).toEqual([])
  expect(judged(false, taken, waits)).toEqual([])
})
