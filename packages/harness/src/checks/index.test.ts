import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { history, notIdempotent, written } from '../../test/hand-made-history.ts'
import { judge, laws, violationsOf } from './index.ts'

test('laws: a history in which nothing is wrong breaks none of them', () => {
  expect(judge(history([written(0), written(1)])).flatMap((verdict) => verdict.violations)).toEqual([])
})

test('laws: one that does not bind is reported as unbound, not as held', () => {
  const verdict = judge(history([], { producer: notIdempotent })).find((one) => one.law === 'EXACTLY1')
  expect(verdict).toMatchObject({ held: false, unbound: 'not idempotent: a retry may repeat a record' })
})

test('laws: violations alone are those of the verdicts', () => {
  const lost = history([written(0), written(1, { logged: [] })])
  const violations = judge(lost).flatMap((verdict) => verdict.violations)
  expect(violations.map(({ law }) => law)).toContain('ACKED')
  expect(violationsOf(lost)).toEqual(violations)
})

test('laws: folder and list are equal', () => {
  // Not laws: the shape of one, what they share, the halves of one, the list, and REPEAT, which compares two histories.
  const others = [
    'law',
    'logged',
    'losses',
    'numbered-batches',
    'hurry',
    'split-parts',
    'trace-index',
    'aggregate-bound',
    'aggregate-local',
    'index',
    'repeat',
  ]
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -3))
    .filter((name) => !others.includes(name))
  expect(laws.map((law) => law.name.toLowerCase()).sort()).toEqual(files.sort())
})
