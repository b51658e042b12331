import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { getLanguageService } from 'yaml-language-server'
import { loadScenarios } from '../src/scenario/load.ts'

// The engine of the YAML extension of VS Code and of most other editors, with the schema as it is shipped.
const schema = readFileSync(new URL('../schema/scenario.schema.json', import.meta.url), 'utf8')
const engine = getLanguageService({
  // The first line of every scenario names the schema: this is what an editor reads there.
  schemaRequestService: async () => schema,
  workspaceContext: { resolveRelativePath: (path) => path },
  telemetry: { send: async () => {}, sendError: async () => {}, sendTrack: async () => {} },
} as Parameters<typeof getLanguageService>[0])
engine.configure({
  validate: true,
  completion: true,
  hover: true,
  customTags: [],
  schemas: [{ uri: 'file:///scenario.schema.json', fileMatch: ['*.yaml'], schema: JSON.parse(schema) }],
})

let number = 0
/** A name of its own for every document: the engine remembers what it parsed. */
function document(text: string): TextDocument {
  return TextDocument.create(`file:///${number++}.yaml`, 'yaml', 0, text)
}

/** What the engine offers where `|` stands. */
async function offered(marked: string): Promise<string[]> {
  const at = document(marked.replace('|', ''))
  const found = await engine.doComplete(at, at.positionAt(marked.indexOf('|')), false)
  return found.items.map(({ label }) => label)
}

async function hovered(marked: string): Promise<string> {
  const at = document(marked.replace('|', ''))
  return JSON.stringify((await engine.doHover(at, at.positionAt(marked.indexOf('|'))))?.contents)
}

async function complaints(text: string): Promise<string[]> {
  const found = await engine.doValidation(document(text), false)
  return found.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`)
}

test('editor: completes producer settings, kinds of faults, steps and laws', async () => {
  expect(await offered('name: x\nproducer:\n  |\n')).toEqual(expect.arrayContaining(['linger.ms', 'acks']))
  expect(await offered('name: x\nfaults:\n  - do:\n      |\n')).toEqual(expect.arrayContaining(['drop', 'kill-broker']))
  expect(await offered('name: x\nworkload:\n  - |\n')).toEqual(expect.arrayContaining(['produce', 'until', 'parallel']))
  expect(await offered('name: x\nexpect:\n  - law: |\n')).toEqual(expect.arrayContaining(['EXACTLY1', 'FLUSH']))
})

test('editor: knows several producers, whose settings they have, and that steps and expectations name them', async () => {
  expect(await offered('name: x\nproducers:\n  billing:\n    |\n')).toEqual(
    expect.arrayContaining(['linger.ms', 'acks']),
  )
  const step = 'name: x\nworkload:\n  - flush:\n    producer: billing\n  - parallel:\n      - - flush:\n'
  expect(await complaints(`${step}          producer: [a, b]\n      - - flush:\n`)).toEqual([])
  expect(await hovered(step.replace('prod', 'prod|'))).toContain('a name, a list of names, or `all`')
  const expected = 'name: x\nworkload: [{ flush: }]\nexpect:\n  - delivered: all\n'
  expect(await complaints(`${expected}    producer: billing\n`)).toEqual([])
  expect(await complaints(`${expected}    prducer: billing\n`)).not.toEqual([])
  expect(await complaints('name: x\nworkload: [{ flush: }]\nproducers: { a: { lingr.ms: 5 } }\n')).toEqual([
    '3:19 Property lingr.ms is not allowed.',
  ])
})

test('editor: says on hover what a key means', async () => {
  expect(await hovered('name: x\nproducer:\n  lin|ger.ms: 5\n')).toContain('waits for more records')
  expect(await hovered('name: x\nmat|rix: {}\n')).toContain('every combination is a run of its own')
})

test('editor: marks what harrow validate refuses, at the same place', async () => {
  expect(await complaints('name: x\nworkload:\n  - produce: { topic: orders, recods: 5 }\nexepct: []\n')).toEqual([
    '3:5 Missing property "records".',
    '3:31 Property recods is not allowed.',
    '4:1 Property exepct is not allowed.',
  ])
})

test('editor: has nothing against any scenario of the library', async () => {
  const { scenarios } = await loadScenarios([new URL('../../../scenarios', import.meta.url).pathname])
  const wrong: string[] = []
  for (const file of new Set(scenarios.map((one) => one.file))) {
    wrong.push(...(await complaints(readFileSync(file, 'utf8'))).map((line) => `${file}:${line}`))
  }
  expect(wrong).toEqual([])
})
