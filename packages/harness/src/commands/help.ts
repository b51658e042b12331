import { type Command, helpOption, type OptionRow } from './command.ts'

/** `harrow --help`. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  return [
    'harrow: prove that what you send to Kafka arrives, whatever the network and the brokers do',
    '',
    'Usage: harrow <command> [options]',
    '',
    'Commands:',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    ...optionLines({ help: helpOption, version: { type: 'boolean', doc: 'Show the version.' } }),
    '',
    'Exit codes: 0 ok, 1 a scenario failed, 2 wrong usage or an invalid scenario, 3 internal error, 130 interrupted.',
    'harrow <command> --help tells more.',
    '',
  ].join('\n')
}

/** `harrow <command> --help`. */
export function commandHelp(name: string, command: Command): string {
  return [
    command.summary,
    '',
    `Usage: harrow ${[name, command.operands, '[options]'].filter((part) => part !== '').join(' ')}`,
    '',
    'Options:',
    ...optionLines({ ...command.options, help: helpOption }),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
  ].join('\n')
}

function optionLines(options: Readonly<Record<string, OptionRow>>): string[] {
  const rows = Object.entries(options).map(([name, { short, value, doc }]) => ({
    left: `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    doc,
  }))
  const width = Math.max(...rows.map((row) => row.left.length))
  return rows.map(({ left, doc }) => `  ${left.padEnd(width)}  ${doc}`)
}
