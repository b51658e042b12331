import { expect, test } from 'vitest'
import { history, settings, told } from '../../test/hand-made-history.ts'
import { giveup } from './giveup.ts'

const one = { batch: 0, topic: 'orders', partition: 0 }
const created = told(0, 'batch-created', one)
const sent = (atMs: number, attempt = 0) => told(atMs, 'batch-drained', { ...one, attempt, node: 1 })
const failed = (atMs: number, because: string, records = 2) =>
  told(atMs, 'batch-failed', { ...one, because, records, certainty: 'definite' })
const messages = (trace: ReturnType<typeof told>[], more = {}) =>
  giveup.judge(history([], { trace, producer: { ...settings, ...more } })).map((violation) => violation.message)

test('GIVEUP: an error that may pass is no reason to give up while there are retries and time', () => {
  expect(messages([created, sent(5), failed(10, 'KAFKA_STORAGE_ERROR')])).toEqual([
    'a batch of orders-0 was given up after KAFKA_STORAGE_ERROR, which may pass',
  ])
  expect(messages([created, sent(5), failed(10, 'KAFKA_STORAGE_ERROR')], { retries: 0 })).toEqual([])
  expect(messages([created, sent(5), failed(1_000, 'KAFKA_STORAGE_ERROR')])).toEqual([])
  expect(messages([created, sent(5), failed(10, 'TOPIC_AUTHORIZATION_FAILED')])).toEqual([])
  expect(messages([created, sent(5), told(7, 'closed', {}), failed(10, 'KAFKA_STORAGE_ERROR')])).toEqual([])
})

test('GIVEUP: with idempotence a sequence error may pass, without it not', () => {
  const trace = [created, sent(5), failed(10, 'OUT_OF_ORDER_SEQUENCE_NUMBER')]
  expect(messages(trace)).toHaveLength(1)
  expect(messages(trace, { idempotent: false })).toEqual([])
})

test('GIVEUP: several records that are too large are split, one is not', () => {
  expect(messages([created, sent(5), failed(10, 'MESSAGE_TOO_LARGE')])).toEqual([
    'a batch of orders-0 with 2 records was too large, and was not split',
  ])
  expect(messages([created, sent(5), failed(10, 'MESSAGE_TOO_LARGE', 1)])).toEqual([])
})

test('GIVEUP: nothing is sent again after a refusal, nor more often than retries allow', () => {
  const retried = told(6, 'batch-retried', { ...one, because: 'INVALID_RECORD', attempt: 1 })
  expect(messages([created, sent(5), retried])).toEqual(['a batch of orders-0 is sent again after INVALID_RECORD'])
  expect(messages([created, sent(5), sent(6, 1)], { retries: 0 })).toEqual([
    'a batch of orders-0 was sent 2 times, retries is 0',
  ])
})

test('GIVEUP: nothing expires before its time, and parts are as old as the whole', () => {
  const expired = (atMs: number, batch = 0) => told(atMs, 'batch-expired', { ...one, batch, records: 1 })
  expect(messages([created, expired(900)])).toEqual(['a batch of orders-0 expired after 900 ms, of 1000 ms'])
  const parts = [told(500, 'batch-created', { ...one, batch: 1 }), told(500, 'batch-created', { ...one, batch: 2 })]
  expect(messages([created, ...parts, told(500, 'batch-split', { ...one, parts: 2 }), expired(1_000, 2)])).toEqual([])
})
