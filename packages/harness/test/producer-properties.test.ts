import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  assertScenarios,
  clusterAndCommands,
  runProducerCommands,
  type ScenarioPlayed,
  SimulatedStage,
  scenarioArbitrary,
} from '../src/fast-check.ts'
import type { Scenario } from '../src/scenario/schema.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

/** Always the same scenarios here: new ones are what `harrow explore` is for. */
const parameters = { seed: 5, numRuns: 25 }

test('property: records of one key are in one partition, in the order of their calls, whatever goes wrong', () => {
  let judged = 0
  assertScenarios(
    scenarioArbitrary({ keys: 4 }),
    ({ verdicts, history }) => {
      const keyorder = verdicts.find(({ law }) => law === 'KEYORDER')
      if (keyorder?.held === true && history.log.length > 1) judged++
      return true
    },
    parameters,
  )
  expect(judged).toBeGreaterThan(parameters.numRuns / 2)
})

test('property: what passes is retried until it has passed, and everything is written once', () => {
  let retried = 0
  assertScenarios(
    scenarioArbitrary({
      faults: { onlyPassing: true, durationMsMax: 200 },
      producer: { 'delivery.timeout.ms': 60_000, 'max.block.ms': 60_000 },
    }),
    ({ history }) => {
      retried += history.trace.filter(({ event }) => event === 'batch-retried').length
      return history.sent.every(({ settlements: [end] }) => end?.outcome === 'acknowledged')
    },
    parameters,
  )
  expect(retried).toBeGreaterThan(0)
})

test('property: without memory a send waits max.block.ms, not longer and not shorter, and memory comes back', () => {
  const blockMsMax = 80
  let exhausted = 0
  assertScenarios(
    scenarioArbitrary({
      recordsMax: 100,
      producer: { 'buffer.memory': 900, 'batch.size': 300, 'max.block.ms': blockMsMax, 'delivery.timeout.ms': 10_000 },
    }),
    ({ history }) => {
      for (const { submittedAtMs, settlements } of history.sent) {
        const [end] = settlements
        if (end?.outcome !== 'failed' || end.error !== 'BUFFER_EXHAUSTED') continue
        exhausted++
        const waitedMs = end.atMs - submittedAtMs
        if (waitedMs < blockMsMax - 1 || waitedMs > blockMsMax + 1) return false
      }
      const { memory, census } = history
      return (memory === undefined || memory.availableBytesMin >= 0) && census?.bufferedBytes === 0
    },
    parameters,
  )
  expect(exhausted).toBeGreaterThan(0)
})

test('property: what is sent in one turn leaves in one request per broker, however many partitions it has', () => {
  const all = scenarioArbitrary({
    faults: false,
    recordsMax: 60,
    producer: { 'linger.ms': 10, 'batch.size': 16_384, 'max.block.ms': 2_000 },
  })
  const inOneTurn = all.map((scenario): Scenario => ({ ...scenario, strict: false, workload: [atOnce(scenario)] }))
  assertScenarios(
    inOneTurn,
    ({ history }) => {
      const brokers = history.requests.filter(({ api }) => api === 'Produce').map(({ broker }) => broker)
      return brokers.length === new Set(brokers).size
    },
    parameters,
  )
})

function atOnce(scenario: Scenario): Scenario['workload'][number] {
  const [step] = scenario.workload
  if (step === undefined || !('produce' in step)) throw new Error('a drawn scenario begins with produce')
  const { rate: _, ...produce } = step.produce
  return { produce: { ...produce, partition: 'round-robin' } }
}

test('property: send, give up, flush and close do what a log of the sends says, while brokers come and go', async () => {
  let delivered = 0
  await fc.assert(
    fc.asyncProperty(clusterAndCommands(), async ({ cluster, commands }) => {
      const producer = {
        'linger.ms': 5,
        'request.timeout.ms': 200,
        'delivery.timeout.ms': 2_000,
        'max.block.ms': 1_000,
      }
      const model = await runProducerCommands(new SimulatedStage({ cluster, producer }), commands)
      delivered += model.sends.filter(({ outcome }) => outcome?.is === 'delivered').length
    }),
    parameters,
  )
  expect(delivered).toBeGreaterThan(25)
})

test('property: one that fails prints the smallest scenario as YAML', () => {
  const neverTwoRecords = ({ history }: ScenarioPlayed): boolean => history.log.length < 5
  const failing = () => assertScenarios(scenarioArbitrary(), neverTwoRecords, { seed: 5, numRuns: 20 })
  expect(failing).toThrow(/the property does not hold\nafter [\s\S]*\{ seed: 5, path: "[\d:]+" \}/)
  expect(failing).toThrow(/cluster: \{ brokers: 1, topics: \{ orders: \{ partitions: \d, replicas: 1 \} \} \}/)
  expect(failing).toThrow(/workload:\n {2}- \{ produce: \{ topic: orders, records: \d/)
})
