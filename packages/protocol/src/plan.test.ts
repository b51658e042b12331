import { expect, test } from 'vitest'
import { apis } from './apis/index.ts'
import { InvariantError } from './invariant.ts'
import { hasVersion, isFlexible, PlanCache, throttlesAfterAnswering } from './plan.ts'
import { int32, string } from './schema.ts'

test('plan: one is made for each side and version, once', () => {
  const { plans } = apis.Produce
  expect(plans.of('request', 9)).toBe(plans.of('request', 9))
  expect(plans.of('request', 9)).not.toBe(plans.of('response', 9))
  expect(plans.of('request', 9)).not.toBe(plans.of('request', 10))
})

test('plan: a version that is not described is a mistake of ours', () => {
  for (const version of [-1, 2, 14, 9.5, Number.NaN]) {
    expect(hasVersion(apis.Produce, version)).toBe(false)
    expect(() => apis.Produce.plans.of('request', version)).toThrow(InvariantError)
  }
})

test('plan: fields keep the order of the description, and absent ones are kept apart', () => {
  const plans = new PlanCache({
    name: 'Test',
    versions: { min: 0, max: 3 },
    flexibleFrom: 3,
    request: { early: int32.upTo(1), always: string, late: int32.from(2) },
    response: {},
  })
  const names = (version: number) => {
    const { plain, absent } = plans.of('request', version)
    return [plain.map((field) => field.name), absent.map((field) => field.name)]
  }
  expect(names(1)).toEqual([['early', 'always'], ['late']])
  expect(names(2)).toEqual([['always', 'late'], ['early']])
})

test('plan: a tagged field in a version without tagged fields is a mistake of ours', () => {
  const plans = new PlanCache({
    name: 'Test',
    versions: { min: 0, max: 3 },
    flexibleFrom: 3,
    request: { rack: string.tagged(0) },
    response: {},
  })
  expect(() => plans.of('request', 2)).toThrow(InvariantError)
  expect(plans.of('request', 3).tagged).toHaveLength(1)
})

test('plan: what hangs on a version reads a column of the API', () => {
  expect([8, 9].map((version) => isFlexible(apis.Produce, version))).toEqual([false, true])
  expect([5, 6].map((version) => throttlesAfterAnswering(apis.Produce, version))).toEqual([false, true])
  expect(throttlesAfterAnswering(apis.DescribeCluster, 2)).toBe(false)
})
