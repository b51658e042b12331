import { expect, test } from 'vitest'
import { failed, history } from '../../test/hand-made-history.ts'
import { maxblock } from './maxblock.ts'

test('MAXBLOCK: refused in time is lawful, and later failures of other kinds are not its business', () => {
  const records = [
    { ends: [failed('BUFFER_EXHAUSTED', 'definite', 501)] },
    { ends: [failed('DELIVERY_TIMEOUT', 'maybe', 1_400)] },
  ]
  expect(maxblock.judge(history(records))).toEqual([])
})

test('MAXBLOCK: a refusal before its time is found', () => {
  const found = maxblock.judge(history([{ ends: [failed('BUFFER_EXHAUSTED', 'definite', 250)] }]))
  expect(found.map((one) => one.message)).toEqual(['record 0 was refused after 250 ms, max.block.ms is 500 ms'])
})

test('MAXBLOCK: a refusal after max.block.ms is found', () => {
  const found = maxblock.judge(history([{ ends: [failed('METADATA_TIMEOUT', 'definite', 900)] }]))
  expect(found.map((one) => one.message)).toEqual(['record 0 was refused after 900 ms, max.block.ms is 500 ms'])
})
