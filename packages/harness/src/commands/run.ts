import { writeFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type Reporter, type ReporterName, type ReporterOutput, reporters } from '../reporters/index.ts'
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
import { fromOption, subjectOf, subjectOption } from './subject-option.ts'

const reporterNames = Object.keys(reporters) as ReporterName[]

/** `harrow run`: scenarios in, verdicts out. */
export const run: Command = {
  operands: '<files, folders or globs...>',
  summary: 'Run scenarios and judge them',
  options: {
    world: { type: 'string', value: '<world>', doc: 'simulated, tcp or all. Default simulated.' },
    reporter: {
      type: 'string',
      multiple: true,
      value: '<format[=file]>',
      doc: `${Object.keys(reporters).join(', ')}; may be repeated, each but one with a file. Default pretty.`,
    },
    subject: subjectOption,
    from: fromOption,
    seed: { type: 'string', value: '<number>', doc: "Seed of all chance, instead of the scenario's own." },
    name: { type: 'string', short: 't', value: '<text>', doc: 'Only scenarios whose name or file contains this.' },
    list: { type: 'boolean', doc: 'Only list what would run.' },
    bail: { type: 'boolean', doc: 'Stop at the first failure.' },
    shard: { type: 'string', value: '<i/n>', doc: 'Only every n-th run, from the i-th: the n shards are all of it.' },
    timeout: { type: 'string', value: '<seconds>', doc: 'Real time that one run may take. Default 60.' },
  },
  examples: [
    'harrow run scenarios',
    'harrow run scenarios/delivery --world all --bail',
    'harrow run scenarios --subject kafkajs',
    "harrow run 'scenarios/**/*ack*.yaml' --seed 42 --reporter json",
  ],
  async run({ operands, values }, context) {
    if (operands.length === 0) throw new UsageError('harrow run needs files, folders or globs: harrow run scenarios')
    const reporting = openReporters(values, context)
    const subject = subjectOf(values)
    const plan = await planRuns(operands, values, context)
    if (plan === undefined) return exitCodes.usage
    const { list, bail } = values
    if (list === true) {
      for (const { scenario, file, world } of plan) context.out(`${file}  ${world}  ${scenario.name}\n`)
      return exitCodes.ok
    }
    const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
    const timeoutSeconds = wholeNumber(values, 'timeout', { min: 1, max: 86_400 })
    const results: ScenarioResult[] = []
    const interruption = aborted(context.interrupted)
    const startedMs = performance.now()
    for (const [index, { scenario, file, world }] of plan.entries()) {
      // A simulated run never waits: without this, SIGINT would not be heard before the last one.
      await setImmediate()
      if (context.interrupted.aborted) break
      for (const { reporter } of reporting) reporter.starting(scenario.name, index, plan.length)
      const running = runScenario(scenario, {
        world,
        file,
        ...(subject === undefined ? {} : { subject }),
        ...(seed === undefined ? {} : { seed }),
        ...(timeoutSeconds === undefined ? {} : { realMsMax: timeoutSeconds * 1000 }),
      })
      // A run in real time may have seconds to go: nobody waits for it who pressed Ctrl-C.
      const result = await Promise.race([running, interruption])
      if (result === undefined) break
      results.push(result)
      for (const { reporter } of reporting) reporter.result(result)
      if (result.outcome === 'failed' && bail === true) break
    }
    for (const { reporter, close } of reporting) {
      reporter.finished(results, performance.now() - startedMs)
      close()
    }
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
  const asked = choice(values, 'world', [...worldNames, 'all'])
  // A client of somebody else's has sockets and a clock of its own.
  if (values['subject'] !== undefined && asked !== undefined && asked !== 'tcp')
    throw new UsageError(`--world ${asked}: a subject runs over TCP only`)
  const world = values['subject'] === undefined ? (asked ?? 'simulated') : 'tcp'
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
  const runs = chosen.flatMap((one) =>
    worldNames.filter((name) => world === 'all' || world === name).map((name) => ({ ...one, world: name })),
  )
  return shardOf(runs, values)
}

/** The same split on every machine: run number r belongs to shard r mod n. */
function shardOf(runs: PlannedRun[], { shard }: ParsedArguments['values']): PlannedRun[] {
  if (shard === undefined) return runs
  const match = /^(\d+)\/(\d+)$/.exec(String(shard))
  const [index, count] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || index < 1 || index > count) {
    throw new UsageError(`--shard ${String(shard)}: expected i/n, with i from 1 to n`)
  }
  return runs.filter((_, number) => number % count === index - 1)
}

interface OpenReporter {
  readonly reporter: Reporter
  close(): void
}

/** `--reporter junit=report.xml` writes a file; one reporter, by default pretty, writes to the terminal. */
function openReporters({ reporter: asked }: ParsedArguments['values'], context: CommandContext): OpenReporter[] {
  const texts = Array.isArray(asked) ? (asked as readonly string[]) : []
  const wanted = (texts.length > 0 ? texts : ['pretty']).map((text) => {
    const at = text.indexOf('=')
    const name = choice({ reporter: at < 0 ? text : text.slice(0, at) }, 'reporter', reporterNames) ?? 'pretty'
    const file = at < 0 ? undefined : text.slice(at + 1)
    if (file === '') throw new UsageError(`--reporter ${text}: which file? As in ${name}=report.xml`)
    return { name, file }
  })
  if (wanted.filter(({ file }) => file === undefined).length > 1) {
    throw new UsageError(
      '--reporter: only one can write to the terminal; give the others a file, as in junit=report.xml',
    )
  }
  return wanted.map(({ name, file }) => {
    if (file === undefined) return { reporter: reporters[name](context), close: () => {} }
    const parts: string[] = []
    const output: ReporterOutput = { out: (text) => void parts.push(text), err: () => {}, colour: false }
    return { reporter: reporters[name](output), close: () => writeFileSync(file, parts.join('')) }
  })
}
