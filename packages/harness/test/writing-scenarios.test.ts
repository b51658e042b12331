import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { failureText } from '../src/reporters/failure-text.ts'
import { parseScenarios } from '../src/scenario/parse.ts'
import { runScenario } from '../src/scenario/run.ts'
import { worldNames } from '../src/scenario/schema.ts'

const guide = readFileSync(new URL('../../../docs/writing-scenarios.md', import.meta.url), 'utf8')
const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml) as object)

/** What a block that is not a whole scenario is put into. */
const around = {
  name: 'A block of the guide',
  cluster: { brokers: 1, topics: { orders: 1 } },
  workload: [{ produce: { topic: 'orders', records: 5 } }, { flush: { within: '3s' } }],
}

test('the guide has a block for every chapter', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(8)
})

for (const [i, block] of blocks.entries()) {
  const parsed = parseScenarios({ ...around, ...block })
  test(`the guide: block ${i + 1} is valid`, () => {
    expect(parsed).not.toHaveProperty('issues')
  })
  const runs = 'scenarios' in parsed ? parsed.scenarios : []
  for (const scenario of runs) {
    for (const world of worldNames) {
      test(`the guide: block ${i + 1} holds (${world}): ${scenario.name}`, async () => {
        const result = await runScenario(scenario, { world })
        if (result.outcome === 'failed') throw new Error(failureText(result))
        expect(result.outcome).toBe('passed')
      })
    }
  }
}
