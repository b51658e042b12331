import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, apiVersions, initProducerId, metadata, produce, type RequestInput } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type FaultRule, faultKinds } from '../src/core.ts'
import { faultCatalogue } from './fault-catalogue.ts'
import { batchOf, Simulation } from './simulated.ts'

const root = join(import.meta.dirname, '../../..')

/** Three seconds of what clients ask for, wherever the leaders are. */
function ordinaryTraffic(rules: readonly FaultRule[]): Simulation {
  const sim = new Simulation({ brokers: 3, topics: { orders: { partitions: 6, replicas: 3 }, payments: 1 } })
  for (const rule of rules) sim.cluster.fault(rule)
  for (let i = 0; i < 40; i++) {
    const partition = i % 6
    const leader = sim.cluster.leader('orders', partition).id
    const up = sim.cluster.brokers.find(({ id, isRunning }) => isRunning && (id === leader || leader < 0))?.id
    const broker = up ?? sim.cluster.brokers[0]!.id
    // Not decoded: what comes back may well be broken.
    const send = <A extends Api>(api: A, version: number, body: RequestInput<A>): void => {
      sim.client(broker).send(api, version, body)
      sim.run(4)
    }
    send(apiVersions, 3, { clientSoftwareName: 'raw', clientSoftwareVersion: '1' })
    send(metadata, 9, { topics: null })
    send(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 })
    const partitionData = [{ index: partition, records: batchOf(1) }]
    send(produce, 9, { acks: -1, timeoutMs: 1000, topicData: [{ name: 'orders', partitionData }] })
    sim.run(60)
  }
  return sim
}

test('fault catalogue: 73 rows, each once, and each with a rule or a word', () => {
  expect(faultCatalogue.map(({ row }) => row)).toEqual(Array.from({ length: 73 }, (_, i) => i + 1))
  for (const { row, rules = [], note } of faultCatalogue)
    expect([row, rules.length > 0 || note]).not.toContain(undefined)
})

test('fault catalogue: every kind of fault is good for something in it', () => {
  const used = new Set(
    faultCatalogue.flatMap(({ rules = [] }) => rules.map(({ do: action }) => Object.keys(action!)[0])),
  )
  expect(faultKinds.map(({ key }) => key).filter((key) => !used.has(key))).toEqual([])
})

test.each(faultCatalogue.filter(({ rules }) => rules !== undefined))(
  'fault catalogue: $row $fault: every rule acts, and can',
  ({ rules = [] }) => {
    const { cluster } = ordinaryTraffic(rules)
    expect(cluster.faults().map(({ isConsumed, closest }) => [isConsumed, closest])).toEqual(
      rules.map(() => [true, undefined]),
    )
    expect(cluster.findings).toEqual([])
  },
)

test('fault catalogue: the tests and scenarios that it names are there', () => {
  const folders = ['mock-broker/test', 'producer/src', 'producer/test'].map((one) => join(root, 'packages', one))
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  const sources = tests.map((file) => readFileSync(file, 'utf8')).join('\n')
  for (const shown of faultCatalogue.flatMap(({ shownBy = [] }) => shownBy)) {
    expect([shown, shown.endsWith('.yaml') ? existsSync(join(root, shown)) : sources.includes(shown)]).toEqual([
      shown,
      true,
    ])
  }
})

test('fault catalogue: the document is up to date (vitest -u writes it)', async () => {
  const rows = faultCatalogue.map(({ row, fault, rules = [], note, shownBy = [] }) => {
    const how = [...rules.map((rule) => `\`${JSON.stringify(rule)}\``), ...(note === undefined ? [] : [note])].join(
      '<br>',
    )
    const shown = shownBy.map((one) => (one.endsWith('.yaml') ? `[${one}](../${one})` : one)).join('<br>')
    return `| ${row} | ${fault} | ${how} | ${shown} |`
  })
  const played = faultCatalogue.filter(({ rules }) => rules !== undefined).length
  const text = `# Fault catalogue

What can happen to a producer, from the connection to its own process, and how a test makes it happen here. Generated
(\`npx vitest run packages/mock-broker/test/fault-catalogue.test.ts -u\`); every rule is run by that test and must act. JSON is YAML too, so they go into a scenario,
onto the command line and over HTTP as they are. What rules can say is in [faults.md](faults.md).

${played} of ${faultCatalogue.length} faults have rules; the others say why they have none, or what does it without.

| # | fault | how | shown by, besides |
|---|---|---|---|
${rows.join('\n')}
`
  await expect(text).toMatchFileSnapshot('../../../docs/fault-catalogue.md')
})
