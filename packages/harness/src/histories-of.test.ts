import { expect, test } from 'vitest'
import {
  acknowledged,
  batch,
  failed,
  history,
  notIdempotent,
  observed,
  ofSeveral,
  request,
  settings,
  told,
  written,
} from '../test/hand-made-history.ts'
import { judge, type Verdict } from './checks/index.ts'
import { expectations, judgeExpectation } from './expect/index.ts'
import { historiesOf, historyOfProducer } from './histories-of.ts'
import type { History } from './history.ts'

/** Two producers, each with records of its own in one partition: billing 0 and 2, shipping 1 and 3. */
const taking = (offsets: readonly number[], more: Partial<History> = {}): History =>
  history(
    offsets.map((offset, number) => written(offset, { producer: number % 2 === 0 ? 'billing' : 'shipping' })),
    { producers: [ofSeveral('billing'), ofSeveral('shipping')], ...more },
  )

function broken(about: History): string[] {
  return judge(about).flatMap(({ violations }) => violations.map(({ law, message }) => `${law} ${message}`))
}

function verdictsOf(about: History, law: string): Verdict[] {
  return judge(about).filter((verdict) => verdict.law === law)
}

test('several producers: a run of one is its own history', () => {
  const one = history([written(0)])
  expect(historiesOf(one)).toEqual([one])
})

test('several producers: each has its own records, requests, waits and trace, and the log is that of all', () => {
  const requests = [request({ clientId: 'billing' }), request({ clientId: 'shipping', broker: 2 })]
  const wait = { step: 'flush', calledAtMs: 0, returnedAtMs: 1, submittedBefore: 0, unsettled: [] } as const
  const trace = [
    { ...told(1, 'fatal', {}), producer: 'shipping' },
    observed(2, 'leader-moved', { topic: 'orders', partition: 0 }),
    observed(3, 'batch-refused', { clientId: 'billing', error: 'X' }),
  ]
  const waits = [{ ...wait, producer: 'billing', withinMs: undefined }]
  const whole = taking([0, 1, 2, 3], { requests, waits, trace, batches: [batch({ clientId: 'shipping' })] })
  const [billing, shipping] = historiesOf(whole)
  expect(historiesOf(whole)[0]).toBe(billing)
  expect(historyOfProducer(whole, 'shipping')).toBe(shipping)
  const shape = (one: History | undefined) => ({
    sent: one?.sent.map(({ number }) => number),
    log: one?.log.length,
    requests: one?.requests.map(({ broker }) => broker),
    batches: one?.batches.length,
    waits: one?.waits.length,
    trace: one?.trace.map(({ event }) => event),
  })
  expect(shape(billing)).toEqual({
    sent: [0, 2],
    log: 4,
    requests: [1],
    batches: 0,
    waits: 1,
    trace: ['leader-moved', 'batch-refused'],
  })
  expect(shape(shipping)).toEqual({
    sent: [1, 3],
    log: 4,
    requests: [2],
    batches: 1,
    waits: 0,
    trace: ['fatal', 'leader-moved'],
  })
})

test('ORDER: between two producers there is none, and each keeps its own', () => {
  expect(broken(taking([0, 1, 2, 3]))).toEqual([])
  // All of shipping before all of billing.
  expect(broken(taking([2, 0, 3, 1]))).toEqual([])
  expect(broken(taking([3, 0, 2, 1]))).toEqual([
    'ORDER billing: record 2 is before record 0 in orders-0',
    'OFFSETS billing: record 2 was acknowledged as orders-0@2, before record 0 at 3',
  ])
})

test('PHANTOM: a record of any producer belongs there, one of none does not', () => {
  const whole = taking([0, 1])
  const [first] = whole.log
  const stranger = { ...first!, offset: 7n, value: new TextEncoder().encode('nobody wrote this one at all') }
  expect(broken({ ...whole, log: [...whole.log, stranger] })).toEqual([
    'PHANTOM orders-0@7 was never handed to a producer',
  ])
})

test('EXACTLY1: binds the one that is idempotent, and is told of the other', () => {
  const twice = [[0, 0] as const, [0, 5] as const]
  const whole = history([written(0, { producer: 'careless', logged: twice }), written(1, { producer: 'safe' })], {
    producers: [ofSeveral('careless', { producer: notIdempotent }), ofSeveral('safe')],
  })
  expect(verdictsOf(whole, 'EXACTLY1')).toEqual([
    { law: 'EXACTLY1', held: true, violations: [], producers: ['safe'] },
    {
      law: 'EXACTLY1',
      held: false,
      unbound: 'not idempotent: a retry may repeat a record',
      violations: [],
      producers: ['careless'],
    },
  ])
  const both = { ...whole, producers: [ofSeveral('careless'), ofSeveral('safe')] }
  expect(broken(both)).toEqual(['EXACTLY1 careless: record 0 is in the log 2 times'])
  expect(verdictsOf(both, 'EXACTLY1')[0]?.violations[0]).toMatchObject({ producer: 'careless' })
})

