import { type ParseArgsConfig, parseArgs } from 'node:util'
import { didYouMean } from '../scenario/nearest.ts'

/** Exit codes: what failed is told apart from what is broken. */
export const exitCodes = {
  ok: 0,
  /** A scenario failed. */
  failed: 1,
  /** The command line or a scenario file is wrong. */
  usage: 2,
  /** harrow itself is at fault, or the machine: a port in use. */
  internal: 3,
  interrupted: 130,
} as const

/** Everything a command needs of the process, so that tests can run it in theirs. */
export interface CommandContext {
  out(text: string): void
  err(text: string): void
  /** Whether output shows colours: see `wantsColour`. */
  readonly colour: boolean
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts on SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal
  /** Of harrow. */
  readonly version: string
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

export interface OptionRow {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for the value in the help. */
  readonly value?: string
  readonly doc: string
}

/** One command of `harrow`. */
export interface Command {
  /** What follows the name: `<files...>`. */
  readonly operands: string
  readonly summary: string
  readonly options: Readonly<Record<string, OptionRow>>
  readonly examples: readonly string[]
  /** Lines under the examples. */
  readonly notes?: readonly string[]
  run(args: ParsedArguments, context: CommandContext): Promise<number>
}

export interface ParsedArguments {
  readonly operands: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** The caller's mistake on the command line; its message goes to stderr and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Throws UsageError with the nearest option for one that does not exist. */
export function parseArguments(args: readonly string[], options: Command['options']): ParsedArguments {
  const rows: Readonly<Record<string, OptionRow>> = { ...options, help: helpOption }
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, { type, short, multiple }] of Object.entries(rows)) {
    config[name] = { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) }
  }
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const operands: string[] = []
  const values: Record<string, string | boolean | string[]> = {}
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const row = Object.hasOwn(rows, token.name) ? rows[token.name] : undefined
    if (row === undefined) throw new UsageError(unknownOption(token.rawName, Object.keys(rows)))
    if (row.type === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
      values[token.name] = true
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${row.value ?? '<value>'}`)
    } else if (row.multiple === true) {
      const list = values[token.name]
      values[token.name] = [...(Array.isArray(list) ? list : []), token.value]
    } else values[token.name] = token.value
  }
  return { operands, values }
}

/** The value of a whole-number option. Throws UsageError outside the range. */
export function wholeNumber(
  values: ParsedArguments['values'],
  name: string,
  range: { readonly min: number; readonly max: number },
): number | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const number = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN
  if (number >= range.min && number <= range.max) return number
  throw new UsageError(`--${name} ${String(text)}: expected a whole number from ${range.min} to ${range.max}`)
}

/** The value of an option with fixed choices. Throws UsageError with the nearest one. */
export function choice<Name extends string>(
  values: ParsedArguments['values'],
  name: string,
  choices: readonly Name[],
): Name | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const chosen = choices.find((one) => one === text)
  if (chosen !== undefined) return chosen
  throw new UsageError(`--${name} ${String(text)}: expected ${choices.join(', ')}${didYouMean(String(text), choices)}`)
}

export const helpOption: OptionRow = { type: 'boolean', short: 'h', doc: 'Show this help.' }

function unknownOption(rawName: string, names: readonly string[]): string {
  return `unknown option ${rawName}${didYouMean(
    rawName,
    names.map((name) => `--${name}`),
  )}`
}
