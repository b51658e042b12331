import { NoScenarioError } from '../scenario/find.ts'
import { didYouMean } from '../scenario/nearest.ts'
import { broker } from './broker.ts'
import { type Command, type CommandContext, exitCodes, parseArguments, UsageError } from './command.ts'
import { explore } from './explore.ts'
import { faults } from './faults.ts'
import { commandHelp, overview } from './help.ts'
import { init } from './init.ts'
import { replay } from './replay.ts'
import { run } from './run.ts'
import { schema } from './schema.ts'
import { validate } from './validate.ts'

/** Every command, by its name. */
export const commands: Readonly<Record<string, Command>> = {
  run,
  explore,
  replay,
  validate,
  init,
  broker,
  schema,
  faults,
}

/** Does what the command line says and returns the exit code. Throws nothing. */
export async function main(args: readonly string[], version: string, context: CommandContext): Promise<number> {
  try {
    return await dispatch(args, version, context)
  } catch (error) {
    if (error instanceof UsageError || error instanceof NoScenarioError) {
      context.err(`harrow: ${error.message}\n`)
      return exitCodes.usage
    }
    context.err(`harrow: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return exitCodes.internal
  }
}

async function dispatch(args: readonly string[], version: string, context: CommandContext): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const isAsked = name !== undefined
    ;(isAsked ? context.out : context.err)(overview(commands))
    return isAsked ? exitCodes.ok : exitCodes.usage
  }
  if (name === '--version') {
    context.out(`${version}\n`)
    return exitCodes.ok
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const what = name.startsWith('-') ? 'option' : 'command'
    const names = what === 'option' ? ['--help', '--version'] : Object.keys(commands)
    throw new UsageError(`unknown ${what} ${name}${didYouMean(name, names)}; harrow --help lists them`)
  }
  const parsed = parseArguments(rest, command.options)
  const { help } = parsed.values
  if (help === true) {
    context.out(commandHelp(name, command))
    return exitCodes.ok
  }
  return command.run(parsed, context)
}
