import { expect, test } from 'vitest'
import type { TraceEvent } from '../history.ts'
import { batchSpans } from './batch-spans.ts'
import { packRows } from './pack-rows.ts'
import { requestSpans } from './request-spans.ts'
import { thinPoints } from './thin-points.ts'
import { windowAround } from './window-around.ts'

function producer(atMs: number, event: string, details: object = {}): TraceEvent {
  return { atMs, source: 'producer', event, details: { event, ...details } }
}

function broker(atMs: number, event: string, details: object = {}): TraceEvent {
  return { atMs, source: 'broker', event, details: { event, atMs, ...details } }
}

const orders = { topic: 'orders', partition: 1 }
const sent = (atMs: number, correlationId: number, node = 2, api = 'Produce'): TraceEvent =>
  producer(atMs, 'request-sent', { node, api, version: 1, correlationId, bytes: 100 })
const received = (atMs: number, request: number, correlationId: number, connection = 7): TraceEvent =>
  broker(atMs, 'request-received', { request, broker: 2, connection, api: 'Produce', correlationId, bytes: 96 })

test('request spans: what both sides say of a request is joined, with its batches and faults', () => {
  const [span, ...more] = requestSpans(
    [
      producer(1, 'batch-drained', { ...orders, batch: 0, node: 2, records: 3 }),
      producer(1, 'batch-drained', { ...orders, batch: 1, node: 3, records: 9 }),
      sent(1, 5),
      received(2, 1, 5),
      broker(2, 'fault-hit', { fault: 'slow', request: 1, broker: 2 }),
      broker(3, 'request-answered', { request: 1, broker: 2, bytes: 20 }),
      producer(4, 'response-received', { node: 2, correlationId: 5, bytes: 20 }),
    ],
    10,
  )
  expect(more).toEqual([])
  expect(span).toMatchObject({ broker: 2, fromMs: 1, receivedMs: 2, answeredMs: 3, toMs: 4, end: 'answered' })
  expect([span?.batches, span?.faults]).toEqual([['orders-1: 3 records'], ['slow']])
})

test('request spans: a request to a bootstrap address is at the broker where it arrives', () => {
  const [span] = requestSpans([sent(1, 5, -1, 'Metadata'), received(2, 1, 5)], 10)
  expect(span).toMatchObject({ node: -1, broker: 2, end: 'open', toMs: 10 })
})

test('request spans: a lost connection ends what is open on it, and nothing else', () => {
  const spans = requestSpans(
    [sent(1, 5), sent(1, 6), sent(1, 7, 3), producer(4, 'connection-lost', { node: 2, because: 'reset' })],
    10,
  )
  expect(spans.map(({ end, toMs }) => [end, toMs])).toEqual([
    ['connection-lost', 4],
    ['connection-lost', 4],
    ['open', 10],
  ])
})

test('request spans: the end of a request is its first one', () => {
  const [span] = requestSpans(
    [
      sent(1, 5),
      producer(3, 'request-timed-out', { node: 2, correlationId: 5 }),
      producer(3, 'connection-lost', { node: 2, because: 'x' }),
    ],
    10,
  )
  expect(span).toMatchObject({ end: 'timed-out', toMs: 3 })
})

test('request spans: of acks=0 the end is where the broker is done', () => {
  const answered = broker(3, 'request-answered', { request: 1, broker: 2, bytes: 0 })
  expect(requestSpans([sent(1, 5), received(2, 1, 5), answered], 10)[0]).toMatchObject({
    end: 'no-answer-wanted',
    toMs: 3,
  })
})

test('request spans: a client seen from outside is known from where its requests arrive', () => {
  // The same number on two connections is two requests.
  const spans = requestSpans(
    [
      received(2, 1, 5, 7),
      received(2, 2, 5, 8),
      broker(3, 'request-answered', { request: 2, broker: 2, bytes: 20 }),
      broker(4, 'connection-closed', { broker: 2, connection: 7, because: 'fault' }),
    ],
    10,
  )
  expect(spans.map(({ end, fromMs, toMs }) => [end, fromMs, toMs])).toEqual([
    ['connection-lost', 2, 4],
    ['answered', 2, 3],
  ])
})

test('batch spans: gathering, on its way, waiting to be sent again, on its way, and what came of it', () => {
  const batch = { ...orders, batch: 4 }
  const spans = batchSpans(
    [
      producer(1, 'batch-created', batch),
      producer(2, 'batch-drained', { ...batch, records: 3, bytes: 400, attempt: 0, sequence: 6 }),
      producer(5, 'batch-retried', { ...batch, records: 3, attempt: 1, because: 'NOT_LEADER_OR_FOLLOWER' }),
      producer(9, 'batch-drained', { ...batch, records: 3, bytes: 400, attempt: 1, sequence: 6 }),
      producer(11, 'batch-completed', { ...batch, records: 3, offset: 7n }),
    ],
    20,
  )
  expect(spans.map(({ kind, fromMs, toMs, end }) => [kind, fromMs, toMs, end])).toEqual([
    ['gathering', 1, 2, 'batch-drained'],
    ['in-flight', 2, 5, 'batch-retried: NOT_LEADER_OR_FOLLOWER'],
    ['backoff', 5, 9, 'batch-drained'],
    ['in-flight', 9, 11, 'batch-completed'],
  ])
  expect(spans[3]).toMatchObject({ partition: 'orders-1', records: 3, bytes: 400, attempt: 1, sequence: 6 })
})

