import { expect, test } from 'vitest'
import { prettyReporter } from '../src/reporters/pretty.ts'
import { loadScenarios } from '../src/scenario/load.ts'
import { runScenario, type ScenarioResult } from '../src/scenario/run.ts'
import { worldNames } from '../src/scenario/schema.ts'

const library = new URL('../../../scenarios', import.meta.url).pathname
const { scenarios, diagnostics } = await loadScenarios([library])

/** What `harrow run` would print: a red test shows the evidence, not `false`. */
function printed(result: ScenarioResult): string {
  let text = ''
  prettyReporter({ out: (line) => (text += line), err: () => {}, colour: false }).result(result)
  return text
}

test('scenario library: every file is valid', () => {
  expect(diagnostics).toEqual([])
})

test('scenario library: every scenario says why', () => {
  expect(scenarios.filter(({ scenario }) => scenario.why === undefined).map(({ file }) => file)).toEqual([])
})

test('scenario library: no two scenarios have the same name', () => {
  const names = scenarios.map(({ scenario }) => scenario.name)
  expect(names).toEqual([...new Set(names)])
})

for (const world of worldNames) {
  // Real time is mostly waiting: side by side they take as long as the slowest. Virtual time is all work.
  const each = world === 'tcp' ? test.concurrent : test
  for (const { file, scenario } of scenarios) {
    const name = file.slice(library.length + 1)
    each(
      `${world}: ${name}`,
      async () => {
        const result = await runScenario(scenario, { world, file: `scenarios/${name}` })
        if (result.outcome === 'failed') throw new Error(printed(result))
      },
      30_000,
    )
  }
}
