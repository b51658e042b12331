import { readFileSync } from 'node:fs'
import { faultKinds } from '@harrow/mock-broker/core'
import { expect, test } from 'vitest'
import { laws } from '../src/checks/index.ts'
import { expectations } from '../src/expect/index.ts'
import { loadScenarios } from '../src/scenario/load.ts'
import { steps } from '../src/workload/index.ts'

const library = new URL('../../../scenarios', import.meta.url).pathname
const { scenarios } = await loadScenarios([library])
const texts = [...new Set(scenarios.map(({ file }) => file))].map((file) => readFileSync(file, 'utf8'))

/** Of the quirks of the Java producer, those that no scenario can show, and where they are seen to instead. */
const quirksElsewhere: Readonly<Record<string, string>> = {
  K6: 'order of callbacks and interceptors: unit tests of the producer; the law CALLBACKS binds every scenario',
  K7: 'flush inside a callback: unit tests of the producer',
  K8: 'one draw of the backoff per attempt: the law BACKOFF binds every scenario',
  K9: 'levels of lz4: configuration',
  K10: 'a closed batch is not writable: unit tests of the accumulator',
  K12: 'compression ratios per producer: unit tests; every run here makes a new producer',
  K13: 'jitter before the cap: unit tests of the backoff',
  K18: 'a pause of one turn: unit tests of the sender',
  K20: 'pools above 2 GiB: arithmetic in doubles',
  K21: 'a race of threads: there are none',
  K23: 'an unknown topic does not fail fast: metadata/unknown-topic-times-out-after-max-block',
  K24: 'sequences wrap after 2^31 records: unit tests of the sequences',
}

const unused = (names: readonly string[], used: (name: string) => boolean): string[] =>
  names.filter((name) => !used(name))

test('scenario library: at least 80 files', () => {
  expect(texts.length).toBeGreaterThanOrEqual(80)
})

test('scenario library: every kind of fault acts in a scenario', () => {
  const used = new Set(
    scenarios.flatMap(({ scenario }) => scenario.faults.flatMap((rule) => Object.keys(rule.do ?? {}))),
  )
  expect(
    unused(
      faultKinds.map(({ key }) => key),
      (key) => used.has(key),
    ),
  ).toEqual([])
})

test('scenario library: every law is what some scenario is about', () => {
  const named = new Set(scenarios.flatMap(({ scenario }) => scenario.expect.map((one) => one['law'])))
  expect(
    unused(
      laws.map(({ name }) => name),
      (name) => named.has(name),
    ),
  ).toEqual([])
})

test('scenario library: every step and every expectation is used', () => {
  const keys = new Set(
    scenarios.flatMap(({ scenario }) => [...scenario.expect, ...scenario.workload].flatMap((one) => Object.keys(one))),
  )
  expect(unused([...Object.keys(steps), ...Object.keys(expectations)], (name) => keys.has(name))).toEqual([])
})

test('scenario library: every quirk K1 to K24 has a scenario, or a reason', () => {
  const quirks = Array.from({ length: 24 }, (_, i) => `K${i + 1}`)
  const shown = (quirk: string): boolean => texts.some((text) => new RegExp(`\\b${quirk}\\b`).test(text))
  expect(unused(quirks, (quirk) => shown(quirk) || quirk in quirksElsewhere)).toEqual([])
})
