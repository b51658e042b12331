import { execFileSync } from 'node:child_process'

/**
 * The seed of tests that draw at random: `HARROW_SEED`, or the first 31 bits of the commit's hash, so that every commit
 * looks somewhere else and the same commit always at the same place. Outside a checkout it is 1.
 */
export function commitSeed(): number {
  const given = process.env['HARROW_SEED']
  if (given !== undefined && given !== '') return Number(given) | 0
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(commit.slice(0, 8), 16) >>> 1
  } catch {
    return 1
  }
}
