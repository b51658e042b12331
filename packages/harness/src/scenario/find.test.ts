import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findScenarios, NoScenarioError } from './find.ts'

const root = mkdtempSync(join(tmpdir(), 'harrow-find-'))
for (const file of [
  'a/lost-ack.yaml',
  'a/deep/ack.yml',
  'b/other.yaml',
  'b/notes.md',
  'b/.hidden/no.yaml',
  'b/node_modules/no.yaml',
]) {
  mkdirSync(join(root, file, '..'), { recursive: true })
  writeFileSync(join(root, file), '')
}
afterAll(() => rmSync(root, { recursive: true }))

const found = async (...patterns: string[]): Promise<string[]> =>
  (await findScenarios(patterns.map((pattern) => join(root, pattern)))).map((file) => file.slice(root.length + 1))

test('find: a folder gives the scenario files in it, to its depths, sorted', async () => {
  expect(await found('.')).toEqual(['a/deep/ack.yml', 'a/lost-ack.yaml', 'b/other.yaml'])
})

test.each([
  ['*/*.yaml', ['a/lost-ack.yaml', 'b/other.yaml']],
  ['**/*ack*', ['a/deep/ack.yml', 'a/lost-ack.yaml']],
  ['a/**', ['a/deep/ack.yml', 'a/lost-ack.yaml']],
  ['?/oth?r.yaml', ['b/other.yaml']],
])('find: the glob %s', async (pattern, files) => {
  expect(await found(pattern)).toEqual(files)
})

test('find: a file that two patterns give is there once', async () => {
  expect(await found('a/lost-ack.yaml', 'a')).toEqual(['a/deep/ack.yml', 'a/lost-ack.yaml'])
})

test.each(['c', 'c/*.yaml', 'a/*.json'])('find: %s finds nothing and says so', async (pattern) => {
  await expect(found(pattern)).rejects.toThrow(NoScenarioError)
})
