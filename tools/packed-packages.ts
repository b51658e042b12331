import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/**
 * Packs every package as it would be published, into `folder`. The tarballs by name of the package. Throws if they have not
 * been built: `pnpm build`.
 */
export function packPackages(folder: string): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true })
  const tarballs = new Map<string, string>()
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const cwd = join(root, 'packages', name)
    if (!existsSync(join(cwd, 'dist'))) throw new Error(`packages/${name} has not been built: pnpm build`)
    const packed = execFileSync('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd, encoding: 'utf8' })
    tarballs.set(`@harrow/${name}`, (JSON.parse(packed) as { filename: string }).filename)
  }
  return tarballs
}
