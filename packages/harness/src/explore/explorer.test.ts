import { expect, test, vi } from 'vitest'
import { added, emptyTally, explore } from './explorer.ts'
import { missingMarks, requiredMarks } from './marks.ts'
import { planOf } from './plan.ts'
import { runPlan } from './run-seed.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 30_000 })

const hashOf = (seed: number) => runPlan(planOf(seed)).traceHash

test('explorer: a run depends on nothing but its seed, in whatever order they come', () => {
  const seeds = [1, 2, 3, 4, 5]
  const forwards = seeds.map(hashOf)
  expect(seeds.toReversed().map(hashOf).toReversed()).toEqual(forwards)
  expect(new Set(forwards).size).toBe(seeds.length)
})

test('explorer: two shares add up to the whole', async () => {
  const whole = await explore({ from: 10, seeds: 6 })
  const odd = await explore({ from: 10, seeds: 6, stride: 2 })
  const even = await explore({ from: 11, seeds: 5, stride: 2 })
  expect(added(even, odd)).toEqual(whole)
  expect(added(whole, emptyTally())).toEqual(whole)
})

test('explorer: what is stopped tells what it has done', async () => {
  const tally = await explore({ from: 1, seeds: Number.POSITIVE_INFINITY, isStopped: () => true })
  expect(tally.seeds).toBeGreaterThan(0)
})

test('explorer: a place that must be reached and was not is named', () => {
  expect(missingMarks({})).toEqual(requiredMarks)
  expect(missingMarks(Object.fromEntries(requiredMarks.map((name) => [name, 1])))).toEqual([])
})