test('batch spans: one that is still open lasts until the end', () => {
  expect(batchSpans([producer(1, 'batch-created', { ...orders, batch: 0 })], 20)).toMatchObject([
    { fromMs: 1, toMs: 20, end: 'still open' },
  ])
})

test('pack rows: spans that touch share a row, those that overlap do not, and too many lie in the last', () => {
  const spans = [
    [0, 10],
    [2, 4],
    [4, 6],
    [5, 8],
    [9, 12],
  ].map(([fromMs = 0, toMs = 0]) => ({ fromMs, toMs }))
  expect(packRows(spans, 9)).toEqual({ rowOf: [0, 1, 1, 2, 1], rows: 3 })
  expect(packRows(spans, 2)).toEqual({ rowOf: [0, 1, 1, 1, 1], rows: 2 })
  expect(packRows([], 2)).toEqual({ rowOf: [], rows: 1 })
})

test('thin points: few enough stay as they are; of more neither the highest nor the lowest is lost', () => {
  const points = Array.from({ length: 1000 }, (_, at) => [at, at === 777 ? 99 : at === 123 ? -5 : 1] as const)
  expect(thinPoints(points, 1000)).toBe(points)
  const thin = thinPoints(points, 100)
  expect(thin.length).toBeLessThanOrEqual(100)
  expect(thin.map(([, value]) => value)).toEqual(expect.arrayContaining([99, -5]))
  expect(thin.map(([at]) => at)).toEqual(thin.map(([at]) => at).toSorted((a, b) => a - b))
})

test('window around: three quarters lie before the moment, and the ends of the list are used up', () => {
  const items = Array.from({ length: 100 }, (_, at) => at)
  const window = (atMs: number | undefined) => windowAround(items, { max: 20, atMs, timeOf: (item) => item })
  expect([window(50).items[0], window(50).items.at(-1), window(50).left]).toEqual([36, 55, 80])
  expect(window(undefined).items[0]).toBe(0)
  expect(window(2).items[0]).toBe(0)
  expect(window(Number.MAX_VALUE).items.at(-1)).toBe(99)
  expect(windowAround(items, { max: 100, atMs: 50, timeOf: (item) => item })).toEqual({ items, left: 0 })
})

test('request and batch spans: numbers of two producers are not one', () => {
  const by = (name: string, event: TraceEvent): TraceEvent => ({ ...event, producer: name })
  const names = new Map([
    ['a-client', 'a'],
    ['b-client', 'b'],
  ])
  const batch = { ...orders, batch: 0, records: 1, bytes: 10, attempt: 0 }
  const arrived = (atMs: number, request: number, clientId: string): TraceEvent =>
    broker(atMs, 'request-received', {
      request,
      broker: 2,
      connection: request,
      api: 'Produce',
      correlationId: 5,
      clientId,
    })
  const trace = [
    by('a', producer(0, 'batch-created', batch)),
    by('b', producer(1, 'batch-created', batch)),
    by('a', producer(2, 'batch-drained', { ...batch, node: 2 })),
    by('a', sent(2, 5)),
    by('b', producer(3, 'batch-drained', { ...batch, node: 2 })),
    by('b', sent(3, 5)),
    arrived(4, 1, 'a-client'),
    arrived(5, 2, 'b-client'),
    by('a', producer(6, 'connection-lost', { node: 2, because: 'reset' })),
    by('b', producer(7, 'response-received', { node: 2, correlationId: 5 })),
    by('b', producer(7, 'batch-completed', batch)),
  ]
  expect(requestSpans(trace, 10, names)).toMatchObject([
    { producer: 'a', fromMs: 2, receivedMs: 4, toMs: 6, end: 'connection-lost', batches: ['orders-1: 1 records'] },
    { producer: 'b', fromMs: 3, receivedMs: 5, toMs: 7, end: 'answered', batches: ['orders-1: 1 records'] },
  ])
  expect(batchSpans(trace, 10).map(({ producer, kind, toMs }) => [producer, kind, toMs])).toEqual([
    ['a', 'gathering', 2],
    ['b', 'gathering', 3],
    ['a', 'in-flight', 10],
    ['b', 'in-flight', 7],
  ])
})
