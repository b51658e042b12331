import { expect, test } from 'vitest'
import { runScenario, type Scenario, ScenarioError } from '../src/index.ts'

const lostAck: Scenario = {
  name: 'A lost ack is not a duplicate',
  cluster: { brokers: 2, topics: { orders: { partitions: 2, replicas: 2 } } },
  producer: { 'linger.ms': 2, 'request.timeout.ms': 200, 'delivery.timeout.ms': 2_000, 'retry.backoff.ms': 10 },
  workload: [{ produce: { topic: 'orders', records: 40, keys: 8, rate: '1000/s' } }, { flush: { within: '1s' } }],
  faults: [{ name: 'lose an ack', on: { api: 'Produce', nth: 2 }, do: { drop: 'response' } }],
  expect: [{ delivered: 'all' }, { duplicates: 'none' }],
}

const brokenLaws = async (scenario: Scenario, seed?: number): Promise<string[]> => {
  const result = await runScenario(scenario, { world: 'simulated', ...(seed === undefined ? {} : { seed }) })
  return result.verdicts.filter((verdict) => verdict.violations.length > 0).map((verdict) => verdict.law)
}

test('run: a scenario in TypeScript is the same object', async () => {
  const result = await runScenario(lostAck, { world: 'simulated' })
  expect(result).toMatchObject({ outcome: 'passed', seed: 1, counts: { records: 40, acknowledged: 40, failed: 0 } })
  expect(result.verdicts.map((verdict) => verdict.law)).toEqual(
    expect.arrayContaining([
      'ONCE',
      'ACKED',
      'PHANTOM',
      'EXACTLY1',
      'ORDER',
      'KEYORDER',
      'OFFSETS',
      'REPEAT',
      'delivered',
    ]),
  )
})

test('run: the same seed gives the same trace, another seed another one', async () => {
  const hashOf = async (seed: number) => (await runScenario(lostAck, { world: 'simulated', seed })).traceHash
  expect(await hashOf(7)).toMatch(/^[0-9a-f]{16}$/)
  expect(await hashOf(7)).toBe(await hashOf(7))
  expect(await hashOf(7)).not.toBe(await hashOf(8))
})

test('run: traces do not depend on what ran before', async () => {
  const hashesOf = async (seeds: number[]) => {
    const hashes = new Map<number, string | undefined>()
    for (const seed of seeds) hashes.set(seed, (await runScenario(lostAck, { world: 'simulated', seed })).traceHash)
    return hashes
  }
  const forwards = await hashesOf([1, 2, 3, 4, 5])
  const backwards = await hashesOf([5, 4, 3, 2, 1])
  expect(Object.fromEntries(forwards)).toEqual(Object.fromEntries(backwards))
})

test('run: a scenario fails when an expectation is not met, and shows the end of the trace', async () => {
  const result = await runScenario(
    { ...lostAck, expect: [{ requests: { api: 'Produce', max: 1 } }] },
    { world: 'simulated' },
  )
  expect(result.outcome).toBe('failed')
  expect(result.timeline.length).toBeGreaterThan(0)
  expect(result.replay).toBe("harrow run '<A lost ack is not a duplicate>' --world simulated --seed 1")
})

test('run: a fault that never acts fails the scenario, with what came closest', async () => {
  const result = await runScenario(
    { ...lostAck, faults: [{ name: 'never', on: { api: 'Produce', topic: 'payments' }, do: { drop: 'response' } }] },
    { world: 'simulated' },
  )
  const fired = result.verdicts.find((verdict) => verdict.law === 'FIRED')
  expect(fired?.violations).toMatchObject([
    { message: 'the fault "never" never acted', evidence: [expect.stringMatching(/topic is orders, not payments/)] },
  ])
})

test('run: what makes duplicates is found when idempotence is off and nobody expects them', async () => {
  const unsafe: Scenario = { ...lostAck, producer: { ...lostAck.producer, 'enable.idempotence': false } }
  expect(await brokenLaws(unsafe)).toEqual(['duplicates'])
})

test('run: a workload that never ends is cut short, and the last events are shown', async () => {
  const endless: Scenario = {
    ...lostAck,
    producer: { 'request.timeout.ms': 60_000, 'delivery.timeout.ms': 2 ** 31 - 1 },
    workload: [{ produce: { topic: 'orders', records: 1 } }, { flush: null }],
    faults: [{ name: 'silence', on: { api: 'Produce' }, do: { drop: 'response' }, times: 'always' }],
    expect: [],
  }
  const result = await runScenario(endless, { world: 'simulated' })
  const live = result.verdicts.find((verdict) => verdict.law === 'LIVE')
  expect(live?.violations[0]?.message).toBe('no end after an hour of virtual time')
  expect(live?.violations[0]?.evidence.length).toBeGreaterThan(10)
  expect(result.verdicts.find((verdict) => verdict.law === 'ONCE')?.violations).toMatchObject([
    { message: 'record 0 completed never' },
  ])
})

test('run: a world that the scenario leaves out is skipped, with the reason', async () => {
  const result = await runScenario({ ...lostAck, worlds: ['tcp'] }, { world: 'simulated' })
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'only for tcp' })
})

test('run: an invalid scenario throws with paths and suggestions', async () => {
  const wrong = { ...lostAck, workload: [{ produce: { topic: 'orders', recrods: 1 } }] } as unknown as Scenario
  await expect(runScenario(wrong, { world: 'simulated' })).rejects.toThrow(
    new ScenarioError([
      { path: ['workload', 0, 'produce', 'records'], at: 'value', message: '"records" is missing' },
      {
        path: ['workload', 0, 'produce', 'recrods'],
        at: 'key',
        message: 'unknown key "recrods", did you mean "records"?',
      },
    ]),
  )
})

test('run: a broker that is about to stop when the faults end comes back, too (explorer, seed 171605486400379)', async () => {
  const stopsAtOnce = {
    name: 'a broker that stops as the workload ends',
    strict: true,
    cluster: { brokers: 1, topics: { orders: 1 } },
    producer: { 'max.block.ms': 1000, 'request.timeout.ms': 250 },
    workload: [{ produce: { topic: 'orders', records: 1 } }],
    faults: [{ at: 0, do: { 'stop-broker': 1, for: '8s' } }],
    expect: [{ law: 'LIVE' }],
  } as const
  const { outcome } = await runScenario(stopsAtOnce, { world: 'simulated', seed: 1 })
  expect(outcome).toBe('passed')
})
