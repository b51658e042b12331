import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a mutant was caught when that was last written down: its first seed, and the laws which that broke. */
export interface Recorded {
  readonly seeds: number
  readonly laws: readonly string[]
}

export const recordFile = join(import.meta.dirname, 'recorded.json')
export const openFile = join(import.meta.dirname, 'open.json')

/** By mutant. Written by `pnpm mutants --record`. */
export const recorded = JSON.parse(readFileSync(recordFile, 'utf8')) as Readonly<Record<string, Recorded>>

/** Mutants that nobody has caught yet and of which nobody has shown that they are equivalent: work. With seeds tried. */
export const open = JSON.parse(readFileSync(openFile, 'utf8')) as Readonly<Record<string, number>>
