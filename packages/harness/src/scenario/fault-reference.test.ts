import { readFileSync } from 'node:fs'
import { type FaultRule, faultKinds, parseFaultRule } from '@harrow/mock-broker/core'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { faultReference, faultTable } from './fault-reference.ts'

const root = new URL('../../../../', import.meta.url)

test('fault reference: docs/faults.md is up to date (harrow faults > docs/faults.md)', () => {
  expect(readFileSync(new URL('docs/faults.md', root), 'utf8')).toBe(faultReference())
})

test('fault reference: every example in it is a rule, the one that the tests of the cluster run', () => {
  const blocks = [...faultReference().matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => parse(yaml ?? ''))
  const [first, ...rest] = blocks as FaultRule[]
  expect(parseFaultRule(first)).toHaveProperty('rule')
  expect(rest.toSorted(byJson)).toEqual(faultKinds.map(({ example }) => example.rule).toSorted(byJson))
})

test('fault table: its examples are the same rules in one line each', () => {
  const rows = faultTable().split('\n').slice(2, -1)
  const rules = rows.map((row) => parse(/`([^`]*)` \|$/.exec(row)?.[1] ?? ''))
  expect(rules).toEqual(faultKinds.map(({ example }) => example.rule))
})

test('fault table: the README of the cluster has it (harrow faults --table, between the marks)', () => {
  const readme = readFileSync(new URL('packages/mock-broker/README.md', root), 'utf8')
  const [, table] = /<!-- fault table: begin -->\n([\s\S]*)<!-- fault table: end -->/.exec(readme) ?? []
  expect(table?.trim()).toBe(faultTable().trim())
})

function byJson(a: FaultRule, b: FaultRule): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