test('ACKED: a place that holds the record of another producer is not its own', () => {
  const whole = history(
    [written(0, { producer: 'billing' }), { producer: 'shipping', ends: [acknowledged(0, 0)], logged: [[0, 1]] }],
    { producers: [ofSeveral('billing'), ofSeveral('shipping')] },
  )
  expect(broken(whole)).toEqual(['ACKED shipping: record 1 was acknowledged as orders-0@0, where something else is'])
})

test('FENCE: what one was fenced from is no concern of the other', () => {
  const sent = told(5, 'request-sent', { api: 'Produce', node: 1, correlationId: 1 })
  const fatal = { ...told(1, 'fatal', { because: 'PRODUCER_FENCED' }), producer: 'billing' }
  const trace = (producer: string) => taking([0, 1], { trace: [fatal, { ...sent, producer }] })
  expect(broken(trace('shipping')).filter((line) => line.startsWith('FENCE'))).toEqual([])
  expect(broken(trace('billing')).filter((line) => line.startsWith('FENCE'))).toEqual([
    'FENCE billing: Produce was sent to broker 1 after a fatal error',
  ])
})

test('AGGREGATE: a batch of one producer need not travel with those of another', () => {
  const what = (batchId: number, partition: number) => ({ batch: batchId, topic: 'orders', partition, bytes: 10 })
  const events = (first: string, second: string) => [
    { ...told(0, 'batch-created', what(0, 0)), producer: first },
    { ...told(0, 'batch-created', what(1, 1)), producer: second },
    { ...told(2, 'batch-drained', { ...what(0, 0), node: 1, attempt: 0 }), producer: first },
    { ...told(2, 'request-sent', { api: 'Produce', node: 1, correlationId: 1 }), producer: first },
    { ...told(9, 'batch-drained', { ...what(1, 1), node: 1, attempt: 0 }), producer: second },
    { ...told(9, 'request-sent', { api: 'Produce', node: 1, correlationId: 2 }), producer: second },
  ]
  const aggregate = (first: string, second: string) =>
    verdictsOf(taking([0, 1], { trace: events(first, second) }), 'AGGREGATE').flatMap((one) => one.violations)
  expect(aggregate('billing', 'shipping')).toEqual([])
  expect(aggregate('billing', 'billing')).toMatchObject([{ producer: 'billing' }])
})

test('INFLIGHT: what two producers have on their way does not add up', () => {
  const five = (clientId: string) =>
    Array.from({ length: 5 }, () => request({ clientId, receivedAtMs: 1, answeredAtMs: 9 }))
  const about = (more: readonly ReturnType<typeof request>[]) =>
    broken(taking([0, 1], { requests: [...five('billing'), ...more] })).filter((line) => line.startsWith('INFLIGHT'))
  expect(about(five('shipping'))).toEqual([])
  expect(about(five('billing').slice(0, 1))).toEqual([
    'INFLIGHT billing: 6 Produce requests in flight on one connection of broker 1, 5 are allowed',
  ])
})

test('SEQ: a gap of one is no gap of the other', () => {
  const of = (clientId: string, baseSequence: number) =>
    batch({ clientId, baseSequence, producerId: clientId === 'billing' ? 7n : 8n })
  const batches = [of('billing', 0), of('shipping', 0), of('billing', 1), of('shipping', 3)]
  expect(broken(taking([0, 1, 2, 3], { batches }))).toEqual([
    'SEQ shipping: orders-0, producer id 8, epoch 0: sequence 1 never arrived, 3 did',
  ])
})

test('CENSUS: each is counted alone, and the world once', () => {
  const left = { openLinks: 1, pendingTimers: 0, bufferedBytes: 0, completionsAfterClose: 0 }
  const producers = [ofSeveral('billing', { census: left }), ofSeveral('shipping')]
  expect(broken(taking([0, 1], { producers, worldLeftovers: ['3 timers'] }))).toEqual([
    'CENSUS billing: 1 open links after close',
    'CENSUS 3 timers left in the world after the cluster has stopped',
  ])
})

