import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaGlobalSetup, kafkaGlobalTeardown } from '../src/global-setup.ts'
import { describeScenarios, expect, expectReceived, sharedCluster, test } from '../src/vitest.ts'

const here = dirname(fileURLToPath(import.meta.url))

test('vitest fixtures: a producer that talks to a cluster of its own', async ({ cluster, producer }) => {
  await producer.send({ topic: 'orders', key: 'o-1', value: JSON.stringify({ item: 'tea', count: 2 }) })
  await expect(cluster).toHaveReceived('orders', { key: 'o-1', value: { item: 'tea' } })
  await expect(cluster).toHaveReceivedTimes('orders', 1)
  await expect(cluster).toHaveStored('orders', 1)
  await expect(cluster).toHaveNoDuplicates('orders')
  await expect(cluster).toHaveSeenRequest({ api: 'Produce', topic: 'orders' })
  await expect(cluster).not.toHaveReceived('orders', { key: 'o-2' })
})

test('vitest matchers: wait for what is still on its way', async ({ cluster, producer }) => {
  setTimeout(() => void producer.send({ topic: 'orders', value: 'late' }, () => {}), 50)
  await expect(cluster).toHaveReceivedInOrder('orders', [{ value: 'late' }])
})

test('vitest matchers: a failure shows what was received', async ({ cluster, producer }) => {
  await producer.send({ topic: 'orders', value: 'tea' })
  const failure = expect(cluster).toHaveReceived('orders', { value: 'coffee' }, { within: 0 })
  await expect(failure).rejects.toThrow('received: 1\n  0@0  key null  value tea')
})

test('plain assertions: reject with what was received', async ({ cluster }) => {
  await expect(expectReceived(cluster, 'orders', { key: 'o-1' }, { within: 20 })).rejects.toThrow('received: nothing')
})

test.extend({ clusterOptions: { brokers: 2, topics: { orders: 4 } } })(
  'vitest fixtures: cluster options can be overridden',
  ({ cluster }) => {
    expect([cluster.brokers.length, cluster.topics[0]?.partitions]).toEqual([2, 4])
  },
)

await describeScenarios(join(here, '../../../scenarios/idempotence/lost-ack-is-not-a-duplicate.yaml'), {
  worlds: ['simulated'],
})

test('vitest fixtures: a fault that never fires, and a duplicate, fail the test', async () => {
  const report = await runInVitest({
    'user.test.ts': `
    import { expect, test } from '../../src/vitest.ts'
    test('forgotten fault', ({ cluster }) => {
      cluster.fault({ name: 'never', on: { api: 'Produce' }, do: { drop: 'response' } })
    })
    test('duplicate', async ({ cluster, producer }) => {
      await producer.send({ topic: 'orders', value: 'tea' })
      await producer.send({ topic: 'orders', value: 'tea' })
      await expect(cluster).toHaveNoDuplicates('orders')
    })
    test('fine', async ({ producer }) => {
      await producer.send({ topic: 'orders', value: 'tea' })
    })
  `,
  })
  const outcome = (name: string) => report.testResults[0]?.assertionResults.find(({ title }) => title === name)
  expect(outcome('forgotten fault')?.failureMessages.join()).toContain('never')
  expect(outcome('duplicate')?.failureMessages.join()).toContain('topic orders has 1 duplicates among 2 records')
  expect(outcome('fine')?.status).toBe('passed')
}, 60_000)

