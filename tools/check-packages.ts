/**
 * Packs every package as it would be published and asks two strangers about it: publint (is package.json right?) and
 * attw (do the types resolve as ESM and as CommonJS?). Then a cluster is started out of the packed files, once by
 * `require`, as Jest does, and once by `import`, and every entry that needs no other package is required. Run by `pnpm build`, after the packages are built.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packPackages } from './packed-packages.ts'

const root = join(import.meta.dirname, '..')
const out = mkdtempSync(join(tmpdir(), 'harrow-pack-'))
let failed = 0

for (const [packageName, tarball] of packPackages(out)) {
  const name = packageName.slice('@harrow/'.length)
  for (const [tool, args] of [
    ['publint', ['run', tarball, '--strict']],
    // node10 knows no `exports`; harrow needs Node 20 anyway. An entry for vitest is ESM only, as vitest is.
    [
      'attw',
      [
        tarball,
        '--profile',
        'node16',
        '--ignore-rules',
        'cjs-resolves-to-esm',
        '--no-emoji',
        '--format',
        'table-flipped',
      ],
    ],
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
  unpack(name, tarball)
}

const used = `MockCluster.start({ topics: { orders: 1 } }).then((cluster) => cluster.stop()).then(() => console.log('started'))`
for (const [how, args] of [
  ['require', ['--eval', `const { MockCluster } = require('@harrow/mock-broker'); ${used}`]],
  ['import', ['--input-type=module', '--eval', `import { MockCluster } from '@harrow/mock-broker'; await ${used}`]],
] as const) {
  try {
    if (run('node', [...args], out).trim() !== 'started') throw new Error('no cluster started')
    process.stdout.write(`a packed cluster by ${how} ok\n`)
  } catch (error) {
    failed++
    const { stderr, message } = error as { stderr?: string; message: string }
    process.stdout.write(`a packed cluster by ${how} FAILED\n${stderr || message}\n`)
  }
}

// Peers are not there: an entry that does not name one must not need one.
const alone = [
  'harness',
  'harness/testing',
  'harness/jest',
  'harness/global-setup',
  'harness/global-teardown',
  'producer',
]
for (const entry of alone) {
  try {
    run('node', ['--eval', `require('@harrow/${entry}')`], out)
    process.stdout.write(`require of @harrow/${entry} ok\n`)
  } catch (error) {
    failed++
    process.stdout.write(`require of @harrow/${entry} FAILED\n${(error as { stderr?: string }).stderr}\n`)
  }
}

rmSync(out, { recursive: true })
process.exitCode = failed === 0 ? 0 : 1

/** As an install would lay it out, with the dependencies of others taken from this workspace. */
function unpack(name: string, tarball: string): void {
  const folder = join(out, 'node_modules', '@harrow', name)
  mkdirSync(folder, { recursive: true })
  run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], out)
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  for (const dependency of Object.keys(dependencies)) {
    const link = join(out, 'node_modules', dependency)
    if (dependency.startsWith('@harrow/') || existsSync(link)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(join(root, 'packages', name, 'node_modules', dependency)), link)
  }
}

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
