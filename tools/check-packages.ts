/**
 * Packs every package as it would be published and asks two strangers about it: publint (is package.json right?) and
 * attw (do the types resolve as ESM and as CommonJS?). Run by `pnpm build`, after the packages are built.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const packages = readdirSync(join(root, 'packages')).sort()
const out = mkdtempSync(join(tmpdir(), 'harrow-pack-'))
let failed = 0

for (const name of packages) {
  const folder = join(root, 'packages', name)
  const packed = JSON.parse(run('pnpm', ['pack', '--json', '--pack-destination', out], folder)) as { filename: string }
  for (const [tool, args] of [
    ['publint', ['run', packed.filename, '--strict']],
    // node10 knows no `exports`; harrow needs Node 20 anyway.
    ['attw', [packed.filename, '--profile', 'node16', '--no-emoji', '--format', 'table-flipped']],
  ] as const) {
    try {
      run(join(root, 'node_modules', '.bin', tool), [...args], root)
      process.stdout.write(`${tool}: ${name} ok\n`)
    } catch (error) {
      failed++
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      process.stdout.write(`${tool}: ${name} FAILED\n${stdout ?? ''}${stderr ?? ''}\n`)
    }
  }
}

rmSync(out, { recursive: true })
process.exitCode = failed === 0 ? 0 : 1

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
