import { appendFileSync, writeFileSync } from 'node:fs'
import { type Reporter, type ReporterName, type ReporterOutput, reporters } from '../reporters/index.ts'
import { type CommandContext, choice, type OptionRow, type ParsedArguments, UsageError } from './command.ts'
import { mustBeWritable } from './writable-file.ts'

const reporterNames = Object.keys(reporters) as ReporterName[]

export const reporterOption: OptionRow = {
  type: 'string',
  multiple: true,
  value: '<format[=file]>',
  doc: `${reporterNames.join(', ')}; may be repeated, each but one with a file. Default pretty, in GitHub Actions github.`,
}

export interface OpenReporter {
  readonly reporter: Reporter
  /** Writes the file, if it has one. */
  close(): void
}

/**
 * `--reporter junit=report.xml` writes a file; one reporter writes to the terminal. With `github` the step summary is
 * written, too, where there is one. Throws UsageError, also for a file that cannot be written: better now than after the runs.
 */
export function openReporters({ reporter: asked }: ParsedArguments['values'], context: CommandContext): OpenReporter[] {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY: summaryFile } = context.env
  const texts = Array.isArray(asked) ? (asked as readonly string[]) : []
  const wanted = (texts.length > 0 ? texts : [GITHUB_ACTIONS === 'true' ? 'github' : 'pretty']).map(wantedBy)
  if (wanted.filter(({ file }) => file === undefined).length > 1) {
    throw new UsageError(
      '--reporter: only one can write to the terminal; give the others a file, as in junit=report.xml',
    )
  }
  const opened = wanted.map(({ name, file }): OpenReporter => {
    if (file === undefined) return { reporter: reporters[name](context), close: () => {} }
    mustBeWritable(`--reporter ${name}=${file}`, file)
    return intoFile(name, (text) => writeFileSync(file, text))
  })
  const writesSummary = summaryFile !== undefined && summaryFile !== '' && wanted.some(({ name }) => name === 'github')
  return writesSummary ? [...opened, intoFile('markdown', (text) => appendFileSync(summaryFile, text))] : opened
}

function wantedBy(text: string): { readonly name: ReporterName; readonly file: string | undefined } {
  const at = text.indexOf('=')
  const name = choice({ reporter: at < 0 ? text : text.slice(0, at) }, 'reporter', reporterNames) ?? 'pretty'
  const file = at < 0 ? undefined : text.slice(at + 1)
  if (file === '') throw new UsageError(`--reporter ${text}: which file? As in ${name}=report.xml`)
  return { name, file }
}

function intoFile(name: ReporterName, write: (text: string) => void): OpenReporter {
  const parts: string[] = []
  const output: ReporterOutput = { out: (text) => void parts.push(text), err: () => {}, colour: false }
  return { reporter: reporters[name](output), close: () => write(parts.join('')) }
}
