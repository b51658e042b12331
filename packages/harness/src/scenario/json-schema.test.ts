import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { jsonSchema } from './json-schema.ts'

test('json schema: the file in the package is up to date (harrow schema > packages/harness/schema/scenario.schema.json)', () => {
  const file = new URL('../../schema/scenario.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchema())
})

test('json schema: every key has a description, which editors show', () => {
  const without: string[] = []
  const visit = ({ properties = {}, anyOf = [], items }: Node, path: string): void => {
    for (const [key, value] of Object.entries(properties)) {
      // A single-key map: its step or expectation describes itself by its fields.
      const isBranch = path.endsWith('[]') && Object.keys(properties)[0] === key
      if (value.description === undefined && !isBranch) without.push(`${path}.${key}`)
      visit(value, `${path}.${key}`)
    }
    for (const option of anyOf) visit(option, path)
    if (items !== undefined) visit(items, `${path}[]`)
  }
  visit(jsonSchema() as Node, 'scenario')
  expect(without).toEqual([])
})

interface Node {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly anyOf?: readonly Node[]
  readonly items?: Node
}
