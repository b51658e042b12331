import { jsonSchema } from '../scenario/json-schema.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

/** `harrow schema`: what editors complete and check scenario files by. */
export const schema: Command = {
  operands: '',
  summary: 'Print the JSON Schema of scenario files',
  options: {},
  examples: ['harrow schema > scenario.schema.json'],
  async run({ operands }, context) {
    if (operands.length > 0) throw new UsageError(`harrow schema takes no ${operands[0]}`)
    context.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`)
    return exitCodes.ok
  },
}
