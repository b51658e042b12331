import { assertScenarios, scenarioArbitrary } from '@harrow/harness/fast-check'
import { test } from 'vitest'

test('no order is written twice, whatever answers get lost', () => {
  // Clusters, settings, workloads and up to three faults that pass; every law is put to each.
  const scenarios = scenarioArbitrary({
    faults: { onlyPassing: true, faultsMax: 3 },
    producer: { 'delivery.timeout.ms': 60_000 },
  })
  assertScenarios(
    scenarios,
    ({ history }) => {
      const values = history.log.map(({ value }) => new TextDecoder().decode(value ?? undefined))
      return new Set(values).size === values.length
    },
    { numRuns: 20 },
  )
})
