import { expect, test } from 'vitest'
import { history, notIdempotent, told } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { bump } from './bump.ts'

const where = { topic: 'orders', partition: 0 }
const numbered = (batch: number) => ({ batch, ...where, sequence: batch, epoch: 0 })
const drained = (batch: number) => [
  told(1, 'batch-drained', { ...numbered(batch), node: 1, attempt: 0 }),
  told(1, 'request-sent', { node: 1, api: 'Produce', correlationId: batch }),
]
const lost = [told(2, 'connection-lost', { node: 1 })]
const answered = (batch: number) => [told(4, 'response-received', { node: 1, api: 'Produce', correlationId: batch })]
const completed = (batch: number) => [told(3, 'batch-completed', numbered(batch))]
const ended = (event: string, batch: number, more: object) => [told(3, event, { ...numbered(batch), ...more })]
const reset = [told(5, 'sequences-reset', { ...where, epoch: 1 })]
const found = (...trace: (readonly TraceEvent[])[]): string[] =>
  bump.judge(history([], { trace: trace.flat() })).map(({ message }) => message)

const needless = ['the sequences of orders-0 started anew under epoch 1, and none was missing']

test('BUMP: numbers that start anew without a reason are found', () => {
  expect(found(drained(0), lost, completed(0), reset)).toEqual(needless)
})

test('BUMP: a batch that is missing, or may be, is a reason', () => {
  expect(found(drained(0), lost, ended('batch-failed', 0, { certainty: 'definite' }), reset)).toEqual([])
  expect(found(drained(0), lost, ended('batch-expired', 0, { certainty: 'maybe' }), reset)).toEqual([])
})

test('BUMP: one in doubt is none once the last number is confirmed: then it is in the log too', () => {
  const doubt = ended('batch-expired', 0, { certainty: 'maybe' })
  expect(found(drained(0), drained(1), lost, doubt, completed(1), reset)).toEqual(needless)
  expect(found(drained(0), drained(1), drained(2), lost, doubt, completed(1), reset)).toEqual([])
})

test('BUMP: out of order is a reason only if nothing before it was without an outcome', () => {
  const retried = (batch: number) => ended('batch-retried', batch, { because: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
  expect(found(drained(0), lost, retried(0), reset)).toEqual([])
  expect(found(drained(0), drained(1), retried(1), lost, completed(0), reset)).toEqual(needless)
})

test('BUMP: a later epoch that a broker has seen is a reason, and so may be an answer that came too late', () => {
  const because = 'INVALID_PRODUCER_EPOCH'
  expect(found(drained(0), lost, ended('batch-failed', 0, { certainty: 'maybe', because }), reset)).toEqual([])
  const expired = ended('batch-expired', 0, { certainty: 'maybe' })
  expect(found(drained(0), drained(1), expired, answered(0), completed(1), reset)).toEqual([])
})

test('BUMP: a reason is good for once', () => {
  const missing = ended('batch-failed', 0, { certainty: 'definite' })
  expect(found(drained(0), lost, missing, reset, reset)).toEqual(needless)
})

test('BUMP: does not bind without idempotence', () => {
  expect(bump.unbound?.(history([], { producer: notIdempotent }))).toMatch('no epoch')
})
