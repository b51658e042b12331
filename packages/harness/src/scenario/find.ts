import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A pattern that matches no scenario file. */
export class NoScenarioError extends Error {
  override readonly name = 'NoScenarioError'
}

/**
 * Scenario files by file name, folder (searched to its depths) or glob with `*`, `**`, `?`: sorted, each once.
 * Throws NoScenarioError for a pattern that finds nothing: a typing mistake must not look like success.
 */
export async function findScenarios(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const pattern of patterns) {
    const files = /[*?]/.test(pattern) ? await glob(pattern) : await fileOrFolder(pattern)
    if (files.length === 0) throw new NoScenarioError(`${pattern}: no scenario files (*.yaml, *.yml) there`)
    for (const file of files) found.add(file)
  }
  return [...found].sort()
}

async function fileOrFolder(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => undefined)
  if (kind === undefined) throw new NoScenarioError(`${path}: no such file or folder`)
  return kind.isDirectory() ? walk(path) : [path]
}

/** Shells expand most globs; this is for quoted ones, and for shells that do not. */
async function glob(pattern: string): Promise<string[]> {
  const parts = pattern.replaceAll('\\', '/').split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /[*?]/.test(part)),
  )
  const root = fixed.length === 0 ? '.' : fixed.join('/') || '/'
  const matches = new RegExp(`^${globExpression(parts.slice(fixed.length))}$`)
  const isFolder = await stat(root).then(
    (kind) => kind.isDirectory(),
    () => false,
  )
  if (!isFolder) return []
  const prefix = root === '.' ? '' : `${root.replace(/\/$/, '')}/`
  return (await walk(root)).filter((file) => matches.test(file.slice(prefix.length)))
}

function globExpression(parts: readonly string[]): string {
  return parts
    .map((part, i) => {
      const isLast = i === parts.length - 1
      if (part === '**') return isLast ? '.*' : '(?:[^/]+/)*'
      const expression = part
        .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')
      return isLast ? expression : `${expression}/`
    })
    .join('')
}

async function walk(folder: string): Promise<string[]> {
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const path = folder === '.' ? entry.name : join(folder, entry.name)
    if (entry.isDirectory()) files.push(...(await walk(path)))
    else if (/\.ya?ml$/.test(entry.name)) files.push(path)
  }
  return files
}
