import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { clients } from '../src/commands/first-files.ts'
import { main } from '../src/commands/index.ts'
import { loadScenario } from '../src/scenario/load.ts'
import { runScenario } from '../src/scenario/run.ts'

const root = mkdtempSync(join(tmpdir(), 'harrow-init-'))
afterAll(() => rmSync(root, { recursive: true }))
let number = 0

function project(manifest: unknown): string {
  const folder = join(root, String(number++))
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest))
  return folder
}

async function init(...folders: string[]) {
  const written = { out: '', err: '' }
  const code = await main(['init', ...folders], '1.2.3', {
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    colour: false,
    env: {},
    interrupted: new AbortController().signal,
  })
  return { code, ...written }
}

test.each([
  ['vitest', { devDependencies: { vitest: '4' } }, 'lost-ack.test.mjs', "import { expect, test } from 'vitest'"],
  ['jest', { devDependencies: { jest: '30' } }, 'lost-ack.test.js', "require('@harrow/mock-broker')"],
  ['node:test', {}, 'lost-ack.test.cjs', "const { test } = require('node:test')"],
  ['node:test', { type: 'module' }, 'lost-ack.test.mjs', "import { test } from 'node:test'"],
])('harrow init: finds %s in %j', async (runner, manifest, file, line) => {
  const folder = project({ ...manifest, dependencies: { kafkajs: '2' } })
  const { code, out } = await init(folder)
  expect(code).toBe(0)
  expect(out).toContain(`Found ${runner} and kafkajs.`)
  expect(readdirSync(join(folder, 'test'))).toEqual([file])
  expect(readFileSync(join(folder, 'test', file), 'utf8')).toContain(line)
})

test.each(Object.keys(clients))('harrow init: with %s the test is a program that imports it', async (client) => {
  const folder = project({ type: 'module', dependencies: { [client]: '1' } })
  await init(folder)
  const file = join(folder, 'test/lost-ack.test.mjs')
  expect(readFileSync(file, 'utf8')).toContain(` from '${client}'`)
  execFileSync(process.execPath, ['--check', file])
})

test('harrow init: the scenario that it writes holds in the simulated world', async () => {
  const folder = project({})
  await init(folder)
  const scenario = await loadScenario(join(folder, 'scenarios/lost-ack.yaml'))
  expect(await runScenario(scenario, { world: 'simulated' })).toMatchObject({ outcome: 'passed' })
})

test('harrow init: asks to install what is missing, and nothing else', async () => {
  const asked = async (manifest: object) => /npm install .*/.exec((await init(project(manifest))).out)?.[0]
  expect(await asked({})).toBe('npm install --save-dev @harrow/mock-broker @harrow/harness @harrow/producer')
  const devDependencies = { '@harrow/harness': '1', kafkajs: '2' }
  expect(await asked({ devDependencies })).toBe('npm install --save-dev @harrow/mock-broker')
  expect(await asked({ devDependencies: { ...devDependencies, '@harrow/mock-broker': '1' } })).toBe(undefined)
})

test('harrow init: overwrites nothing', async () => {
  const folder = project({})
  mkdirSync(join(folder, 'scenarios'))
  writeFileSync(join(folder, 'scenarios/lost-ack.yaml'), 'mine')
  const { code, out } = await init(folder)
  expect(code).toBe(0)
  expect(out).toContain('kept scenarios/lost-ack.yaml, which was there')
  expect(out).toContain('wrote test/lost-ack.test.cjs')
  expect(readFileSync(join(folder, 'scenarios/lost-ack.yaml'), 'utf8')).toBe('mine')
})

test('harrow init: where there is no project it says so and writes nothing', async () => {
  const folder = join(root, 'empty')
  mkdirSync(folder)
  expect(await init(folder)).toMatchObject({ code: 2, err: expect.stringContaining('there is no project here') })
  expect(readdirSync(folder)).toEqual([])
  expect(await init(project('[not json'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('not a package.json'),
  })
})
