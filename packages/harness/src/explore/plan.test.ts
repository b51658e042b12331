import { expect, test } from 'vitest'
import { parseScenario } from '../scenario/parse.ts'
import { parsedPlan, planOf } from './plan.ts'

test('plan: is a valid scenario, and parsing changes nothing', () => {
  for (let seed = 0; seed < 300; seed++) {
    const parsed = parseScenario(planOf(seed))
    expect(parsed).toEqual({ scenario: parsedPlan(planOf(seed)) })
  }
})

test('plan: the same seed draws the same plan, other seeds draw others', () => {
  expect(planOf(7)).toEqual(planOf(7))
  const plans = Array.from({ length: 200 }, (_, seed) => JSON.stringify({ ...planOf(seed), name: '', seed: 0 }))
  expect(new Set(plans).size).toBe(plans.length)
})

test('plan: a swarm of one class draws faults of that class only', () => {
  const actions = Array.from(
    { length: 100 },
    (_, seed) => planOf(seed, { swarm: ['leader-moves'] }).faults ?? [],
  ).flat()
  expect(actions.length).toBeGreaterThan(10)
  expect(actions.every((rule) => rule.do !== undefined && 'move-leader' in rule.do)).toBe(true)
})

test('plan: leaving a class out moves nothing but the faults', () => {
  const { faults: _, ...all } = planOf(5)
  const { faults: __, ...some } = planOf(5, { swarm: ['lost-answer'] })
  expect(some).toEqual(all)
})

test('plan: some seeds send small batches of one partition one behind another, under faults that matter to those', () => {
  const plans = Array.from({ length: 60 }, (_, seed) => planOf(seed))
  const pipelines = plans.filter(({ producer }) => producer?.['batch.size'] === 200 && producer['linger.ms'] === 0)
  const isPipeline = ({ cluster, producer }: (typeof plans)[number]) =>
    JSON.stringify(cluster?.topics).includes('"partitions":1') &&
    producer?.['max.in.flight.requests.per.connection'] === 5
  expect(pipelines.filter(isPipeline).length).toBeGreaterThan(3)
})

test('plan: of some seeds the load has a shape that chance alone hardly draws', () => {
  const plans = Array.from({ length: 300 }, (_, seed) => planOf(seed))
  const settings = (plan: (typeof plans)[number]) => plan.producer ?? {}
  // More is ready than a request holds.
  const full = plans.filter((one) => settings(one)['max.request.size'] === 600 && settings(one)['batch.size'] === 200)
  expect(full.filter(({ faults }) => faults?.length === 0).length).toBeGreaterThan(3)
  // Short of memory, with records of several sizes.
  const short = plans.filter((one) => settings(one)['buffer.memory'] === 700 && one.workload.length > 20)
  expect(short.length).toBeGreaterThan(3)
  // Partition after partition begins.
  expect(plans.filter(({ workload }) => JSON.stringify(workload).includes('"partition":3')).length).toBeGreaterThan(3)
})

test('plan: of some seeds there are two producers, and each has its share of the load', () => {
  const plans = Array.from({ length: 200 }, (_, seed) => planOf(seed)).filter(
    ({ producers }) => producers !== undefined,
  )
  expect(plans.length).toBeGreaterThan(5)
  const steps = JSON.stringify(plans.flatMap(({ workload }) => workload))
  for (const whose of ['["first"]', '["second"]', '["first","second"]']) expect(steps).toContain(whose)
})

test('plan: of two producers the shorter request.timeout.ms bounds what has to be over before the probes come (seed 20019168)', () => {
  let throttles = 0
  for (let seed = 0; seed < 3_000; seed++) {
    const { faults = [], producers } = planOf(seed, { swarm: ['throttled'] })
    const timeouts = Object.values(producers ?? {}).map((one) => Number(one['request.timeout.ms']))
    if (timeouts.length < 2) continue
    for (const { do: action } of faults) {
      throttles++
      expect((action as { readonly throttle: number }).throttle).toBeLessThanOrEqual(Math.min(...timeouts))
    }
  }
  expect(throttles).toBeGreaterThan(20)
})
