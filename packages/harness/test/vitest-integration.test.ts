import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeScenarios, expect, expectReceived, test } from '../src/vitest.ts'

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
  const report = await runInVitest(`
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
  `)
  const outcome = (name: string) => report.testResults[0]?.assertionResults.find(({ title }) => title === name)
  expect(outcome('forgotten fault')?.failureMessages.join()).toContain('never')
  expect(outcome('duplicate')?.failureMessages.join()).toContain('topic orders has 1 duplicates among 2 records')
  expect(outcome('fine')?.status).toBe('passed')
}, 60_000)

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** A test file of a user, in a vitest of its own: what fails there must not fail here. */
async function runInVitest(source: string): Promise<JsonReport> {
  const folder = mkdtempSync(join(here, 'user-'))
  try {
    writeFileSync(join(folder, 'user.test.ts'), source)
    const output = join(folder, 'report.json')
    const root = join(here, '../../..')
    const args = ['run', join(folder, 'user.test.ts'), '--reporter=json', `--outputFile=${output}`]
    await new Promise<void>((resolve) => {
      execFile(join(root, 'node_modules/.bin/vitest'), args, { cwd: root }, () => resolve())
    })
    return JSON.parse(readFileSync(output, 'utf8')) as JsonReport
  } finally {
    rmSync(folder, { recursive: true })
  }
}
