import { expect, test } from 'vitest'
import { history, notIdempotent, observed, told } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { hole } from './hole.ts'

const where = { topic: 'orders', partition: 0 }
const drained = (batch: number, more: Record<string, unknown> = {}) => [
  told(1, 'batch-drained', { batch, ...where, node: 1, sequence: batch, epoch: 0, attempt: 0, ...more }),
  told(1, 'request-sent', { node: 1, api: 'Produce', correlationId: batch }),
]
const expired = (batch: number, certainty = 'maybe') => told(2, 'batch-expired', { batch, ...where, certainty })
const lost = told(3, 'connection-lost', { node: 1 })
const appended = (baseSequence: number) =>
  observed(1, 'batch-appended', { ...where, producerId: 7n, producerEpoch: 0, baseSequence })
const found = (...trace: (TraceEvent | readonly TraceEvent[])[]): string[] =>
  hole.judge(history([], { trace: trace.flat() as TraceEvent[] })).map(({ message }) => message)

test('HOLE: a number behind a batch that was given up and is in no log is found', () => {
  expect(found(drained(0), expired(0), lost, drained(1))).toEqual([
    'a batch of orders-0 epoch 0 was numbered behind one that is missing',
  ])
})

test('HOLE: what is in the log, or may still get there, is not missing; under another epoch all begins anew', () => {
  expect(found(drained(0), appended(0), expired(0), lost, drained(1))).toEqual([])
  expect(found(drained(0), expired(0), drained(1))).toEqual([])
  expect(found(drained(0), drained(1), appended(1), expired(0), lost, drained(2))).toEqual([])
  expect(found(drained(0), expired(0), lost, drained(1, { epoch: 1, sequence: 0 }))).toEqual([])
})

test('HOLE: a retry may ask behind what is in doubt, and not behind what is certainly missing', () => {
  const again = drained(1, { attempt: 1 })
  const refused = (certainty: string) => told(4, 'batch-failed', { batch: 0, ...where, certainty })
  expect(found(drained(0), drained(1), lost, refused('maybe'), again)).toEqual([])
  expect(found(drained(0), drained(1), lost, refused('definite'), again)).toEqual([
    'a batch of orders-0 epoch 0 was sent again behind one that is missing',
  ])
})

test('HOLE: the parts of a split batch go on, although one was given up in doubt', () => {
  const created = [10, 11].map((batch) => told(2, 'batch-created', { batch, ...where }))
  const split = told(2, 'batch-split', { batch: 0, ...where, parts: 2 })
  const parts = [drained(10, { sequence: 0 }), expired(10), lost, drained(11, { sequence: 1 })]
  expect(found(drained(0), created, split, ...parts)).toEqual([])
})

test('HOLE: does not bind without sequences, nor where a cluster does not tell what it appends', () => {
  expect(hole.unbound?.(history([], { producer: notIdempotent }))).toMatch('not idempotent')
  expect(hole.unbound?.(history([]))).toMatch('does not tell')
})
