import { expect, test } from 'vitest'
import { history, written } from '../../test/hand-made-history.ts'
import { idle } from './idle.ts'

test('IDLE: a producer that spins is found, a busy moment is lawful', () => {
  expect(idle.judge(history([written(0)], { busiest: { atMs: 5, steps: 1_020 } }))).toEqual([])
  expect(idle.judge(history([written(0)], { busiest: { atMs: 5, steps: 1_021 } }))[0]?.message).toBe(
    '1021 events without time passing, 1020 are allowed',
  )
})
