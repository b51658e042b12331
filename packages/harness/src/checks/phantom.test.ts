import { expect, test } from 'vitest'
import { entry, history, written } from '../../test/hand-made-history.ts'
import type { LoggedRecord } from '../history.ts'
import { recordValue } from '../workload/record-value.ts'
import { phantom } from './phantom.ts'

test('PHANTOM: entries that were sent are lawful, repeats included', () => {
  expect(
    phantom.judge(
      history([
        written(0, { key: 'a' }),
        {
          logged: [
            [0, 1],
            [0, 2],
          ],
        },
      ]),
    ),
  ).toEqual([])
})

const good = history([written(0, { key: 'a' })])
const first = entry(good.sent[0]!, 0, 0)

test.each([
  ['a number that was never sent', { value: recordValue(good.run, 1, 30) }, 'was never handed to a producer'],
  ['the marks of another run', { value: recordValue('ffffffff', 0, 30) }, 'was never handed to a producer'],
  ['no value', { value: null }, 'was never handed to a producer'],
  ['another filler', { value: recordValue(good.run, 0, 31) }, 'is record 0 with another value'],
  ['another key', { key: new TextEncoder().encode('b') }, 'is record 0 with another key'],
  ['a lost key', { key: null }, 'is record 0 with another key'],
  ['a header that nobody sent', { headers: [['a', 'b'] as const] }, 'is record 0 with other headers'],
  ['another topic', { topic: 'payments' }, 'is record 0, which was meant for orders'],
])('PHANTOM: %s is found', (_, change: Partial<LoggedRecord>, message) => {
  const found = phantom.judge({ ...good, log: [{ ...first, ...change }] })
  expect(found.map((one) => one.message)).toEqual([`${change.topic ?? 'orders'}-0@0 ${message}`])
})

test('PHANTOM: a timestamp from before the record was sent is found, unless a clock was wrong', () => {
  const sent = good.sent.map((record) => ({ ...record, submittedWallMs: 1_001 }))
  expect(phantom.judge({ ...good, sent }).map((one) => one.message)).toEqual([
    'orders-0@0 is record 0 with timestamp 1000, from before it was sent at 1001',
  ])
  const hit = { atMs: 1, name: 'clock', action: 'clock-skew', impactMs: 0 }
  expect(phantom.judge({ ...good, sent, faultHits: [hit] })).toEqual([])
})
