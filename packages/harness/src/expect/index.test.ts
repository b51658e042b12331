import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { acknowledged, batch, failed, history, notIdempotent, request, written } from '../../test/hand-made-history.ts'
import type { History } from '../history.ts'
import { type ExpectationName, expectations, judgeExpectation } from './index.ts'
import { unboundIn } from './qualifiers.ts'

/** What one expectation, as written in a scenario, says about a history. */
function said(name: ExpectationName, wanted: unknown, about: History): string[] {
  const parsed = expectations[name].schema.parse(wanted)
  return judgeExpectation(about, { [name]: parsed }).map((violation) => violation.message)
}

test('expectations: folder and list are equal', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -3))
    .filter((name) => !['expectation', 'index', 'qualifiers'].includes(name))
  expect(Object.keys(expectations).sort()).toEqual(files.sort())
})

test('delivered: counts records that are both acknowledged and in the log', () => {
  const some = history([
    written(0),
    { ends: [acknowledged(0, 1)] },
    { logged: [[0, 1]], ends: [failed('DELIVERY_TIMEOUT', 'maybe')] },
  ])
  expect(said('delivered', 1, some)).toEqual([])
  expect(said('delivered', { min: 1, max: 2 }, some)).toEqual([])
  expect(said('delivered', 'all', some)).toEqual(['1 of 3 records were delivered, expected all'])
  expect(said('delivered', 'none', some)).toEqual(['1 of 3 records were delivered, expected none'])
  expect(said('delivered', { min: 2 }, some)).toEqual(['1 of 3 records were delivered, expected at least 2'])
  expect(said('delivered', 'all', history([written(0)]))).toEqual([])
  expect(said('delivered', 'none', history([{ ends: [failed('X', 'definite')] }]))).toEqual([])
})

test('duplicates: counts records, not copies', () => {
  const some = history([
    written(0, {
      logged: [
        [0, 0],
        [0, 2],
        [0, 3],
      ],
    }),
    written(1),
  ])
  expect(said('duplicates', { min: 1 }, some)).toEqual([])
  expect(said('duplicates', 'none', some)).toEqual(['1 records are in the log more than once, expected none'])
  expect(said('duplicates', 'none', history([written(0)]))).toEqual([])
  expect(said('duplicates', { min: 1 }, history([written(0)]))).toEqual([
    '0 records are in the log more than once, expected at least 1',
  ])
})

test('ordered: asks for order where the law does not bind', () => {
  const swapped = history([written(1, { key: 'a' }), written(0, { key: 'b' })], { producer: notIdempotent })
  expect(said('ordered', 'per-partition', swapped)).toEqual(['record 1 is before record 0 in orders-0'])
  expect(said('ordered', 'per-key', swapped)).toEqual([])
  const sameKey = history([written(1, { key: 'a' }), written(0, { key: 'a' })], { producer: notIdempotent })
  expect(said('ordered', 'per-key', sameKey)).toEqual(['record 1 is before record 0 in orders-0'])
})

test('requests: counts by api, broker, topic and partition', () => {
  const about = history([], {
    requests: [request({}), request({ broker: 2 }), request({ api: 'Metadata', partitions: [] })],
  })
  expect(said('requests', { api: 'Produce', min: 2, max: 2 }, about)).toEqual([])
  expect(said('requests', { api: 'Produce', broker: 2, min: 1, max: 1 }, about)).toEqual([])
  expect(said('requests', { api: 'Produce', partition: 1, max: 0 }, about)).toEqual([])
  expect(said('requests', { api: 'Produce', max: 1 }, about)).toEqual([
    '2 Produce requests arrived, expected at most 1',
  ])
  expect(said('requests', { api: 'Metadata', broker: 1, min: 2 }, about)).toEqual([
    '1 Metadata requests arrived at broker 1, expected at least 2',
  ])
})

test('errors: what is named is counted, what is not named may not occur', () => {
  const about = history([
    { ends: [failed('DELIVERY_TIMEOUT', 'maybe')] },
    { ends: [failed('BUFFER_EXHAUSTED', 'definite')] },
    written(0),
  ])
  expect(said('errors', { DELIVERY_TIMEOUT: 1, BUFFER_EXHAUSTED: { min: 1 } }, about)).toEqual([])
  expect(said('errors', 'none', history([written(0)]))).toEqual([])
  expect(said('errors', 'none', about)).toEqual([
    '1 records failed with DELIVERY_TIMEOUT, expected none',
    '1 records failed with BUFFER_EXHAUSTED, expected none',
  ])
  expect(said('errors', { DELIVRY_TIMEOUT: 1, BUFFER_EXHAUSTED: 1 }, about)).toEqual([
    '0 records failed with DELIVRY_TIMEOUT, expected exactly 1, did you mean "DELIVERY_TIMEOUT"?',
    '1 records failed with DELIVERY_TIMEOUT, expected none',
  ])
})

test('outcomes: tells sure failures from unsure ones', () => {
  const about = history([written(0), { ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }])
  expect(said('outcomes', { acknowledged: 1, maybe: 1, definite: 0 }, about)).toEqual([])
  expect(said('outcomes', { definite: 1, maybe: { max: 0 } }, about)).toEqual([
    '0 records failed with certainty "definite", expected exactly 1',
    '1 records failed with certainty "maybe", expected exactly 0',
  ])
})

