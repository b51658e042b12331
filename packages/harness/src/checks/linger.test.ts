import { expect, test } from 'vitest'
import { history, settings, told } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { linger } from './linger.ts'

const producer = { ...settings, lingerMs: 10, batchBytes: 1_000 }

const created = (atMs: number, batch: number, partition = 0) =>
  told(atMs, 'batch-created', { batch, topic: 'orders', partition })
const drained = (atMs: number, batch: number, more: Record<string, unknown> = {}) =>
  told(atMs, 'batch-drained', {
    batch,
    topic: 'orders',
    partition: 0,
    node: 1,
    attempt: 0,
    bytes: 100,
    queuedMs: atMs,
    ...more,
  })
const sent = (atMs: number) => told(atMs, 'request-sent', { node: 1, api: 'Produce', correlationId: 1 })

function found(...trace: TraceEvent[]): number {
  return linger.judge(history([], { producer, trace })).length
}

test('LINGER: a request before its time with one batch that could wait is found', () => {
  expect(found(created(0, 1), drained(5, 1), sent(5))).toBe(1)
  expect(found(created(0, 1), drained(10, 1), sent(10))).toBe(0)
})

test('LINGER: a full batch, a followed one and one that is tried again need not wait', () => {
  expect(found(created(0, 1), drained(5, 1, { bytes: 800 }), sent(5))).toBe(0)
  expect(found(created(0, 1), created(4, 2), drained(5, 1), sent(5))).toBe(0)
  expect(found(created(0, 1), drained(5, 1, { attempt: 1 }), sent(5))).toBe(0)
})

test('LINGER: what lingers rides along with what must leave', () => {
  const late = drained(12, 1)
  const along = drained(12, 2, { partition: 1, queuedMs: 2 })
  expect(found(created(0, 1), created(10, 2, 1), late, along, sent(12))).toBe(0)
  expect(found(created(0, 1), created(10, 2, 1), late, sent(12), along, sent(12))).toBe(0)
  expect(found(created(0, 1), created(10, 2, 1), along, sent(12), late, sent(12))).toBe(0)
  expect(found(created(0, 1), created(10, 2, 1), late, sent(12), along, sent(13))).toBe(1)
})

test('LINGER: nothing waits once a send waits for memory', () => {
  const blocked = told(3, 'send-blocked', { topic: 'orders', on: 'memory' })
  const unblocked = told(5, 'send-unblocked', { topic: 'orders', on: 'memory' })
  expect(found(created(0, 1), blocked, drained(5, 1), sent(5))).toBe(0)
  expect(found(created(0, 1), blocked, unblocked, drained(5, 1), sent(5))).toBe(0)
  expect(found(created(0, 1), blocked, unblocked, drained(8, 1), sent(8))).toBe(0)
  expect(found(blocked, unblocked, created(6, 1), drained(8, 1, { queuedMs: 2 }), sent(8))).toBe(1)
})

test('LINGER: does not bind while another batch waits, which may be full and held up', () => {
  const other = [created(6, 2, 1), created(7, 3), drained(8, 3, { queuedMs: 1 }), sent(8)]
  const gone = told(9, 'batch-expired', { batch: 2, topic: 'orders', partition: 1 })
  expect(found(...other)).toBe(0)
  expect(found(...other, gone, created(9, 4), drained(10, 4, { queuedMs: 1 }), sent(10))).toBe(1)
})
