import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'

/** The root of the repository: mutants exist only beside its sources. */
export const root = join(import.meta.dirname, '..')

/** The file with the bug in it. Throws if the place is not there, or there twice: then the mutant must be mended. */
export function planted(mutant: Mutant, source = readFileSync(join(root, mutant.file), 'utf8')): string {
  const places = source.split(mutant.find).length - 1
  if (places !== 1) throw new Error(`mutant ${mutant.name}: its place is in ${mutant.file} ${places} times, not once`)
  return source.replace(mutant.find, () => mutant.replace)
}
