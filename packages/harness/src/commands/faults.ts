import { faultReference, faultTable } from '../scenario/fault-reference.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

/** `harrow faults`: what rules can say, for people. */
export const faults: Command = {
  operands: '',
  summary: 'Print the reference of fault rules, as Markdown',
  options: { table: { type: 'boolean', doc: 'Only a table, one row for each kind of fault.' } },
  examples: ['harrow faults > docs/faults.md', 'harrow faults --table'],
  async run({ operands, values }, context) {
    if (operands.length > 0) throw new UsageError(`harrow faults takes no ${operands[0]}`)
    context.out(values['table'] === true ? faultTable() : faultReference())
    return exitCodes.ok
  },
}
