import { planOf } from '../explore/plan.ts'
import { coresWith } from '../explore/planted-bug.ts'
import { runPlan } from '../explore/run-seed.ts'
import { toYaml } from '../explore/to-yaml.ts'
import { eventLine } from '../reporters/event-line.ts'
import { prettyReporter } from '../reporters/pretty.ts'
import { diagnosticLine, loadScenarios } from '../scenario/load.ts'
import { runScenario } from '../scenario/run.ts'
import { type Command, exitCodes, UsageError } from './command.ts'
import { mutantOf, swarmOf } from './explore-options.ts'
import { around, failureLines } from './failure-lines.ts'

/** `harrow replay`: a seed of the explorer, or a scenario file, once more, with everything that happened around the violation. */
export const replay: Command = {
  operands: '<seed or file>',
  summary: 'Run one seed of the explorer, or a scenario, and show what happened',
  options: {
    swarm: { type: 'string', value: '<classes>', doc: 'The classes of faults that the seed was found with.' },
    mutant: { type: 'string', value: '<name>', doc: 'The planted bug that the seed was found with.' },
    trace: { type: 'boolean', doc: 'Print every event, not only those around the violation.' },
  },
  examples: ['harrow replay 4711', 'harrow replay scenarios/found/once-seed-4711.yaml'],
  async run({ operands, values }, context) {
    const [what] = operands
    if (what === undefined || operands.length > 1) throw new UsageError('harrow replay needs one seed or one file')
    if (!/^\d+$/.test(what)) return replayFile(what, context)
    const seed = Number(what)
    const swarm = swarmOf(values)
    const plan = planOf(seed, swarm === undefined ? {} : { swarm })
    const mutant = mutantOf(values)
    const { violations, history, traceHash } = runPlan(
      plan,
      mutant === undefined ? {} : { cores: await coresWith(mutant) },
    )
    const [first] = violations
    if (first === undefined) {
      context.out(toYaml(plan))
      const shown = values['trace'] === true ? history.trace : around(history.trace, undefined)
      for (const event of shown) context.out(`${eventLine(event)}\n`)
      context.out(`seed ${seed} breaks no law; trace ${traceHash}\n`)
      return exitCodes.ok
    }
    const shown = { plan, violations, trace: history.trace, law: first.law, seed, traceHash, shrinkRuns: 0 }
    for (const line of failureLines(shown)) context.out(`${line}\n`)
    if (values['trace'] === true) for (const event of history.trace) context.out(`${eventLine(event)}\n`)
    context.out(
      `seed ${seed} breaks ${[...new Set(violations.map((one) => one.law))].join(', ')}; trace ${traceHash}\n`,
    )
    return exitCodes.failed
  },
}

async function replayFile(file: string, context: Parameters<Command['run']>[1]): Promise<number> {
  const { scenarios, diagnostics } = await loadScenarios([file])
  for (const diagnostic of diagnostics) context.err(`${diagnosticLine(diagnostic)}\n`)
  if (diagnostics.length > 0) return exitCodes.usage
  const reporter = prettyReporter(context)
  let failed = false
  for (const { scenario, file } of scenarios) {
    const result = await runScenario(scenario, { world: 'simulated', file })
    reporter.result(result)
    failed ||= result.outcome === 'failed'
  }
  return failed ? exitCodes.failed : exitCodes.ok
}
