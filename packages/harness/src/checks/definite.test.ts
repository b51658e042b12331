import { expect, test } from 'vitest'
import { failed, history } from '../../test/hand-made-history.ts'
import { definite } from './definite.ts'

test('DEFINITE: a sure failure that is absent, and an unsure one that is there, are lawful', () => {
  const records = [
    { ends: [failed('METADATA_TIMEOUT', 'definite')] },
    { ends: [failed('DELIVERY_TIMEOUT', 'maybe')], logged: [[0, 0]] as const },
  ]
  expect(definite.judge(history(records))).toEqual([])
})

test('DEFINITE: a sure failure that is in the log is found', () => {
  const found = definite.judge(history([{ ends: [failed('DELIVERY_TIMEOUT', 'definite')], logged: [[0, 0]] }]))
  expect(found.map((one) => one.message)).toEqual(['record 0 failed for sure (DELIVERY_TIMEOUT) and is in the log'])
})
