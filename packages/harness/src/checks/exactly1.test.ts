import { expect, test } from 'vitest'
import { history, notIdempotent, observed, settings, written } from '../../test/hand-made-history.ts'
import { exactly1 } from './exactly1.ts'
import { order } from './order.ts'

test('EXACTLY1: every record at most once is lawful', () => {
  expect(exactly1.judge(history([written(0), {}, written(1)]))).toEqual([])
})

test('EXACTLY1: a record that is in one log twice is found, with both places', () => {
  const found = exactly1.judge(
    history([
      written(0, {
        logged: [
          [0, 0],
          [0, 3],
        ],
      }),
    ]),
  )
  expect(found).toMatchObject([
    {
      message: 'record 0 is in the log 2 times',
      evidence: ['orders-0@0 by producer id 7 epoch 0 sequence 0', 'orders-0@3 by producer id 7 epoch 0 sequence 3'],
    },
  ])
})

test('EXACTLY1: a record that is in two logs is found', () => {
  expect(
    exactly1.judge(
      history([
        written(0, {
          logged: [
            [0, 0],
            [1, 0],
          ],
        }),
      ]),
    ),
  ).toHaveLength(1)
})

test('EXACTLY1: does not bind without idempotence', () => {
  expect(exactly1.unbound?.(history([], { producer: notIdempotent }))).toMatch('not idempotent')
})

test('EXACTLY1: does not bind once a broker forgot its producers, and neither does ORDER', () => {
  const trace = [observed(5, 'producers-forgotten', { topic: 'orders', partition: 0 })]
  for (const law of [exactly1, order]) {
    expect(law.unbound?.(history([], { trace }))).toMatch('forgot its producers')
    expect(law.unbound?.(history([]))).toBeUndefined()
  }
})

test('EXACTLY1: does not bind several requests in flight once a topic was deleted, and neither does ORDER', () => {
  const trace = [observed(5, 'topic-deleted', { topic: 'orders' })]
  const single = history([], { producer: { ...settings, inFlightRequestsMax: 1 }, trace })
  for (const law of [exactly1, order]) {
    expect(law.unbound?.(history([], { trace }))).toMatch('lost')
    expect(law.unbound?.(single)).toBeUndefined()
  }
})

test('ORDER: without idempotence one request in flight keeps it only while no log is lost', () => {
  const producer = { ...notIdempotent, inFlightRequestsMax: 1 }
  const trace = [observed(5, 'topic-deleted', { topic: 'orders' })]
  expect(order.unbound?.(history([], { producer }))).toBeUndefined()
  expect(order.unbound?.(history([], { producer, trace }))).toMatch('lost')
})
