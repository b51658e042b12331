import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The version of an npm package that is a dependency here. */
export function installedVersion(name: string): string {
  // Not every package lets its package.json be resolved: look in the folders that would be searched.
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string }).version
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not installed`)
}
