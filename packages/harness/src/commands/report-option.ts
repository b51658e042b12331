import { writeFileSync } from 'node:fs'
import { RunReport } from '../run-report/run-report.ts'
import type { ScenarioResult } from '../scenario/run.ts'
import type { OptionRow, ParsedArguments } from './command.ts'
import { mustBeWritable } from './writable-file.ts'

export const reportOption: OptionRow = {
  type: 'string',
  value: '<file.html>',
  doc: 'Write one self-contained page: of each run a timeline, charts, and every event.',
}

export interface OpenReport {
  add(result: ScenarioResult): void
  /** Writes the file. */
  close(): void
}

/** The page of `--report`, if it was asked for. Throws UsageError for a file that cannot be written. */
export function openReport({ report: file }: ParsedArguments['values'], version: string): OpenReport | undefined {
  if (typeof file !== 'string') return undefined
  mustBeWritable(`--report ${file}`, file)
  const report = new RunReport()
  return {
    add: ({ reported }) => {
      if (reported !== undefined) report.add(reported)
    },
    close: () => writeFileSync(file, report.page(version)),
  }
}