test('upper limits of time give way by what the world is late, lower ones do not', () => {
  const late: Partial<History> = { timerSlackMs: 300 }
  const refused = history([{ ends: [failed('BUFFER_EXHAUSTED', 'definite', 500)] }], late)
  expect(said('blocked', { max: '200ms' }, refused)).toEqual([])
  expect(said('settles', { max: '200ms' }, refused)).toEqual([])
  expect(said('settles', { max: '199ms' }, refused)).toHaveLength(1)
  expect(said('settles', { min: '501ms' }, refused)).toHaveLength(1)
})

test('qualified: an expectation for another world says nothing', () => {
  const about = history([written(0)])
  expect(judgeExpectation(about, { delivered: 'none', because: 'x' })).toHaveLength(1)
  expect(unboundIn('tcp', { delivered: 'none', worlds: ['simulated'], because: 'luck' })).toBe(
    'only in simulated: luck',
  )
  expect(unboundIn('tcp', { delivered: 'none', worlds: ['tcp'], because: 'luck' })).toBeUndefined()
})

test('blocked: judges the wait of refused records, and wants at least one', () => {
  const refused = history([{ ends: [failed('BUFFER_EXHAUSTED', 'definite', 500)] }, written(0)])
  expect(said('blocked', { min: '500ms', max: '500ms' }, refused)).toEqual([])
  expect(said('blocked', { min: '501ms' }, refused)).toEqual([
    'record 0 was refused after 500 ms, expected at least 501 ms',
  ])
  expect(said('blocked', { max: '498ms' }, refused)).toEqual([
    'record 0 was refused after 500 ms, expected at most 498 ms',
  ])
  expect(said('blocked', { min: 0 }, history([written(0)]))).toEqual([
    'no record was refused for want of metadata or memory',
  ])
})

test('batches: counts what arrived together', () => {
  const about = history([], {
    batches: [batch({ request: 0 }), batch({ request: 0, partition: 1, recordCount: 3 }), batch({ request: 1 })],
  })
  expect(said('batches', { total: 3, 'per-request': { min: 1, max: 2 }, 'records-each': { max: 3 } }, about)).toEqual(
    [],
  )
  expect(said('batches', { total: 2 }, about)).toEqual(['3 batches arrived, expected exactly 2'])
  expect(said('batches', { 'per-request': 2 }, about)).toEqual([
    'a Produce request carries 1 batches, expected exactly 2',
  ])
  expect(said('batches', { 'records-each': { max: 2 } }, about)).toEqual([
    'a batch holds 3 records, expected at most 2',
  ])
})

test('settles: judges the first and the last to complete', () => {
  const about = history([written(0, { atMs: 4 }), written(1, { atMs: 1 })])
  expect(said('settles', { min: '6ms', max: '9ms' }, about)).toEqual([])
  expect(said('settles', { min: '7ms', max: '7ms' }, about)).toEqual([
    'record 0 completed after 6 ms, expected at least 7 ms',
    'record 1 completed after 9 ms, expected at most 7 ms',
  ])
})

test('latency: judges percentiles of what was acknowledged', () => {
  const about = history([0, 1, 2, 3].map((n) => ({ ends: [acknowledged(0, n, (n + 1) * 10)] })))
  expect(said('latency', { p50: '20ms', p90: '40ms', max: '40ms' }, about)).toEqual([])
  expect(said('latency', { p50: '10ms', max: '30ms' }, about)).toEqual([
    'p50 of 4 acknowledgements is 20 ms, expected at most 10 ms',
    'max of 4 acknowledgements is 40 ms, expected at most 30 ms',
  ])
  expect(said('latency', { max: '1s' }, history([{ ends: [failed('X', 'definite')] }]))).toEqual([
    'no record was acknowledged',
  ])
})

test('log: counts what is there, of a topic or of one partition', () => {
  const about = history([
    written(0, { key: 'a' }),
    written(1, { key: 'b' }),
    { ends: [acknowledged(1, 0)], logged: [[1, 0]] },
  ])
  expect(said('log', { topic: 'orders', records: 3, keys: 2, partitions: 2 }, about)).toEqual([])
  expect(said('log', { topic: 'orders', partition: 1, records: { min: 2 }, keys: 0 }, about)).toEqual([
    'orders-1 holds 1 records, expected at least 2',
  ])
  const apart = history([written(0, { key: 'a' }), { key: 'a', ends: [acknowledged(1, 0)], logged: [[1, 0]] }])
  expect(said('log', { topic: 'orders', keys: 1, 'key-partitions': 1 }, apart)).toEqual([
    'orders holds 2 key-partitions, expected exactly 1',
  ])
  expect(said('log', { topic: 'ordres', records: 3 }, about)).toEqual(['ordres holds 0 records, expected exactly 3'])
})

test('metrics: judges numbers by name, and a name that is not there is told', () => {
  const about = history([], { metrics: new Map([['record-retry-total', 2]]) })
  expect(said('metrics', { 'record-retry-total': 2 }, about)).toEqual([])
  expect(said('metrics', { 'record-retry-total': { min: 3 } }, about)).toEqual([
    'record-retry-total is 2, expected at least 3',
  ])
  expect(said('metrics', { 'record-retries-total': 0 }, about)).toEqual([
    'the producer has no metric record-retries-total, did you mean "record-retry-total"?',
  ])
})

test('law: one that does not bind is told', () => {
  expect(said('law', 'EXACTLY1', history([written(0)]))).toEqual([])
  expect(said('law', 'EXACTLY1', history([written(0)], { producer: notIdempotent }))).toEqual([
    expect.stringMatching(/^EXACTLY1 does not bind this run: /),
  ])
  expect(() => expectations.law.schema.parse('EXACTLY_1')).toThrow()
})
