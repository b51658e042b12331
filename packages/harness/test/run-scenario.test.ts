import { ClusterCore } from '@harrow/mock-broker/core'
import { ProducerCore } from '@harrow/producer/core'
import { expect, test } from 'vitest'
import { judgeExpectation } from '../src/expect/index.ts'
import { historiesOf } from '../src/histories-of.ts'
import type { History } from '../src/history.ts'
import {
  type ParsedScenario,
  parseScenario,
  runScenario,
  type Scenario,
  ScenarioError,
  type ScenarioResult,
  worldNames,
  worlds,
} from '../src/index.ts'
import { paired } from '../src/worlds/paired-run.ts'
import { simulate } from '../src/worlds/simulated.ts'

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

/** Two idempotent producers in one partition, one of which loses an answer. */
const two: Scenario = {
  name: 'two producers',
  cluster: { brokers: 1, topics: { orders: 1 } },
  producers: {
    billing: { 'request.timeout.ms': 200, 'delivery.timeout.ms': 5_000, 'retry.backoff.ms': 10 },
    shipping: { 'request.timeout.ms': 200, 'delivery.timeout.ms': 5_000, 'enable.idempotence': false },
  },
  workload: [
    { produce: { topic: 'orders', records: 20, rate: '1000/s' }, producer: 'all' },
    { flush: { within: '3s' }, producer: 'all' },
  ],
  faults: [{ name: 'lose an ack', on: { api: 'Produce', clientId: 'shipping', nth: 1 }, do: { drop: 'response' } }],
}

test('several producers: the run is repeatable, and what breaks says whose it was', async () => {
  const result = await runScenario({ ...two, expect: [{ duplicates: 'none', producer: 'shipping' }] }, simulatedWorld)
  expect(brokenMessages(result)).toEqual([
    expect.stringMatching(/^shipping: \d+ records are in the log more than once, expected none$/),
  ])
  expect(result.counts).toMatchObject({ records: 40, acknowledged: 40 })
  expect(result.verdicts.find(({ law }) => law === 'REPEAT')?.held).toBe(true)
  expect(result.timeline.some(({ producer }) => producer === 'shipping')).toBe(true)
  const other = await runScenario({ ...two, expect: [{ duplicates: 'none', producer: 'billing' }] }, simulatedWorld)
  expect(other.outcome).toBe('passed')
})

test('several producers: a law that is excepted for one is judged of the others', async () => {
  // One in flight, and a lost answer: what was written again is not in order, and nobody promised it.
  const excepted = { except: { law: 'EXACTLY1', because: 'it is not about billing' }, producer: 'billing' } as const
  const { verdicts } = await runScenario({ ...two, expect: [excepted] }, simulatedWorld)
  expect(verdicts.filter(({ law }) => law === 'EXACTLY1')).toMatchObject([
    { held: false, unbound: 'it is not about billing', producers: ['billing'] },
    { held: false, unbound: 'not idempotent: a retry may repeat a record', producers: ['shipping'] },
  ])
  const both = { ...two, producers: { billing: {}, shipping: {} }, faults: [], expect: [excepted] }
  const result = await runScenario(both, simulatedWorld)
  expect(result.verdicts.filter(({ law }) => law === 'EXACTLY1')).toMatchObject([
    { held: true, producers: ['shipping'] },
    { held: false, unbound: 'it is not about billing', producers: ['billing'] },
  ])
})

test('several producers: a strict scenario probes every partition through each of them', async () => {
  const { verdicts, counts } = await runScenario({ ...two, strict: true, expect: [{ law: 'LIVE' }] }, simulatedWorld)
  expect(verdicts.flatMap(({ violations }) => violations)).toEqual([])
  expect(counts.records).toBe(42)
})

test('several producers: a fault for the client of one excuses nothing that another suffers', async () => {
  const { history } = await worlds.simulated.run(parsedOf(two), { seed: 1, realMsMax: 10_000 })
  expect(historiesOf(history).map(({ of, faultHits }) => [of?.name, faultHits.length])).toEqual([
    ['billing', 0],
    ['shipping', 1],
  ])
  // What happens to the cluster happens to all.
  const stops = {
    ...two,
    faults: [{ on: { api: 'Produce', clientId: 'shipping', nth: 3 }, do: { 'stop-broker': 1, for: '50ms' } }],
  }
  const stopped = await worlds.simulated.run(parsedOf(stops as Scenario), { seed: 1, realMsMax: 10_000 })
  expect(historiesOf(stopped.history).map(({ faultHits }) => faultHits.length)).toEqual([1, 1])
})

