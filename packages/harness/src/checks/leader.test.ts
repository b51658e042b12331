import { expect, test } from 'vitest'
import { history, observed, told } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { leader } from './leader.ts'

const is = (id: number, epoch: number, partition = 0, topicId = 'AAAAAAAAAAAAAAAAAAAAAA') =>
  told(1, 'leader-changed', { topic: 'orders', topicId, partition, leader: id, epoch })
const found = (...trace: TraceEvent[]): string[] => leader.judge(history([], { trace })).map(({ message }) => message)

test('LEADER: newer leaders, those of other partitions and those without an epoch are lawful', () => {
  expect(found(is(1, 1), is(2, 2), is(2, 3), is(1, 1, 1), is(3, -1))).toEqual([])
})

test('LEADER: an older leader is found, and so is a second one of the same epoch', () => {
  expect(found(is(2, 2), is(1, 1))).toEqual([
    'broker 1 was taken for the leader of orders-0 in epoch 1, after 2 in epoch 2',
  ])
  expect(found(is(2, 2), is(1, 2))).toHaveLength(1)
})

test('LEADER: a topic that was deleted starts anew, and no other', () => {
  expect(found(is(2, 2), observed(1, 'topic-deleted', { topic: 'payments' }), is(1, 0))).toHaveLength(1)
  const deleted = observed(1, 'topic-deleted', { topic: 'orders' })
  expect(found(is(2, 2), deleted, is(1, 0))).toEqual([])
  // An answer from before comes after it; but it is deleted once, and starts anew once.
  expect(found(deleted, is(2, 2), is(1, 0))).toEqual([])
  expect(found(deleted, is(2, 2), is(1, 0), is(2, 2), is(1, 1))).toHaveLength(1)
})

test('LEADER: of a topic with another id, and the same name, epochs are its own', () => {
  const [first, second] = ['AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAAAAAAAAAAAAg']
  expect(found(is(1, 1, 0, first), is(2, 0, 0, second), is(1, 2, 0, first), is(1, 1, 0, second))).toEqual([])
  expect(found(is(1, 1, 0, first), is(2, 0, 0, second), is(2, 0, 0, first))).toHaveLength(1)
})
