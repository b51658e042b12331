import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Another state of this project, with its dependencies, ready to be bundled. */
export interface Checkout {
  /** For people: the commit, or the folder. */
  readonly name: string
  readonly bench: string
  /** Takes away what was made for it. */
  remove(): void
}

/**
 * `where` is a folder that is a checkout, or what git calls a commit, which is checked out into a temporary worktree and
 * installed from pnpm's store. Throws if it is neither.
 */
export function checkout(where: string): Checkout {
  const folder = resolve(where)
  if (existsSync(join(folder, 'bench', 'drivers'))) {
    return { name: where, bench: join(folder, 'bench'), remove: () => {} }
  }
  const named = spawnSync('git', ['rev-parse', '--verify', '--short', `${where}^{commit}`], {
    cwd: root,
    encoding: 'utf8',
  })
  if (named.status !== 0) throw new Error(`${where} is neither a checkout nor a commit`)
  const temporary = mkdtempSync(join(tmpdir(), 'harrow-compare-'))
  const remove = (): void => {
    spawnSync('git', ['worktree', 'remove', '--force', temporary], { cwd: root })
    rmSync(temporary, { recursive: true, force: true })
  }
  const commit = named.stdout.trim()
  try {
    run(['git', 'worktree', 'add', '--detach', temporary, commit], root)
    const { packageManager } = JSON.parse(readFileSync(join(temporary, 'package.json'), 'utf8')) as {
      packageManager: string
    }
    run(['npx', '-y', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'], temporary)
  } catch (error) {
    remove()
    throw error
  }
  return { name: commit, bench: join(temporary, 'bench'), remove }
}

function run(argv: readonly string[], cwd: string): void {
  const { status, stderr, stdout } = spawnSync(argv[0] ?? '', argv.slice(1), { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr || stdout}`)
}
