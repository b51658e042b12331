import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { repeat } from './repeat.ts'

const event = (atMs: number) => ({ atMs, source: 'producer' as const, event: 'batch-created', details: { batch: 0 } })
const run = (traceHash: string, ...times: number[]) => ({
  history: history([], { trace: times.map(event) }),
  traceHash,
})

test('REPEAT: equal hashes are lawful', () => {
  expect(repeat(run('a', 1, 2), run('a', 1, 2)).held).toBe(true)
})

test('REPEAT: the first event that differs is shown', () => {
  const verdict = repeat(run('a', 1, 2), run('b', 1, 3))
  expect(verdict.held).toBe(false)
  expect(verdict.violations[0]?.evidence).toEqual([
    'first difference, at event 1:',
    '1st run         2 ms  producer  batch-created batch=0',
    '2nd run         3 ms  producer  batch-created batch=0',
  ])
})
