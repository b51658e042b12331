import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { census } from './census.ts'

const clean = { openLinks: 0, pendingTimers: 0, bufferedBytes: 0, completionsAfterClose: 0 }

test('CENSUS: nothing left is lawful', () => {
  expect(census.judge(history([], { census: clean }))).toEqual([])
})

test.each([
  [{ openLinks: 2 }, '2 open links after close'],
  [{ pendingTimers: 1 }, '1 pending timers after close'],
  [{ bufferedBytes: 16_384 }, '16384 bytes of buffer memory in use after close'],
  [{ completionsAfterClose: 1 }, '1 completions after close'],
])('CENSUS: %o is found', (change, message) => {
  const found = census.judge(history([], { census: { ...clean, ...change } }))
  expect(found.map((one) => one.message)).toEqual([message])
})

test('CENSUS: what is left in the world is found', () => {
  const found = census.judge(history([], { census: clean, worldLeftovers: ['3 timers'] }))
  expect(found.map((one) => one.message)).toEqual(['3 timers left in the world after the cluster has stopped'])
})

test('CENSUS: a close that never returned is found', () => {
  expect(census.judge(history([], { census: undefined })).map((one) => one.message)).toEqual(['close never returned'])
})
