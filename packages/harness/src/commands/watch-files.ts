import { stat } from 'node:fs/promises'
import { setTimeout as passed } from 'node:timers/promises'
import { findScenarios, NoScenarioError } from '../scenario/find.ts'
import { type CommandContext, exitCodes, UsageError } from './command.ts'

const lookEveryMs = 200

interface Watch {
  /** Files whose change concerns every scenario: the subject. */
  readonly also: readonly string[]
  run(patterns: readonly string[]): Promise<number>
}

/**
 * Runs everything, then what has changed, until it is interrupted. Throws NoScenarioError for a pattern that finds nothing
 * to begin with. Files are looked at, not watched: editors that save by
 * renaming, new folders and network file systems need no special case, and two hundred stats take a few milliseconds.
 */
export async function watchFiles(
  patterns: readonly string[],
  { also, run }: Watch,
  context: CommandContext,
): Promise<number> {
  const { interrupted, err } = context
  // A pattern that finds nothing is a typing mistake, to begin with.
  await findScenarios(patterns)
  let seen = await stampsOf(patterns, also)
  let changed: readonly string[] = patterns
  while (!interrupted.aborted) {
    if (changed.length > 0) {
      await told(() => run(changed), context)
      if (interrupted.aborted) break
      err(`watching ${seen.size} ${seen.size === 1 ? 'file' : 'files'}; Ctrl-C ends\n`)
    }
    await passed(lookEveryMs, undefined, { signal: interrupted }).catch(() => {})
    const now = await stampsOf(patterns, also)
    const files = [...now.keys()].filter((file) => now.get(file) !== seen.get(file))
    if (files.length > 0) err(`\nchanged: ${files.join(', ')}\n`)
    changed = files.some((file) => also.includes(file)) ? patterns : files
    seen = now
  }
  return exitCodes.interrupted
}

/** Who edits makes mistakes on the way: they are told, and end nothing. */
async function told(run: () => Promise<unknown>, { err }: CommandContext): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof NoScenarioError)) throw error
    err(`harrow: ${error.message}\n`)
  }
}

/** What tells one state of a file from another, by file. */
async function stampsOf(patterns: readonly string[], also: readonly string[]): Promise<Map<string, string>> {
  const stamps = new Map<string, string>()
  for (const file of [...(await found(patterns)), ...also]) {
    const facts = await stat(file).catch(() => undefined)
    if (facts !== undefined) stamps.set(file, `${facts.mtimeMs} ${facts.size} ${facts.ino}`)
  }
  return stamps
}

async function found(patterns: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const pattern of patterns) {
    try {
      files.push(...(await findScenarios([pattern])))
    } catch (error) {
      // All of them may be gone for a moment.
      if (!(error instanceof NoScenarioError)) throw error
    }
  }
  return files
}
