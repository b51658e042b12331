import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder outside the tree for what was downloaded or built: `$HARROW_INTEROP_CACHE`, else one in the system's
 * temporary folder. Deleting it costs the next run some time and nothing else.
 */
export function cacheFolder(...names: readonly string[]): string {
  const { HARROW_INTEROP_CACHE: root = join(tmpdir(), 'harrow-interop') } = process.env
  const folder = join(root, ...names)
  mkdirSync(folder, { recursive: true })
  return folder
}
