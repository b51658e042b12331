import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { timeout } from './timeout.ts'

const sent = (atMs: number, correlationId = 0) => told(atMs, 'request-sent', { node: 1, api: 'Produce', correlationId })
const timedOut = (atMs: number) => told(atMs, 'request-timed-out', { node: 1, api: 'Produce', correlationId: 0 })
const lost = (atMs: number) => told(atMs, 'connection-lost', { node: 1, because: 'no answer' })
const retried = (atMs: number, because: string) =>
  told(atMs, 'batch-retried', { batch: 0, topic: 'orders', partition: 0, because, attempt: 1, afterMs: 10 })
const messages = (...trace: ReturnType<typeof told>[]) =>
  timeout.judge(history([], { trace })).map((violation) => violation.message)

test('TIMEOUT: given up in its time and told so is lawful', () => {
  expect(messages(sent(10), timedOut(310), lost(310), retried(310, 'REQUEST_TIMED_OUT'))).toEqual([])
  expect(messages(sent(10), lost(50), retried(50, 'NETWORK_EXCEPTION'))).toEqual([])
})

test('TIMEOUT: too early, too late, and told as something else is found', () => {
  expect(messages(sent(10), timedOut(200))).toEqual(['Produce to broker 1 was given up 110 ms before its time'])
  expect(messages(sent(10), lost(400))).toEqual(['Produce to broker 1 was given up 90 ms after its time'])
  expect(messages(sent(10), timedOut(310), lost(310), retried(310, 'NETWORK_EXCEPTION'))).toHaveLength(1)
})

test('TIMEOUT: time for which the broker wants to be left alone does not count', () => {
  const answer = told(20, 'response-received', { node: 1, api: 'Produce', correlationId: 7, throttleTimeMs: 100 })
  expect(messages(sent(10), answer, timedOut(310))).toHaveLength(1)
  expect(messages(sent(10), answer, timedOut(410), lost(410))).toEqual([])
})
