import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { flush } from './flush.ts'

const wait = {
  step: 'flush' as const,
  calledAtMs: 10,
  returnedAtMs: 30,
  submittedBefore: 3,
  unsettled: [],
  withinMs: 20,
}

test('FLUSH: everything complete and in time is lawful', () => {
  expect(flush.judge(history([], { waits: [wait] }))).toEqual([])
})

test('FLUSH: an open record is found', () => {
  const found = flush.judge(history([], { waits: [{ ...wait, unsettled: [2] }] }))
  expect(found).toMatchObject([{ message: 'flush returned while 1 of 3 records were open', evidence: ['open: 2'] }])
})

test('FLUSH: taking longer than allowed is found', () => {
  const found = flush.judge(history([], { waits: [{ ...wait, returnedAtMs: 32 }] }))
  expect(found.map((one) => one.message)).toEqual(['flush took 22 ms, 20 ms are allowed'])
})
