import { expect, test } from 'vitest'
import { acknowledged, failed, history, written } from '../../test/hand-made-history.ts'
import { callbacks } from './callbacks.ts'

test('CALLBACKS: acknowledgements in call order are lawful, early failures too', () => {
  const records = [written(0), { ends: [failed('RECORD_TOO_LARGE', 'definite', 1)] }, written(1)]
  expect(callbacks.judge(history(records))).toEqual([])
})

test('CALLBACKS: an acknowledgement that overtakes another of its partition is found', () => {
  const found = callbacks.judge(
    history([written(0, { ends: [acknowledged(0, 0, 20)] }), written(1, { ends: [acknowledged(0, 1, 19)] })]),
  )
  expect(found.map((one) => one.message)).toEqual(['record 1 of orders-0 was acknowledged before record 0'])
})
