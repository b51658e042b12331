import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { fair } from './fair.ts'

const at = (event: string) => (atMs: number, batch: number, partition: number) =>
  told(atMs, event, { batch, topic: 'orders', partition, node: 1 })
const [created, drained, completed] = [at('batch-created'), at('batch-drained'), at('batch-completed')]

/** Both partitions have been at broker 1 before; then each gets a batch more, and orders-1 is served first. */
const opening = [
  created(0, 0, 0),
  created(0, 1, 1),
  drained(1, 0, 0),
  drained(1, 1, 1),
  completed(2, 0, 0),
  completed(2, 1, 1),
]

const served = (atMs: number, batch: number) => [
  created(atMs - 1, batch, 1),
  drained(atMs, batch, 1),
  completed(atMs + 1, batch, 1),
]

test('FAIR: a ready partition that is passed again and again is found', () => {
  const starved = [created(3, 2, 0), ...[20, 30, 40].flatMap((atMs) => served(atMs, atMs))]
  expect(fair.judge(history([], { trace: [...opening, ...starved] })).map((one) => one.message)).toEqual([
    'orders-0 waited while orders-1, of the same broker, was served 3 times',
  ])
})

test('FAIR: passed as often as there are partitions, or while its linger lasts, or with a batch on its way, is lawful', () => {
  const few = [created(3, 2, 0), ...[20, 30].flatMap((atMs) => served(atMs, atMs)), drained(40, 2, 0)]
  expect(fair.judge(history([], { trace: [...opening, ...few] }))).toEqual([])
  const lingers = [created(3, 2, 0), ...[4, 5, 6, 7].flatMap((atMs) => served(atMs, atMs))]
  expect(fair.judge(history([], { trace: [...opening, ...lingers] }))).toEqual([])
  const busy = [
    created(3, 2, 0),
    drained(4, 2, 0),
    created(4, 5, 0),
    ...[20, 30, 40].flatMap((atMs) => served(atMs, atMs)),
  ]
  expect(fair.judge(history([], { trace: [...opening, ...busy] }))).toEqual([])
})

test('FAIR: one that was never served is found too', () => {
  const starved = [created(3, 2, 0), ...[20, 30, 40].flatMap((atMs) => served(atMs, atMs)), drained(50, 2, 0)]
  expect(fair.judge(history([], { trace: starved }))).toHaveLength(1)
})
