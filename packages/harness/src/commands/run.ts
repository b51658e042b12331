import type { ScenarioResult } from '../scenario/run.ts'
import { type RunTask, runMany } from '../scenario/run-many.ts'
import {
  type Command,
  type CommandContext,
  exitCodes,
  type ParsedArguments,
  UsageError,
  wholeNumber,
} from './command.ts'
import { openReport, reportOption } from './report-option.ts'
import { openReporters, reporterOption } from './reporter-option.ts'
import { planRuns } from './run-plan.ts'
import { fromOption, subjectOf, subjectOption } from './subject-option.ts'
import { watchFiles } from './watch-files.ts'

/** `harrow run`: scenarios in, verdicts out. */
export const run: Command = {
  operands: '<files, folders or globs...>',
  summary: 'Run scenarios and judge them',
  options: {
    world: { type: 'string', value: '<world>', doc: 'simulated, tcp or all. Default simulated.' },
    reporter: reporterOption,
    subject: subjectOption,
    from: fromOption,
    seed: { type: 'string', value: '<number>', doc: "Seed of all chance, instead of the scenario's own." },
    name: { type: 'string', short: 't', value: '<text>', doc: 'Only scenarios whose name or file contains this.' },
    list: { type: 'boolean', doc: 'Only list what would run.' },
    bail: { type: 'boolean', doc: 'Stop at the first failure.' },
    workers: { type: 'string', value: '<count>', doc: 'Threads. Results come in the same order. Default 1.' },
    shard: { type: 'string', value: '<i/n>', doc: 'Only every n-th run, from the i-th: the n shards are all of it.' },
    report: reportOption,
    watch: { type: 'boolean', doc: 'Run again what has changed, until it is interrupted.' },
    timeout: { type: 'string', value: '<seconds>', doc: 'Real time that one run may take. Default 60.' },
  },
  examples: [
    'harrow run scenarios',
    'harrow run scenarios --watch',
    'harrow run scenarios/delivery --world all --workers 2 --bail',
    'harrow run scenarios --subject kafkajs',
    'harrow run scenarios/ordering --report report.html',
    "harrow run 'scenarios/**/*ack*.yaml' --seed 42 --reporter json",
  ],
  notes: ['In GitHub Actions, --reporter github writes annotations and the step summary.'],
  async run({ operands, values }, context) {
    if (operands.length === 0) throw new UsageError('harrow run needs files, folders or globs: harrow run scenarios')
    const { watch, list, shard } = values
    if (watch === true && (list === true || shard !== undefined))
      throw new UsageError(`--watch does not go with --${list === true ? 'list' : 'shard'}`)
    // Wrong options are told before anything runs.
    wholeNumber(values, 'workers', workersRange)
    openReporters(values, context)
    openReport(values, context.version)
    const subject = subjectOf(values)
    const once = (patterns: readonly string[]) => runOnce(patterns, values, context)
    if (watch !== true) return once(operands)
    return watchFiles(operands, { also: subject?.file === undefined ? [] : [subject.file], run: once }, context)
  },
}

const workersRange = { min: 1, max: 256 }

async function runOnce(
  patterns: readonly string[],
  values: ParsedArguments['values'],
  context: CommandContext,
): Promise<number> {
  const plan = await planRuns(patterns, values, context)
  if (plan === undefined) return exitCodes.usage
  if (values['list'] === true) {
    for (const { scenario, file, world } of plan) context.out(`${file}  ${world}  ${scenario.name}\n`)
    return exitCodes.ok
  }
  const results = await report(plan, values, context)
  if (context.interrupted.aborted) return exitCodes.interrupted
  return results.some((result) => result.outcome === 'failed') ? exitCodes.failed : exitCodes.ok
}

async function report(
  plan: readonly RunTask[],
  values: ParsedArguments['values'],
  context: CommandContext,
): Promise<readonly ScenarioResult[]> {
  const reporting = openReporters(values, context)
  const page = openReport(values, context.version)
  const results: ScenarioResult[] = []
  const startedMs = performance.now()
  await runMany(plan, {
    workers: wholeNumber(values, 'workers', workersRange) ?? 1,
    interrupted: context.interrupted,
    onStart: (index) => {
      for (const { reporter } of reporting) reporter.starting(plan[index]!.scenario.name, index, plan.length)
    },
    onResult: (told) => {
      page?.add(told)
      // Large, and nobody else's business.
      const { reported: _, ...result } = told
      results.push(result)
      for (const { reporter } of reporting) reporter.result(result)
      return values['bail'] !== true || result.outcome !== 'failed'
    },
  })
  for (const { reporter, close } of reporting) {
    reporter.finished(results, performance.now() - startedMs)
    close()
  }
  page?.close()
  return results
}
