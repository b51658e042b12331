import { expect, test } from 'vitest'
import { history, notIdempotent, told } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { window } from './window.ts'

const where = { topic: 'orders', partition: 0 }
const drained = (batch: number, more: Record<string, unknown> = {}) => [
  told(1, 'batch-drained', { batch, ...where, node: 1, sequence: batch, epoch: 0, attempt: 0, ...more }),
  told(1, 'request-sent', { node: 1, api: 'Produce', correlationId: batch }),
]
const completed = (batch: number) => [
  told(2, 'response-received', { node: 1, api: 'Produce', correlationId: batch }),
  told(2, 'batch-completed', { batch, ...where }),
]
const found = (...trace: (readonly TraceEvent[])[]): string[] =>
  window.judge(history([], { trace: trace.flat() })).map(({ message }) => message)

const confirmed = [1, 2, 3, 4].flatMap((batch) => [drained(batch), completed(batch)])

test('WINDOW: the sixth from one without an outcome is found, confirmed ones included', () => {
  expect(found(drained(0), ...confirmed, drained(5))).toEqual([
    'a batch of orders-0 epoch 0 was numbered as number 6 from one without an outcome',
  ])
})

test('WINDOW: the fifth is lawful, and so is the sixth if the first has its outcome, or another epoch', () => {
  expect(found(drained(0), ...confirmed)).toEqual([])
  expect(found(drained(0), completed(0), ...confirmed, drained(5))).toEqual([])
  expect(found(drained(0), ...confirmed, drained(5, { epoch: 1, sequence: 0 }))).toEqual([])
})

test('WINDOW: a batch that ran out of time is without an outcome as long as its answer may come', () => {
  const expired = told(2, 'batch-expired', { batch: 0, ...where, certainty: 'maybe' })
  expect(found(drained(0), [expired], ...confirmed, drained(5))).toHaveLength(1)
})

test('WINDOW: counts across the end of the numbers', () => {
  const late = 2 ** 31 - 3
  const at = (batch: number) => drained(batch, { sequence: (late + batch) % 2 ** 31 })
  const wrapped = [1, 2, 3, 4].flatMap((batch) => [at(batch), completed(batch)])
  expect(found(at(0), ...wrapped)).toEqual([])
  expect(found(at(0), ...wrapped, at(5))).toHaveLength(1)
})

test('WINDOW: does not bind without idempotence', () => {
  expect(window.unbound?.(history([], { producer: notIdempotent }))).toMatch('not idempotent')
})
