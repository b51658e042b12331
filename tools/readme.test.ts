import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const readme = read('README.md')

test.each([
  ['ts', 'packages/mock-broker/test/readme-example.test.ts'],
  ['yaml', 'scenarios/idempotence/lost-ack-is-not-a-duplicate.yaml'],
])('readme: its %s example is %s, which is run', (language, path) => {
  expect(blocks(language)).toContain(read(path))
})

test('simulation: its example is one that is run, and every file it names exists', () => {
  const text = read('docs/simulation.md')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(text) ?? []
  expect(example).toBe(read('packages/harness/test/property-example.test.ts'))
  const named = [...text.matchAll(/`((?:packages|scenarios|mutants)\/[\w./-]*)`/g)].map((match) => match[1] as string)
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('readme: its scripts exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/pnpm@10\.34\.9 ([\w:-]+)/g)].map((match) => match[1] as string)
  expect(named.length).toBeGreaterThan(2)
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})

test('architecture: every file it names exists', () => {
  const named = [...read('docs/architecture.md').matchAll(/`((?:packages|scenarios|tools)\/[\w./-]+)`/g)].map(
    (m) => m[1] as string,
  )
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] as string,
  )
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
