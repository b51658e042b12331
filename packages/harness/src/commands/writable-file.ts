import { closeSync, openSync } from 'node:fs'
import { UsageError } from './command.ts'

/** Throws UsageError for a file that cannot be written: better now than after the runs. */
export function mustBeWritable(option: string, file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`)
  }
}