test('BUFFER: the memory of one is not that of the other', () => {
  const memory = { totalBytes: 100, availableBytesMin: -1, availableBytesMax: 100 }
  const producers = [ofSeveral('billing'), ofSeveral('shipping', { memory })]
  expect(broken(taking([0, 1], { producers }))).toEqual([
    'BUFFER shipping: between -1 and 100 of 100 bytes were available',
  ])
})

test('FLUSH: a flush waits for the records of its own producer only', () => {
  const wait = { step: 'flush', calledAtMs: 0, returnedAtMs: 1, submittedBefore: 1, withinMs: undefined } as const
  const waits = [{ ...wait, producer: 'shipping', unsettled: [1] }]
  expect(broken(taking([0, 1], { waits }))).toEqual(['FLUSH shipping: flush returned while 1 of 1 records were open'])
})

test('IDLE: each producer may need as many events as one', () => {
  const idle = (steps: number) => broken(taking([0, 1], { busiest: { atMs: 5, steps } }))
  expect(idle(2_040)).toEqual([])
  expect(idle(2_041)).toEqual(['IDLE 2041 events without time passing, 2040 are allowed'])
})

test('INFLIGHT, CENSUS and counts of requests: not applicable where nothing tells the requests of one from another', () => {
  const foreign = { name: 'a client', cannot: new Map([['client.id', 'it has no such setting']]), can: [] }
  const unknown = { foreign, clientId: undefined }
  const whole = taking([0, 1], {
    foreign,
    producers: [ofSeveral('billing', unknown), ofSeveral('shipping', unknown)],
  })
  for (const law of ['INFLIGHT', 'SEQ', 'CENSUS'])
    expect(verdictsOf(whole, law)).toMatchObject([{ held: false, unbound: expect.stringContaining('client.id') }])
})

const said = (about: History, wanted: Readonly<Record<string, unknown>>): string[] => {
  const [name = '', value] = Object.entries(wanted)[0]!
  const parsed = expectations[name as 'delivered'].schema.parse(value)
  return judgeExpectation(about, { ...wanted, [name]: parsed }).map(({ message }) => message)
}

test('expectations: of one producer, of all together, or of each', () => {
  const whole = history(
    [
      written(1, { producer: 'billing', key: 'a' }),
      { producer: 'shipping', ends: [failed('BUFFER_EXHAUSTED', 'definite')] },
      written(0, { producer: 'billing', key: 'a' }),
    ],
    {
      producers: [
        ofSeveral('billing', { metrics: new Map([['record-error-total', 0]]) }),
        ofSeveral('shipping', { metrics: new Map([['record-error-total', 1]]) }),
      ],
      requests: [request({ clientId: 'billing' }), request({ clientId: 'billing' }), request({ clientId: 'shipping' })],
    },
  )
  expect(said(whole, { delivered: 'all' })).toEqual(['2 of 3 records were delivered, expected all'])
  expect(said(whole, { delivered: 'all', producer: 'billing' })).toEqual([])
  expect(said(whole, { delivered: 'all', producer: 'shipping' })).toEqual([
    'shipping: 0 of 1 records were delivered, expected all',
  ])
  expect(said(whole, { errors: 'none', producer: 'billing' })).toEqual([])
  expect(said(whole, { log: { topic: 'orders', records: 2 } })).toEqual([])
  expect(said(whole, { log: { topic: 'orders', records: 0 }, producer: 'shipping' })).toEqual([])
  expect(said(whole, { requests: { api: 'Produce', max: 2 } })).toEqual([
    '3 Produce requests arrived, expected at most 2',
  ])
  expect(said(whole, { requests: { api: 'Produce', max: 2 }, producer: 'billing' })).toEqual([])
  expect(said(whole, { metrics: { 'record-error-total': 0 } })).toEqual([
    'shipping: record-error-total is 1, expected 0',
  ])
  expect(said(whole, { ordered: 'per-key' })).toEqual(['billing: record 2 is before record 0 in orders-0'])
  expect(() => said(whole, { delivered: 'all', producer: 'nobody' })).toThrow('no producer of the run is called nobody')
})

test('law: must bind each producer, or the one that is named', () => {
  const whole = taking([0, 1], {
    producers: [ofSeveral('billing'), ofSeveral('shipping', { producer: { ...settings, idempotent: false } })],
  })
  expect(said(whole, { law: 'EXACTLY1' })).toEqual([
    'shipping: EXACTLY1 does not bind this run: not idempotent: a retry may repeat a record',
  ])
  expect(said(whole, { law: 'EXACTLY1', producer: 'billing' })).toEqual([])
})
