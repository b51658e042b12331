import { expect, test } from 'vitest'
import { history, observed, told } from '../../test/hand-made-history.ts'
import { backoff } from './backoff.ts'

const id = { batch: 0, topic: 'orders', partition: 0 }
const retried = (atMs: number, afterMs: number, attempt = 1) => told(atMs, 'batch-retried', { ...id, attempt, afterMs })
const drained = (atMs: number) => told(atMs, 'batch-drained', { ...id, node: 1, attempt: 1 })
const found = (...trace: ReturnType<typeof told>[]) => backoff.judge(history([], { trace })).map((one) => one.message)

test('BACKOFF: a batch that waits its time is lawful', () => {
  expect(found(retried(10, 9), drained(19))).toEqual([])
  expect(found(retried(10, 100, 9), drained(110))).toEqual([])
})

test('BACKOFF: one that is sent again at once is found', () => {
  expect(found(retried(10, 9), drained(11))).toEqual(['a batch of orders-0 was sent again after 1 ms'])
})

test('BACKOFF: a wait outside of base, doubling and maximum is found', () => {
  expect(found(retried(10, 0))).toEqual(['retry 1 of a batch of orders-0 waits 0 ms'])
  expect(found(retried(10, 9, 3))).toEqual(['retry 3 of a batch of orders-0 waits 9 ms'])
  expect(found(retried(10, 101, 9))).toEqual(['retry 9 of a batch of orders-0 waits 101 ms'])
})

test('BACKOFF: another leader ends the wait', () => {
  const moved = observed(10.5, 'leader-moved', { topic: 'orders', partition: 0, leader: 2, leaderEpoch: 1 })
  expect(found(retried(10, 9), moved, drained(11))).toEqual([])
})
