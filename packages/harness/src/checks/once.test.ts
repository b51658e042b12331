import { expect, test } from 'vitest'
import { acknowledged, failed, history } from '../../test/hand-made-history.ts'
import { once } from './once.ts'

test('ONCE: one completion each is lawful, whatever it says', () => {
  expect(
    once.judge(history([{ ends: [acknowledged(0, 0)] }, { ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }])),
  ).toEqual([])
})

test('ONCE: a record that never completes is found', () => {
  const found = once.judge(history([{ ends: [acknowledged(0, 0)] }, {}]))
  expect(found.map((one) => one.message)).toEqual(['record 1 completed never'])
})

test('ONCE: a record that completes twice is found', () => {
  const found = once.judge(history([{ ends: [failed('DELIVERY_TIMEOUT', 'maybe'), acknowledged(0, 0)] }]))
  expect(found.map((one) => one.message)).toEqual(['record 0 completed 2 times'])
})
