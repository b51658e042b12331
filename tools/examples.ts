/**
 * Runs the examples as their users would: each is copied out of this repository, installed with npm from the packed packages,
 * and tested. `pnpm examples`, or `pnpm examples kafkajs-jest`; after `pnpm build`.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packPackages } from './packed-packages.ts'

const root = join(import.meta.dirname, '..')
const asked = process.argv.slice(2)
const known = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'package.json')),
)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`no example ${unknown.join(', ')}; there are ${known.join(', ')}`)

const folder = mkdtempSync(join(tmpdir(), 'harrow-examples-'))
let failed = 0
try {
  const tarballs = packPackages(join(folder, 'packed'))
  // One after another: they are quick, and what they print stays readable.
  for (const name of asked.length > 0 ? asked : known) {
    const startedMs = performance.now()
    const { ok, output } = await runExample(name, tarballs)
    if (!ok) failed++
    process.stdout.write(
      `${ok ? 'passed' : 'FAILED'}  ${name}  ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`,
    )
    if (!ok) process.stdout.write(output)
  }
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = failed === 0 ? 0 : 1

async function runExample(
  name: string,
  tarballs: ReadonlyMap<string, string>,
): Promise<{ ok: boolean; output: string }> {
  const project = join(folder, name)
  cpSync(join(root, 'examples', name), project, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  // They are not published yet: every @harrow package comes from its tarball, those that others need as well.
  const file = join(project, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>
  const packed = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]))
  const others = (kind: string): Record<string, string> =>
    Object.fromEntries(Object.entries(manifest[kind] ?? {}).filter(([name]) => !tarballs.has(name)))
  manifest['dependencies'] = others('dependencies')
  manifest['devDependencies'] = { ...others('devDependencies'), ...packed }
  writeFileSync(file, JSON.stringify(manifest, null, 2))
  const install = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], project)
  return install.ok ? run('npm', ['test'], project) : install
}

function run(command: string, args: readonly string[], cwd: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ ok: error === null, output: out + err }),
    )
  })
}
