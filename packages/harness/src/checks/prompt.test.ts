import { expect, test } from 'vitest'
import { history, observed, settings, told } from '../../test/hand-made-history.ts'
import type { TraceEvent, WaitedStep } from '../history.ts'
import { prompt } from './prompt.ts'

const one = { batch: 0, topic: 'orders', partition: 0 }
const ready = told(0, 'connection-state', { node: 1, from: 'negotiating', to: 'ready' })
const created = (atMs: number, batch = 0) => told(atMs, 'batch-created', { ...one, batch })
const leaves = (atMs: number, batch = 0) => [
  told(atMs, 'batch-drained', { ...one, batch, node: 1, records: 1, bytes: 100, attempt: 0 }),
  told(atMs, 'request-sent', { node: 1, api: 'Produce', correlationId: batch }),
]
const flushed = (calledAtMs: number, returnedAtMs: number): WaitedStep => ({
  step: 'flush',
  calledAtMs,
  returnedAtMs,
  submittedBefore: 1,
  unsettled: [],
  withinMs: undefined,
})
const messages = (trace: readonly TraceEvent[], more = {}) =>
  prompt
    .judge(history([], { trace, producer: { ...settings, batchBytes: 2_000 }, ...more }))
    .map(({ message }) => message)

test('PROMPT: a batch leaves when its linger is over, not later', () => {
  expect(messages([ready, created(10), ...leaves(15)])).toEqual([])
  expect(messages([ready, created(10), ...leaves(30)])).toEqual(['a batch of orders-0 left 15 ms after it could have'])
})

test('PROMPT: flush, a waiting send and a successor make it due at once', () => {
  const waits = [flushed(10, 40)]
  expect(messages([ready, created(10), ...leaves(10)], { waits })).toEqual([])
  expect(messages([ready, created(10), ...leaves(15)], { waits })).toHaveLength(1)
  expect(messages([ready, created(10), told(10, 'send-blocked', { on: 'memory' }), ...leaves(15)])).toHaveLength(1)
  expect(messages([ready, created(10), created(11, 1), ...leaves(15)])).toHaveLength(1)
  expect(messages([ready, created(10), created(11, 1), ...leaves(11)])).toEqual([])
})

test('PROMPT: while its broker has a request unanswered, or its partition a batch, it may wait', () => {
  const busy = told(0, 'request-sent', { node: 1, api: 'Metadata', correlationId: 99 })
  const producer = { ...settings, inFlightRequestsMax: 1 }
  expect(messages([ready, busy, created(10), ...leaves(30)], { producer })).toEqual([])
  const answered = told(29, 'response-received', { node: 1, api: 'Metadata', correlationId: 99 })
  expect(messages([ready, busy, created(10), answered, ...leaves(30)], { producer })).toEqual([])
  expect(messages([ready, busy, created(10), answered, ...leaves(40)], { producer })).toHaveLength(1)
  const throttled = told(5, 'response-received', { node: 1, api: 'Metadata', correlationId: 99, throttleTimeMs: 100 })
  expect(messages([ready, busy, throttled, created(10), ...leaves(105)])).toEqual([])
})

test('PROMPT: before any fault a batch does not wait for an answer, even if it leaves in the moment of that', () => {
  const busy = told(0, 'request-sent', { node: 1, api: 'Metadata', correlationId: 99 })
  const answered = told(29, 'response-received', { node: 1, api: 'Metadata', correlationId: 99 })
  const trace = [ready, busy, created(10), answered, ...leaves(29)]
  expect(messages(trace)).toEqual(['a batch of orders-0 left 14 ms after it could have'])
  const faultHits = [{ atMs: 5, name: 'slow', action: 'delay', impactMs: 50 }]
  expect(messages(trace, { faultHits })).toEqual([])
})

test('PROMPT: a retry leaves when its backoff is over', () => {
  const retried = told(20, 'batch-retried', { ...one, attempt: 1, afterMs: 10 })
  const answered = told(20, 'response-received', { node: 1, api: 'Produce', correlationId: 0 })
  expect(messages([ready, created(10), ...leaves(15), answered, retried, ...leaves(30)])).toEqual([])
  expect(messages([ready, created(10), ...leaves(15), answered, retried, ...leaves(50)])).toEqual([
    'a batch of orders-0 left 20 ms after it could have',
  ])
})

test('PROMPT: before any fault it is enough that its broker has room for one more request', () => {
  const busy = told(0, 'request-sent', { node: 1, api: 'Metadata', correlationId: 99 })
  const trace = [ready, busy, created(10), ...leaves(30)]
  expect(messages(trace)).toEqual(['a batch of orders-0 left 15 ms after it could have'])
  const hit = { atMs: 20, name: 'cut', action: 'disconnect', impactMs: 1 }
  expect(messages(trace, { faultHits: [hit] })).toEqual([])
  expect(messages(trace, { producer: { ...settings, inFlightRequestsMax: 1 } })).toEqual([])
})

test('PROMPT: a retry leaves as soon as a newer leader is known', () => {
  const again = [...leaves(15), told(20, 'response-received', { node: 1, api: 'Produce', correlationId: 0 })]
  const retried = told(20, 'batch-retried', { ...one, attempt: 1, afterMs: 80 })
  const moved = (epoch: number) => told(20, 'leader-changed', { ...one, leader: 1, epoch })
  expect(messages([ready, created(10), ...again, retried, moved(2), ...leaves(21)])).toEqual([])
  expect(messages([ready, created(10), ...again, retried, moved(2), ...leaves(60)])).toHaveLength(1)
  expect(messages([ready, created(10), ...again, retried, moved(-1), ...leaves(60)])).toEqual([])
  // The topic was made anew, and its epochs begin again: the producer cannot tell that this one is newer (seeds 200424, 309231).
  const deleted = observed(20, 'topic-deleted', { topic: 'orders' })
  expect(messages([ready, created(10), ...again, deleted, retried, moved(2), ...leaves(60)])).toEqual([])
})
