import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Thrown when the user's project does not have a client. */
export class MissingClientError extends Error {
  override readonly name = 'MissingClientError'
}

export interface ClientPackage {
  readonly version: string
  load(): Promise<unknown>
}

/**
 * A package as the project in the folder `from` has it: looked up in its node_modules and those above, as Node does.
 * (Not `require.resolve`, which cannot find a package that is ESM only.) Throws MissingClientError.
 */
export function clientPackage(name: string, from: string): ClientPackage {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return packageAt(found)
    if (folder === dirname(folder)) break
  }
  throw new MissingClientError(`${name} is not installed in ${resolve(from)}: npm install ${name}`)
}

function packageAt(folder: string): ClientPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
    main?: string
    exports?: unknown
  }
  return {
    version: manifest.version,
    async load() {
      const entry = entryOf(manifest.exports) ?? manifest.main ?? 'index.js'
      const loaded = (await import(pathToFileURL(fileOf(folder, entry)).href)) as { default?: object }
      // Named exports of CommonJS are guessed by Node; the default export always has them all.
      return { ...loaded.default, ...loaded }
    },
  }
}

/** `main` may be a folder, or lack its ending. */
function fileOf(folder: string, entry: string): string {
  const candidates = [entry, `${entry}.js`, join(entry, 'index.js')].map((one) => join(folder, one))
  return candidates.find((file) => existsSync(file) && /\.[cm]?[jt]s$/.test(file)) ?? join(folder, entry)
}

/** The main entry in `exports`, for an importer on Node. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  const conditions = exports as Readonly<Record<string, unknown>>
  for (const key of [
    '.',
    ...(process.execArgv.join(' ').includes('@harrow/source') ? ['@harrow/source'] : []),
    'node',
    'import',
    'default',
    'require',
  ]) {
    const entry = Object.hasOwn(conditions, key) ? entryOf(conditions[key]) : undefined
    if (entry !== undefined) return entry
  }
  return undefined
}