test.each(worldNames)('several producers: each is metered by itself in the %s world', async (world) => {
  const { history } = await worlds[world].run(parsedOf(two), { seed: 1, realMsMax: 10_000, takesSamples: true })
  for (const one of historiesOf(history)) {
    expect(one.census).toMatchObject({ openLinks: 0, bufferedBytes: 0 })
    expect(one.metrics.get('record-send-total')).toBeGreaterThanOrEqual(20)
    expect(one.samples?.length).toBeGreaterThan(0)
    expect(one.requests.length).toBeGreaterThan(0)
    expect(new Set(one.batches.map(({ producerId }) => producerId)).size).toBe(1)
  }
})

test('several producers: one that closes its neighbours with itself is found out', () => {
  const opened: ProducerCore[] = []
  class Pooled extends ProducerCore {
    constructor(...args: ConstructorParameters<typeof ProducerCore>) {
      super(...args)
      opened.push(this)
    }
    override close(...args: Parameters<ProducerCore['close']>): void {
      super.close(...args)
      for (const other of opened) if (other !== this) ProducerCore.prototype.close.call(other, {}, () => {})
    }
  }
  const closes = parsedOf({
    ...two,
    faults: [],
    workload: [
      { produce: { topic: 'orders', records: 20 }, producer: 'all' },
      { close: null, producer: 'billing' },
      { produce: { topic: 'orders', records: 20 }, producer: 'shipping' },
    ],
  })
  const options = { seed: 1, realMsMax: 10_000 }
  const delivered = (history: History) =>
    judgeExpectation(history, { delivered: 'all', producer: 'shipping' }).map(({ message }) => message)
  expect(delivered(simulate(closes, options).history)).toEqual([])
  const cores = { ProducerCore: Pooled, ClusterCore }
  expect(delivered(simulate(closes, { ...options, cores }).history)).toEqual([
    'shipping: 20 of 40 records were delivered, expected all',
  ])
})

test('several producers: which record fails without faults, too, is not a matter of its number in the run', () => {
  // Refused for what it is, with faults and without; the records of shipping before it wait for a fault.
  const scenario = parsedOf({
    ...two,
    strict: true,
    producers: { billing: { 'max.block.ms': 100 }, shipping: { 'request.timeout.ms': 200 } },
    workload: [
      {
        parallel: [
          [
            { produce: { topic: 'orders', records: 1 }, producer: 'shipping' },
            { flush: null, producer: 'shipping' },
            { produce: { topic: 'orders', records: 1 }, producer: 'shipping' },
          ],
          [{ pause: '100ms' }, { produce: { topic: 'unknown', records: 1 }, producer: 'billing' }],
        ],
      },
    ],
  })
  const options = { seed: 1, realMsMax: 10_000 }
  const { history } = simulate(scenario, options)
  const lost = history.sent.find(({ topic }) => topic === 'unknown')
  const before = simulate({ ...scenario, faults: [] }, options).history.sent.find(({ topic }) => topic === 'unknown')
  // The second of shipping comes later with a fault.
  expect([lost?.number, before?.number]).toEqual([1, 2])
  expect([...paired(history, scenario, options).withoutFaults!.failed]).toEqual([1])
})

function parsedOf(scenario: Scenario): ParsedScenario {
  const parsed = parseScenario(scenario)
  if ('issues' in parsed) throw new ScenarioError(parsed.issues)
  return parsed.scenario
}

const simulatedWorld = { world: 'simulated' } as const

function brokenMessages({ verdicts }: ScenarioResult): string[] {
  return verdicts.flatMap(({ violations }) => violations.map(({ message }) => message))
}

test.each(worldNames)(
  'run: a scenario without its faults is an error in the %s world, and not a run that never ends',
  async (world) => {
    const { faults: _, ...rest } = parsedOf(lostAck)
    const run = worlds[world].run(rest as ParsedScenario, { seed: 1, realMsMax: 5_000 })
    await expect(run).rejects.toThrow(TypeError)
  },
)
