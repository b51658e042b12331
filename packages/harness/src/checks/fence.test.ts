import { expect, test } from 'vitest'
import { history, notIdempotent, told } from '../../test/hand-made-history.ts'
import { fence } from './fence.ts'

const of = (epoch: number) => ({ batch: 0, topic: 'orders', partition: 0, epoch })
const failed = told(5, 'batch-failed', { ...of(3), because: 'INVALID_PRODUCER_EPOCH' })

test('FENCE: a batch under the epoch that was fenced is found, one under a newer epoch is lawful', () => {
  const found = fence.judge(
    history([], {
      trace: [
        failed,
        told(6, 'batch-drained', { ...of(3), attempt: 0 }),
        told(7, 'batch-drained', { ...of(4), attempt: 0 }),
      ],
    }),
  )
  expect(found.map((one) => one.message)).toEqual(['a batch of orders-0 epoch 3 was sent after a broker had fenced it'])
})

test('FENCE: a batch that was sent before is asked about under the numbers it may have in the log', () => {
  const again = told(6, 'batch-drained', { ...of(3), attempt: 1 })
  expect(fence.judge(history([], { trace: [failed, again] }))).toEqual([])
})

test('FENCE: an epoch under which a batch was taken later was not fenced', () => {
  const next = told(7, 'batch-drained', { ...of(3), attempt: 0 })
  const taken = told(6, 'batch-completed', { ...of(3), offset: 0n })
  expect(fence.judge(history([], { trace: [failed, taken, next] }))).toEqual([])
})

test('FENCE: a Produce request after a fatal error is found, Metadata is lawful', () => {
  const fatal = told(5, 'fatal', { because: 'PRODUCER_FENCED' })
  const sent = (api: string) => told(6, 'request-sent', { node: 1, api })
  expect(fence.judge(history([], { trace: [sent('Produce'), fatal, sent('Metadata')] }))).toEqual([])
  expect(fence.judge(history([], { trace: [fatal, sent('Produce')] }))).toHaveLength(1)
})

test('FENCE: does not bind without idempotence', () => {
  expect(fence.unbound?.(history([], { producer: notIdempotent }))).toMatch('no epoch')
})

test('FENCE: a producer that was told to be fenced, or without rights, is shut out, whether or not it knows', () => {
  const sent = told(6, 'request-sent', { node: 1, api: 'Produce' })
  const refused = (sequence: number) => told(5, 'batch-failed', { ...of(3), sequence, because: 'PRODUCER_FENCED' })
  expect(fence.judge(history([], { trace: [refused(7), sent] }))).toHaveLength(1)
  expect(fence.judge(history([], { trace: [refused(-1), sent] }))).toEqual([])
})
