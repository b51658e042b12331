import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brokerKeyOf } from '../src/topic-config-synonyms.ts'
import { topicConfigTable } from '../src/topic-config-table.ts'
import { brokerRules } from './broker-rules.ts'

/** Titles of tests that begin with the rows they show, such as `B29, B30: a higher epoch ...`. */
function titlesByRow(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    for (const [, rows = '', title = ''] of source.matchAll(/['"`]((?:[FAPBIMGO]\d+(?:, )?)+): (.+?)['"`],/g)) {
      for (const row of rows.split(', ')) found.set(row, [...(found.get(row) ?? []), title])
    }
  }
  return found
}

const titles = titlesByRow()

test('broker rules: 122 rows, each once', () => {
  const rows = brokerRules.map(({ row }) => row)
  expect([rows.length, new Set(rows).size]).toEqual([122, 122])
})

test.each(brokerRules)('broker rules: $row has a test that is named after it, or a reason', ({ row, untested }) => {
  const isTested = titles.has(row)
  expect(isTested, untested === undefined ? 'no test and no reason' : 'a test and a reason').toBe(
    untested === undefined,
  )
})

test('broker rules: no test is named after a row that does not exist', () => {
  const known = brokerRules.map(({ row }) => row)
  expect([...titles.keys()].filter((row) => !known.includes(row))).toEqual([])
})

test('broker rules: the document is up to date (vitest -u writes it)', async () => {
  const tested = brokerRules.filter(({ untested }) => untested === undefined).length
  const rows = brokerRules.map(({ row, rule, untested }) => {
    const shown = (titles.get(row) ?? []).map((title) => title.replaceAll('|', '\\|').replaceAll('\\\\', '\\'))
    return `| ${row} | ${rule} | ${untested === undefined ? shown.join('; ') : `**Not tested.** ${untested}`} |`
  })
  const acting = topicConfigTable.flatMap(({ key, isInert }) => (isInert ? [] : [key]))
  const keys = (list: readonly string[]) => list.map((key) => `\`${key}\``).join(', ')
  const text = `# Broker rules

What a Kafka broker does with a request, and the tests of the mock that are named after each rule. Generated
(\`npx vitest run packages/mock-broker/test/broker-rules.test.ts -u\`); a rule with neither a test nor a reason fails the suite.
How the mock compares with real brokers, rule by rule, is in [fidelity.md](fidelity.md).

${tested} of ${brokerRules.length} rules have tests. F frames, A ApiVersions, P Produce requests, B batches, I InitProducerId, M Metadata, G groups, O offsets.

| rule | a broker | shown by |
|---|---|---|
${rows.join('\n')}

## Settings

CreateTopics, AlterConfigs and IncrementalAlterConfigs take every setting that Kafka 4.1 has for topics, and refuse what Kafka
refuses. These act: ${keys(acting)}. The rest is kept and told, and changes nothing.

What is set for all brokers (resource type 4 without a name) holds for topics that say nothing of their own:
${keys(acting.flatMap((key) => brokerKeyOf(key) ?? []))}. Other settings of brokers and groups, and those of one broker among many, are
kept and told; what brokers do is said when the cluster is made.
`
  await expect(text).toMatchFileSnapshot('../../../docs/broker-rules.md')
})
