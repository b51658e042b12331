import { setImmediate } from 'node:timers/promises'
import { type ReporterName, reporters } from '../reporters/index.ts'
import { diagnosticLine, type LoadedScenario, loadScenarios } from '../scenario/load.ts'
import { runScenario, type ScenarioResult } from '../scenario/run.ts'
import { type WorldName, worldNames } from '../scenario/schema.ts'
import {
  aborted,
  type Command,
  type CommandContext,
  choice,
  exitCodes,
  type ParsedArguments,
  UsageError,
  wholeNumber,
} from './command.ts'

/** `harrow run`: scenarios in, verdicts out. */
export const run: Command = {
  operands: '<files, folders or globs...>',
  summary: 'Run scenarios and judge them',
  options: {
    world: { type: 'string', value: '<world>', doc: 'simulated, tcp or all. Default simulated.' },
    reporter: { type: 'string', value: '<format>', doc: 'pretty or json. Default pretty.' },
    seed: { type: 'string', value: '<number>', doc: "Seed of all chance, instead of the scenario's own." },
    name: { type: 'string', short: 't', value: '<text>', doc: 'Only scenarios whose name or file contains this.' },
    list: { type: 'boolean', doc: 'Only list what would run.' },
    bail: { type: 'boolean', doc: 'Stop at the first failure.' },
    timeout: { type: 'string', value: '<seconds>', doc: 'Real time that one run may take. Default 60.' },
  },
  examples: [
    'harrow run scenarios',
    'harrow run scenarios/delivery --world all --bail',
    "harrow run 'scenarios/**/*ack*.yaml' --seed 42 --reporter json",
  ],
  async run({ operands, values }, context) {
    if (operands.length === 0) throw new UsageError('harrow run needs files, folders or globs: harrow run scenarios')
    const reporterName: ReporterName = choice(values, 'reporter', Object.keys(reporters) as ReporterName[]) ?? 'pretty'
    const plan = await planRuns(operands, values, context)
    if (plan === undefined) return exitCodes.usage
    const { list, bail } = values
    if (list === true) {
      for (const { scenario, file, world } of plan) context.out(`${file}  ${world}  ${scenario.name}\n`)
      return exitCodes.ok
    }
    const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
    const timeoutSeconds = wholeNumber(values, 'timeout', { min: 1, max: 86_400 })
    const reporter = reporters[reporterName](context)
    const results: ScenarioResult[] = []
    const interruption = aborted(context.interrupted)
    const startedMs = performance.now()
    for (const [index, { scenario, file, world }] of plan.entries()) {
      // A simulated run never waits: without this, SIGINT would not be heard before the last one.
      await setImmediate()
      if (context.interrupted.aborted) break
      reporter.starting(scenario.name, index, plan.length)
      const running = runScenario(scenario, {
        world,
        file,
        ...(seed === undefined ? {} : { seed }),
        ...(timeoutSeconds === undefined ? {} : { realMsMax: timeoutSeconds * 1000 }),
      })
      // A run in real time may have seconds to go: nobody waits for it who pressed Ctrl-C.
      const result = await Promise.race([running, interruption])
      if (result === undefined) break
      results.push(result)
      reporter.result(result)
      if (result.outcome === 'failed' && bail === true) break
    }
    reporter.finished(results, performance.now() - startedMs)
    if (context.interrupted.aborted) return exitCodes.interrupted
    return results.some((result) => result.outcome === 'failed') ? exitCodes.failed : exitCodes.ok
  },
}

interface PlannedRun extends LoadedScenario {
  readonly world: WorldName
}

/** What to run; undefined when a file is invalid, which has been reported then. No scenario runs before all are valid. */
async function planRuns(
  patterns: readonly string[],
  values: ParsedArguments['values'],
  context: CommandContext,
): Promise<PlannedRun[] | undefined> {
  const world = choice(values, 'world', [...worldNames, 'all']) ?? 'simulated'
  const { scenarios, diagnostics } = await loadScenarios(patterns)
  if (diagnostics.length > 0) {
    for (const diagnostic of diagnostics) context.err(`${diagnosticLine(diagnostic)}\n`)
    return undefined
  }
  const { name: text } = values
  const chosen = scenarios.filter(
    ({ scenario, file }) => typeof text !== 'string' || scenario.name.includes(text) || file.includes(text),
  )
  if (chosen.length === 0)
    throw new UsageError(`-t ${String(text)}: none of ${scenarios.length} scenarios has that in its name or file`)
  return chosen.flatMap((one) =>
    worldNames.filter((name) => world === 'all' || world === name).map((name) => ({ ...one, world: name })),
  )
}
