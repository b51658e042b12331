import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Where promises begin and end: everything else in the cores is a synchronous state machine. */
const facades = [
  'packages/protocol/src/node.ts',
  'packages/producer/src/producer.ts',
  'packages/producer/src/facade/',
  'packages/producer/src/index.ts',
  'packages/mock-broker/src/broker-handle.ts',
  'packages/mock-broker/src/mock-cluster.ts',
  'packages/mock-broker/src/control/server.ts',
  'packages/mock-broker/src/index.ts',
]

const floating = 'async function later(): Promise<void> {}\nexport function now(): void {\n  later()\n}'

/** Package, code somewhere in its core, the rule it breaks (none: it is allowed). */
const cases: readonly (readonly [name: string, code: string, rule: string | undefined])[] = [
  ['protocol', "import '@harrow/runtime'", 'noRestrictedImports'],
  ['runtime', "import '@harrow/protocol'", 'noRestrictedImports'],
  ['producer', "import '@harrow/mock-broker'", 'noRestrictedImports'],
  ['producer', "import '@harrow/mock-broker/core'", 'noRestrictedImports'],
  ['producer', "import '@harrow/runtime/node'", 'noRestrictedImports'],
  ['mock-broker', "import '@harrow/producer'", 'noRestrictedImports'],
  ['mock-broker', "import 'node:net'", 'noRestrictedImports'],
  ['producer', 'export const now: number = Date.now()', 'noRestrictedGlobals'],
  ['mock-broker', 'setTimeout(() => {}, 1)', 'noRestrictedGlobals'],
  ['protocol', 'export const bytes: unknown = Buffer.alloc(1)', 'noRestrictedGlobals'],
  ['harness', floating, 'noFloatingPromises'],
  ['harness', "import '@harrow/producer'\nimport '@harrow/mock-broker'", undefined],
  ['producer', "import '@harrow/protocol'\nimport '@harrow/runtime'", undefined],
]

const broken = lint(cases)

test.each(cases.map((one, index) => ({ name: one[0], code: one[1], rule: one[2], index })))(
  'boundaries: in the core of $name, `$code` breaks $rule',
  ({ rule, index }) => {
    expect(broken[index]).toEqual(rule === undefined ? [] : [rule])
  },
)

test('boundaries: no core knows promises, outside the facades', () => {
  const found: string[] = []
  for (const name of ['protocol', 'producer', 'mock-broker']) {
    for (const file of sources(join(root, 'packages', name, 'src'))) {
      const path = relative(root, file)
      if (facades.some((facade) => path === facade || (facade.endsWith('/') && path.startsWith(facade)))) continue
      // Comments may speak of promises.
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      if (/\basync\b|\bawait\b|\bPromise\b/.test(code)) found.push(path)
    }
  }
  expect(found).toEqual([])
})

/** Lints every case with this project's rules, in a tree of the same shape; gives the boundary rules each breaks. */
function lint(codes: typeof cases): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'harrow-lint-'))
  copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  codes.forEach(([name, code], index) => {
    mkdirSync(join(folder, `packages/${name}/src`), { recursive: true })
    writeFileSync(join(folder, `packages/${name}/src/case-${index}.ts`), `${code}\n`)
  })
  const args = ['lint', '--vcs-enabled=false', '--colors=off', '--max-diagnostics=none', '.']
  const { stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return codes.map((_, index) => {
    const said = [
      ...stderr.matchAll(
        new RegExp(`case-${index}\\.ts:\\d+:\\d+ lint/\\w+/(noRestricted\\w+|noFloatingPromises)`, 'g'),
      ),
    ]
    return [...new Set(said.map((match) => match[1] as string))]
  })
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}
