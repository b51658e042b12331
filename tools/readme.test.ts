import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseArguments } from '../packages/harness/src/commands/command.ts'
import { commands } from '../packages/harness/src/commands/index.ts'

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

test('harness readme: its example is one that is run, and every entry that it names exists', () => {
  const text = read('packages/harness/README.md')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(text) ?? []
  expect(example).toBe(read('packages/harness/test/readme-example.test.ts'))
  const { exports } = JSON.parse(read('packages/harness/package.json')) as { exports: Record<string, unknown> }
  const rows = text.match(/^\| `@harrow.*?\|/gm)?.join() ?? ''
  const named = [...rows.matchAll(/`(?:@harrow\/harness)?(\/?[\w-]*)`/g)].map((match) => `.${match[1]}`)
  expect(named.sort()).toEqual(
    Object.keys(exports)
      .filter((name) => !name.endsWith('.json'))
      .sort(),
  )
})

test('other languages: its tests are files that `pnpm interop languages` runs', () => {
  const page = read('docs/other-languages.md')
  for (const [language, path] of [
    ['python', 'python/orders_test.py'],
    ['go', 'go/orders_test.go'],
    ['java', 'java/OrdersTest.java'],
  ]) {
    expect(page, path).toContain(`\`\`\`${language}\n${read(`examples/other-languages/${path}`)}\`\`\``)
  }
})

const pages = [
  'README.md',
  'interop/README.md',
  'examples/README.md',
  ...list('docs', /\.md$/),
  ...list('packages', /^[\w-]+\/README\.md$/),
  ...list('examples', /^[\w-]+\/README\.md$/),
]

test.each(pages)('%s: every file that it links to exists', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[\w-]*)?\)/g)].map((match) => match[1] as string)
  const local = links.filter((link) => !/^[a-z]+:/.test(link))
  expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
})

test.each(pages)('%s: every harrow command in it is one, with options that exist', (page) => {
  const code = [...read(page).matchAll(/^```(?:sh|yaml)\n([\s\S]*?)^```|^ {4}(.*)$/gm)].map(
    ([, block, line]) => block ?? line,
  )
  const called = code.flatMap((text) => [...(text ?? '').matchAll(/(?:^|npx |pnpm |pnpm@\S+ |- run: )harrow (.*)$/gm)])
  for (const [, line = ''] of called) {
    const words = line.replace(/\s+#.*/, '').match(/"[^"]*"|'[^']*'|\$\{\{.*?\}\}\S*|\S+/g) ?? []
    const [name = '', ...rest] = words
    expect(Object.keys(commands), line).toContain(name)
    expect(() => parseArguments(rest, commands[name]!.options), line).not.toThrow()
  }
})

function list(folder: string, path: RegExp): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => path.test(file.replaceAll('\\', '/'))).map((file) => `${folder}/${file}`)
}

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] as string,
  )
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
