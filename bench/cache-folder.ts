import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder outside the tree for what is built for a bench: `$HARROW_BENCH_CACHE`, else one in the user's cache folder.
 * Deleting it costs the next run some minutes of compiling and nothing else.
 */
export function cacheFolder(...names: readonly string[]): string {
  const { HARROW_BENCH_CACHE, XDG_CACHE_HOME } = process.env
  const root = HARROW_BENCH_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'harrow-bench')
  const folder = join(root, ...names)
  mkdirSync(folder, { recursive: true })
  return folder
}
