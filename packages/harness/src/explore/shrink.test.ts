import { expect, test } from 'vitest'
import { parseScenarioText } from '../scenario/load.ts'
import { type Plan, planOf } from './plan.ts'
import { shrink } from './shrink.ts'
import { toYaml } from './to-yaml.ts'

/** A plan with faults of several kinds in it. */
const plan: Plan = {
  ...planOf(1),
  faults: [
    { on: { api: 'Produce', partition: 0, nth: 7 }, do: { drop: 'response' }, times: 3 },
    { on: { api: 'Metadata' }, do: { drop: 'response' } },
    { at: 10, do: { 'stop-broker': 1, for: 100 } },
  ],
}

test('shrink: keeps the one fault that matters, and nothing else', () => {
  const fails = (smaller: Plan) =>
    (smaller.faults ?? []).some((rule) => rule.do !== undefined && 'drop' in rule.do && rule.on?.api === 'Produce')
  const { plan: small } = shrink(plan, { fails })
  expect(small.faults).toEqual([{ on: { api: 'Produce' }, do: { drop: 'response' } }])
  expect(small.producer).toEqual({})
  expect(small.network).toEqual({})
  expect(small.cluster).toMatchObject({ brokers: 1, topics: { orders: { partitions: 1 } } })
  expect(small.workload).toHaveLength(1)
})

test('shrink: stops at the smallest number of records that fails', () => {
  const recordsOf = (smaller: Plan) =>
    smaller.workload.reduce((sum, step) => sum + ('produce' in step ? step.produce.records : 0), 0)
  const whole: Plan = { ...plan, workload: [{ produce: { topic: 'orders', records: 100 } }] }
  const small = shrink(whole, { fails: (smaller) => recordsOf(smaller) >= 6 }).plan
  expect(recordsOf(small)).toBeGreaterThanOrEqual(6)
  expect(recordsOf(small)).toBeLessThan(10)
})

test('shrink: what cannot go stays, and the number of runs is bounded', () => {
  expect(shrink(plan, { fails: () => false }).plan).toEqual(plan)
  expect(shrink(plan, { fails: () => true, runsMax: 5 }).runs).toBe(5)
})

test('shrink: the result is a scenario file', () => {
  const { plan: small } = shrink(plan, { fails: (smaller) => (smaller.faults?.length ?? 0) >= 2 })
  const scenario = parseScenarioText(toYaml(small, 'a comment'), 'found.yaml')
  expect(scenario.faults).toHaveLength(2)
  expect(scenario.strict).toBe(true)
})
