import { expect, test } from 'vitest'
import { batch, history, notIdempotent } from '../../test/hand-made-history.ts'
import { retryid } from './retryid.ts'

test('RETRYID: the same bytes again, or other bytes in another epoch, are lawful', () => {
  const batches = [batch({}), batch({ atMs: 9 }), batch({ producerEpoch: 1, crc: 1 }), batch({ partition: 1, crc: 2 })]
  expect(retryid.judge(history([], { batches }))).toEqual([])
})

test('RETRYID: a part of a batch that was too large is lawful, the whole after its part is not', () => {
  const whole = batch({ recordCount: 4 })
  const part = batch({ recordCount: 2, crc: 1 })
  expect(retryid.judge(history([], { batches: [whole, part, part] }))).toEqual([])
  expect(retryid.judge(history([], { batches: [whole, part, whole] }))).toHaveLength(1)
})

test.each([
  ['another checksum', { crc: 1 }],
  ['another count', { recordCount: 2 }],
])('RETRYID: %s under the same sequence is found', (_, change) => {
  const found = retryid.judge(history([], { batches: [batch({}), batch({ ...change, atMs: 9 })] }))
  expect(found.map((one) => one.message)).toEqual(['orders-0 sequence 0 of epoch 0 was sent with two contents'])
})

test('RETRYID: does not bind without idempotence', () => {
  expect(retryid.unbound?.(history([], { producer: notIdempotent }))).toMatch('not idempotent')
})
