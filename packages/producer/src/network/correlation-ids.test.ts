import { InvariantError } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { CorrelationIds, correlationIdMax } from './correlation-ids.ts'

test('correlation ids: they count from 0, and after the last one below what SASL reserves they start over', () => {
  const ids = new CorrelationIds()
  expect([ids.take(), ids.take(), ids.take()]).toEqual([0, 1, 2])
  const late = new CorrelationIds(correlationIdMax - 1)
  expect([late.take(), late.take(), late.take(), late.take()]).toEqual([2_147_483_638, 2_147_483_639, 0, 1])
})

test('correlation ids: they never start among the reserved ones', () => {
  expect(() => new CorrelationIds(correlationIdMax + 1)).toThrow(InvariantError)
  expect(() => new CorrelationIds(-1)).toThrow(InvariantError)
})
