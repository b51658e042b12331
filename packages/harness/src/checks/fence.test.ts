import { expect, test } from 'vitest'
import { history, notIdempotent, told } from '../../test/hand-made-history.ts'
import { fence } from './fence.ts'

const of = (epoch: number) => ({ batch: 0, topic: 'orders', partition: 0, epoch })
const failed = told(5, 'batch-failed', { ...of(3), because: 'INVALID_PRODUCER_EPOCH' })

test('FENCE: a batch under the epoch that was fenced is found, one under a newer epoch is lawful', () => {
  const found = fence.judge(
    history([], { trace: [failed, told(6, 'batch-drained', of(3)), told(7, 'batch-drained', of(4))] }),
  )
  expect(found.map((one) => one.message)).toEqual(['a batch of orders-0 epoch 3 was sent after a broker had fenced it'])
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
