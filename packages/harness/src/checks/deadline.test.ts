import { expect, test } from 'vitest'
import { acknowledged, failed, history } from '../../test/hand-made-history.ts'
import { deadline } from './deadline.ts'

test('DEADLINE: max.block.ms and delivery.timeout.ms together are lawful', () => {
  expect(deadline.judge(history([{ ends: [failed('DELIVERY_TIMEOUT', 'maybe', 1_501)] }]))).toEqual([])
})

test('DEADLINE: a completion after both is found, even a good one', () => {
  const found = deadline.judge(history([{ ends: [acknowledged(0, 0, 1_502)] }]))
  expect(found.map((one) => one.message)).toEqual(['record 0 took 1502 ms to complete, 1500 ms are allowed'])
})

test('DEADLINE: a record known to be accepted has delivery.timeout.ms from then on', () => {
  const good = history([{ ends: [acknowledged(0, 0, 1_150)] }])
  const accepted = (acceptedAtMs: number) => ({ ...good, sent: good.sent.map((one) => ({ ...one, acceptedAtMs })) })
  expect(deadline.judge(accepted(150))).toEqual([])
  expect(deadline.judge(accepted(148))).toHaveLength(1)
})
