import { expect, test } from 'vitest'
import { history, notIdempotent, written } from '../../test/hand-made-history.ts'
import { exactly1 } from './exactly1.ts'

test('EXACTLY1: every record at most once is lawful', () => {
  expect(exactly1.judge(history([written(0), {}, written(1)]))).toEqual([])
})

test('EXACTLY1: a record that is in one log twice is found, with both places', () => {
  const found = exactly1.judge(
    history([
      written(0, {
        logged: [
          [0, 0],
          [0, 3],
        ],
      }),
    ]),
  )
  expect(found).toMatchObject([
    {
      message: 'record 0 is in the log 2 times',
      evidence: ['orders-0@0 by producer id 7 epoch 0 sequence 0', 'orders-0@3 by producer id 7 epoch 0 sequence 3'],
    },
  ])
})

test('EXACTLY1: a record that is in two logs is found', () => {
  expect(
    exactly1.judge(
      history([
        written(0, {
          logged: [
            [0, 0],
            [1, 0],
          ],
        }),
      ]),
    ),
  ).toHaveLength(1)
})

test('EXACTLY1: does not bind without idempotence', () => {
  expect(exactly1.unbound?.(history([], { producer: notIdempotent }))).toMatch('not idempotent')
})