for (const pool of ['threads', 'forks']) {
  test(`global setup: an application that reads its brokers when it is imported (${pool})`, async () => {
    const useIt = `
    import { afterAll, beforeEach, expect, test } from 'vitest'
    import { ControlRequestError, expectReceived, matchers, sharedCluster } from '../../src/testing/index.ts'
    import { brokers, place } from './app.ts'
    expect.extend(matchers)
    const cluster = sharedCluster()
    beforeEach(() => cluster.reset())
    test('the answer is lost, and the order is there once', async () => {
      expect(brokers).toBe(await cluster.bootstrapServers())
      const lost = await cluster.fault({ name: 'lost', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
      await expect(cluster.assertFaultsConsumed()).rejects.toThrow('lost')
      await place('o-1', 'tea')
      await lost.hit()
      expect(await lost.hits()).toBe(1)
      await cluster.assertFaultsConsumed()
      await cluster.assertDelivered({ topic: 'orders' })
      await expect(cluster).toHaveReceivedTimes('orders', 1, { key: 'o-1', value: 'tea' })
      await expect(cluster).toHaveNoDuplicates('orders')
      await expect(cluster).toHaveSeenRequest({ api: 'Produce', fault: 'lost', applied: true })
      await expect(cluster).not.toHaveSeenRequest({ api: 'Produce', fault: 'lost', applied: false })
      await expect(expectReceived(cluster, 'orders', { key: 'o-2' }, { within: 0 })).rejects.toThrow('0@0  key o-1  value tea')
      await expect(lost.hit(2, { within: 1 })).rejects.toThrow('acted 1 times within 1ms, wanted: 2')
    })
    test('a slip in a rule is told', async () => {
      await expect(cluster.fault({ on: { api: 'Prodcue' }, do: { drop: 'response' } })).rejects.toThrow(/did you mean "Produce"/)
    })
  `
    const report = await runInVitest({
      'vitest.config.ts': `
        import base from '../../../../vitest.config.ts'
        const test = { globalSetup: 'setup.ts', fileParallelism: false, pool: '${pool}' }
        // A global setup runs in an environment of vitest's own.
        const environments = { __vitest__: { resolve: base.resolve } }
        export default { ...base, environments, root: import.meta.dirname, test }
      `,
      'setup.ts': `
        import { kafkaGlobalSetup } from '../../src/global-setup.ts'
        export default kafkaGlobalSetup({ env: 'SHOP_BROKERS', cluster: { topics: { orders: 1 } } })
      `,
      'app.ts': `
        import { Producer } from '@harrow/producer'
        export const brokers = process.env['SHOP_BROKERS']
        const producer = new Producer({ 'bootstrap.servers': brokers })
        export const place = (key, value) => producer.send({ topic: 'orders', key, value })
      `,
      'shop.test.ts': useIt,
    })
    expect(report.testResults.map(({ message }) => message)).toEqual([''])
    const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
    expect(results.flatMap(({ failureMessages }) => failureMessages)).toEqual([])
    expect(results.map(({ status }) => status)).toEqual(['passed', 'passed'])
  }, 60_000)
}

test('global setup: without it sharedCluster says what is missing', () => {
  expect(() => sharedCluster()).toThrow('HARROW_CONTROL_URL is not set: kafkaGlobalSetup')
})

test('global setup: sets what it is told to, puts it back, and stops the cluster', async () => {
  process.env['SHOP_PORT'] = 'before'
  const setUp = kafkaGlobalSetup({ env: ({ brokers }) => ({ SHOP_PORT: String(brokers[0]?.port) }) })
  const tearDown = await setUp()
  const { controlUrl } = sharedCluster()
  expect(Number(process.env['SHOP_PORT'])).toBeGreaterThan(0)
  await tearDown()
  expect(process.env['SHOP_PORT']).toBe('before')
  await expect(fetch(controlUrl)).rejects.toThrow('fetch failed')
  // As Jest does it, which keeps nothing of what a setup returns.
  await setUp()
  await kafkaGlobalTeardown()
  expect(() => sharedCluster()).toThrow('HARROW_CONTROL_URL')
})

interface JsonReport {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Files of a user, in a vitest of its own: what fails there must not fail here. */
async function runInVitest(files: Record<string, string>): Promise<JsonReport> {
  const folder = mkdtempSync(join(here, 'user-'))
  try {
    for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source)
    const output = join(folder, 'report.json')
    const root = join(here, '../../..')
    const which = 'vitest.config.ts' in files ? ['--config', join(folder, 'vitest.config.ts')] : [folder]
    const args = ['run', ...which, '--reporter=json', `--outputFile=${output}`]
    const said = await new Promise<string>((resolve) => {
      execFile(join(root, 'node_modules/.bin/vitest'), args, { cwd: root }, (_, out, err) => resolve(out + err))
    })
    const report = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as JsonReport) : undefined
    if (report === undefined || report.testResults.length === 0) throw new Error(said)
    return report
  } finally {
    rmSync(folder, { recursive: true })
  }
}
