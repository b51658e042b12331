import { expect, test } from 'vitest'
import { failed, history, notIdempotent, told, written } from '../../test/hand-made-history.ts'
import { order } from './order.ts'

test('ORDER: increasing numbers in each partition are lawful, whatever the other partitions do', () => {
  const records = [written(0), written(0, { logged: [[1, 0]] }), written(1), written(0, { logged: [[1, 1]] })]
  expect(order.judge(history(records))).toEqual([])
})

test('ORDER: two records that changed places are found', () => {
  const found = order.judge(history([written(1), written(0)]))
  expect(found.map((one) => one.message)).toEqual(['record 1 is before record 0 in orders-0'])
})

test('ORDER: a repeat of something already seen is not out of order', () => {
  expect(
    order.judge(
      history([
        written(0, {
          logged: [
            [0, 0],
            [0, 2],
          ],
        }),
        written(1),
      ]),
    ),
  ).toEqual([])
})

test('ORDER: without idempotence a record that failed may be late, as nothing stops its request', () => {
  const late = [{ logged: [[0, 1]], ends: [failed('DELIVERY_TIMEOUT', 'maybe')] } as const, written(0)]
  expect(order.judge(history(late, { producer: { ...notIdempotent, inFlightRequestsMax: 1 } }))).toEqual([])
  expect(order.judge(history(late))).toHaveLength(1)
})

test('ORDER: does not bind with acks=0 once a connection was lost', () => {
  const producer = { ...notIdempotent, inFlightRequestsMax: 1, acks: 0 } as const
  expect(order.unbound?.(history([], { producer }))).toBeUndefined()
  const trace = [told(5, 'connection-lost', { node: 1 })]
  expect(order.unbound?.(history([], { producer, trace }))).toMatch('a connection was lost')
})

test('ORDER: binds without idempotence only with one request in flight', () => {
  expect(order.unbound?.(history([], { producer: notIdempotent }))).toMatch('5 requests in flight')
  expect(order.unbound?.(history([], { producer: { ...notIdempotent, inFlightRequestsMax: 1 } }))).toBeUndefined()
})

test('ORDER: under a new producer id a record that failed may arrive late, because nothing fences it', () => {
  const late = history([written(1, { ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }), written(0)])
  expect(order.judge(late)).toHaveLength(1)
  const renamed = late.log.map((one) => (one.offset === 0n ? { ...one, producerId: 8n } : one))
  expect(order.judge({ ...late, log: renamed })).toEqual([])
})
