import { MockCluster } from '@harrow/mock-broker'
import { expect, onTestFinished, test } from 'vitest'
import { parseScenario } from '../../packages/harness/src/scenario/parse.ts'
import { runScenario, type ScenarioResult } from '../../packages/harness/src/scenario/run.ts'
import type { Scenario } from '../../packages/harness/src/scenario/schema.ts'
import { overTcp } from '../../packages/harness/src/worlds/tcp.ts'
import { shapeOf } from './applicability.ts'
import { realCluster } from './real-cluster.ts'

// There is no Java here: a mock that knows nothing of the scenario stands in for the real cluster.

async function somebodyElses(): Promise<{
  readonly cluster: MockCluster
  run(scenario: Scenario): Promise<ScenarioResult>
}> {
  const cluster = await MockCluster.start({ brokers: 3, autoCreateTopics: false })
  onTestFinished(() => cluster.stop())
  const place = overTcp(realCluster(cluster.brokers))
  return { cluster, run: (scenario) => runScenario(scenario, { world: 'tcp', place, realMsMax: 20_000 }) }
}

const plain: Scenario = {
  name: 'plain',
  cluster: { brokers: 2, topics: { orders: { partitions: 4, replicas: 2, config: { 'max.message.bytes': 5_000 } } } },
  producer: { 'request.timeout.ms': 3000, 'retry.backoff.ms': 10, 'linger.ms': 1 },
  workload: [{ produce: { topic: 'orders', records: 40, partition: 'round-robin' } }, { flush: {} }],
  expect: [{ delivered: 'all' }, { log: { topic: 'orders', partitions: 4, records: 40 } }],
}

const broken = ({ verdicts }: ScenarioResult): string[] =>
  verdicts.filter(({ violations }) => violations.length > 0).map(({ law }) => law)

test('real cluster: the log that is judged is the one behind, and each run takes its topics along', async () => {
  const { cluster, run } = await somebodyElses()
  for (const seed of [1, 2]) {
    const result = await run({ ...plain, seed })
    expect(broken(result)).toEqual([])
    expect(result).toMatchObject({ outcome: 'passed', counts: { records: 40, acknowledged: 40 } })
  }
  expect(cluster.topics).toEqual([])
  expect([...cluster.requests].some(({ api }) => api === 'Produce')).toBe(true)
})

test('real cluster: partitions lie as the mock lays them, on as many brokers as the scenario has', async () => {
  const { run } = await somebodyElses()
  const requests = [1, 2].map((broker) => ({ requests: { api: 'Produce', broker, min: 1 } }))
  const oneEach = { log: { topic: 'orders', partition: 3, records: 10 } }
  const result = await run({
    ...plain,
    expect: [...requests, { requests: { api: 'Produce', broker: 3, max: 0 } }, oneEach],
  })
  expect(broken(result)).toEqual([])
})

test('real cluster: an ack that is lost at the door makes the cluster behind recognise a duplicate', async () => {
  const { cluster, run } = await somebodyElses()
  const lostAck = { name: 'lose an ack', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } } as const
  const result = await run({ ...plain, faults: [lostAck], expect: [...plain.expect!, { duplicates: 'none' }] })
  expect(broken(result)).toEqual([])
  const written = [...cluster.requests].flatMap(({ batches }) => batches.map(({ how }) => how))
  expect(written).toContain('duplicate')
})

test('real cluster: a broker behind that loses what it acknowledged breaks ACKED', async () => {
  const { cluster, run } = await somebodyElses()
  cluster.fault({
    on: { api: 'Fetch' },
    times: 'always',
    do: { edit: { 'responses.*.partitions.*.records': null } },
  })
  const result = await run(plain)
  expect(result.outcome).toBe('failed')
  expect(broken(result)).toEqual(expect.arrayContaining(['ACKED', 'FINDINGS', 'delivered']))
})

test('real cluster: topics that cannot be made end the run with the reason', async () => {
  const { cluster, run } = await somebodyElses()
  cluster.fault({ on: { api: 'CreateTopics' }, do: { disconnect: 'before-handling' } })
  const { outcome, verdicts } = await run(plain)
  expect(outcome).toBe('failed')
  const messages = verdicts.flatMap(({ violations }) => violations.map(({ message }) => message))
  expect(messages).toContain('the cluster threw: the broker closed the connection on CreateTopics v7')
})

const parsed = (scenario: Scenario) => {
  const result = parseScenario(scenario)
  if ('issues' in result) throw new Error(JSON.stringify(result.issues))
  return result.scenario
}

test.each([
  ['faults of the wire', { faults: [{ on: { api: 'Produce' }, do: { drop: 'response' } }] }, undefined],
  [
    'a refusal',
    { faults: [{ on: { api: 'Produce' }, do: { error: 'NOT_LEADER_OR_FOLLOWER' } }] },
    /`error` happens inside/,
  ],
  ['a broker that goes', { faults: [{ at: '1s', do: { 'stop-broker': 1 } }] }, /`stop-broker` happens inside/],
  ['an old release', { cluster: { ...plain.cluster, kafka: '2.8' } }, /another release/],
  ['other versions', { cluster: { ...plain.cluster, apiVersions: { Produce: { max: 3 } } } }, /other versions/],
  ['virtual time', { worlds: ['simulated'] }, /virtual time/],
] as [string, Partial<Scenario>, RegExp | undefined][])(
  'real cluster: %s: asked of it, or why not',
  (_, change, because) => {
    const found = shapeOf(parsed({ ...plain, ...change }))
    if (because === undefined) expect(found).toMatchObject({ shape: { brokers: 3 } })
    else expect(found).toEqual({ because: expect.stringMatching(because) })
  },
)
