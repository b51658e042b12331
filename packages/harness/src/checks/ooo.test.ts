import { expect, test } from 'vitest'
import { history, notIdempotent, observed, told } from '../../test/hand-made-history.ts'
import { ooo } from './ooo.ts'

const refused = observed(9, 'batch-refused', { topic: 'orders', partition: 0, error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })

test('OOO: a sequence out of order out of the blue is found', () => {
  expect(ooo.judge(history([], { trace: [refused] }))).toHaveLength(1)
})

test('OOO: after a fault, or a batch of the partition in trouble, it is lawful', () => {
  const faultHits = [{ atMs: 8, name: 'fault 1', action: 'error', impactMs: 10 }]
  expect(ooo.judge(history([], { trace: [refused], faultHits }))).toEqual([])
  const expired = (partition: number) => told(8, 'batch-expired', { topic: 'orders', partition })
  expect(ooo.judge(history([], { trace: [expired(0), refused] }))).toEqual([])
  expect(ooo.judge(history([], { trace: [expired(1), refused] }))).toHaveLength(1)
})

test('OOO: does not bind without idempotence', () => {
  expect(ooo.unbound?.(history([], { producer: notIdempotent }))).toMatch('no sequence')
})
