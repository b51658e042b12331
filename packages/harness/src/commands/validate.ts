import { diagnosticLine, loadScenarios } from '../scenario/load.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

/** `harrow validate`: finds everything that is wrong in scenario files, and runs nothing. */
export const validate: Command = {
  operands: '<files, folders or globs...>',
  summary: 'Check scenario files without running them',
  options: {},
  examples: ['harrow validate scenarios'],
  async run({ operands }, context) {
    if (operands.length === 0)
      throw new UsageError('harrow validate needs files, folders or globs: harrow validate scenarios')
    const { scenarios, diagnostics } = await loadScenarios(operands)
    for (const diagnostic of diagnostics) context.err(`${diagnosticLine(diagnostic)}\n`)
    if (diagnostics.length > 0) return exitCodes.usage
    context.out(`${scenarios.length} ${scenarios.length === 1 ? 'scenario is' : 'scenarios are'} valid\n`)
    return exitCodes.ok
  },
}
