import { diagnosticLine, loadScenarios } from '../scenario/load.ts'
import type { RunTask } from '../scenario/run-many.ts'
import { worldNames } from '../scenario/schema.ts'
import { type CommandContext, choice, type ParsedArguments, UsageError, wholeNumber } from './command.ts'

/**
 * What to run, in order; undefined when a file is invalid, which has been reported then: no scenario runs before all are
 * valid. Throws UsageError for options that leave nothing to run, NoScenarioError for a pattern that finds nothing.
 */
export async function planRuns(
  patterns: readonly string[],
  values: ParsedArguments['values'],
  context: CommandContext,
): Promise<RunTask[] | undefined> {
  const { subject: asked, from, name: text } = values
  const world = worldOf(values)
  const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
  const timeoutSeconds = wholeNumber(values, 'timeout', { min: 1, max: 86_400 })
  const subject = typeof asked === 'string' ? { asked, from: typeof from === 'string' ? from : '.' } : undefined
  const isReported = values['report'] !== undefined
  const realMsMax = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000
  const { scenarios, diagnostics } = await loadScenarios(patterns)
  if (diagnostics.length > 0) {
    for (const diagnostic of diagnostics) context.err(`${diagnosticLine(diagnostic)}\n`)
    return undefined
  }
  const chosen = scenarios.filter(
    ({ scenario, file }) => typeof text !== 'string' || scenario.name.includes(text) || file.includes(text),
  )
  if (chosen.length === 0)
    throw new UsageError(`-t ${String(text)}: none of ${scenarios.length} scenarios has that in its name or file`)
  const runs = chosen.flatMap((one) =>
    worldNames
      .filter((name) => world === 'all' || world === name)
      .map((name) => ({ ...one, world: name, seed, realMsMax, subject, isReported })),
  )
  return shardOf(runs, values)
}

function worldOf(values: ParsedArguments['values']): RunTask['world'] | 'all' {
  const asked = choice(values, 'world', [...worldNames, 'all'])
  if (values['subject'] === undefined) return asked ?? 'simulated'
  // A client of somebody else's has sockets and a clock of its own.
  if (asked !== undefined && asked !== 'tcp') throw new UsageError(`--world ${asked}: a subject runs over TCP only`)
  return 'tcp'
}

/** The same split on every machine: run number r belongs to shard r mod n. */
function shardOf(runs: RunTask[], { shard }: ParsedArguments['values']): RunTask[] {
  if (shard === undefined) return runs
  const match = /^(\d+)\/(\d+)$/.exec(String(shard))
  const [index, count] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || index < 1 || index > count) {
    throw new UsageError(`--shard ${String(shard)}: expected i/n, with i from 1 to n`)
  }
  return runs.filter((_, number) => number % count === index - 1)
}
