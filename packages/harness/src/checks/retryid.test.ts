import { expect, test } from 'vitest'
import { batch, history, notIdempotent, told } from '../../test/hand-made-history.ts'
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

test('RETRYID: what arrives more often under a number than the producer says it sent it is found', () => {
  const drained = told(4, 'batch-drained', { topic: 'orders', partition: 0, sequence: 0, epoch: 0 })
  const batches = [batch({}), batch({ atMs: 9 })]
  expect(retryid.judge(history([], { batches, trace: [drained, drained] }))).toEqual([])
  expect(retryid.judge(history([], { batches, trace: [drained] })).map((one) => one.message)).toEqual([
    'orders-0 sequence 0 of epoch 0 arrived more often than the producer meant to send it',
  ])
})
