import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, release, type } from 'node:os'

/** What a result belongs to. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly os: string
  readonly node: string
  readonly commit: string
  readonly date: string
}

export function thisMachine(): Machine {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' })
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    os: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    commit: git.status === 0 ? git.stdout.trim() : 'unknown',
    date: new Date().toISOString().slice(0, 10),
  }
}
