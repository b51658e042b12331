import { type ChosenSubject, chooseSubject, SubjectError } from '../subjects/choose.ts'
import { MissingClientError } from '../subjects/client-package.ts'
import { subjects } from '../subjects/index.ts'
import { type OptionRow, type ParsedArguments, UsageError } from './command.ts'

export const subjectOption: OptionRow = {
  type: 'string',
  value: '<client>',
  doc: `Another producer, over TCP: ${Object.keys(subjects).join(', ')}, ./a-module.ts, or "exec: a command".`,
}

export const fromOption: OptionRow = {
  type: 'string',
  value: '<folder>',
  doc: 'Project whose node_modules has the client. Default: this folder.',
}

/** The subject asked for; undefined without `--subject`. Throws UsageError for one that is not there. */
export function subjectOf({ subject, from }: ParsedArguments['values']): ChosenSubject | undefined {
  if (typeof subject !== 'string') return undefined
  try {
    return chooseSubject(subject, typeof from === 'string' ? from : '.')
  } catch (error) {
    if (error instanceof SubjectError || error instanceof MissingClientError) throw new UsageError(error.message)
    throw error
  }
}
