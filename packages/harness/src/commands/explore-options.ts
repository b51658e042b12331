import { type FaultClass, faultClasses } from '../explore/swarm.ts'
import { didYouMean } from '../scenario/nearest.ts'
import { type ParsedArguments, UsageError } from './command.ts'

/** `--swarm lost-answer,leader-moves`: classes of faults. Throws UsageError with the nearest name. */
export function swarmOf(values: ParsedArguments['values']): readonly FaultClass[] | undefined {
  const text = values['swarm']
  if (text === undefined) return undefined
  const known = Object.keys(faultClasses)
  return String(text)
    .split(',')
    .map((name) => {
      if (known.includes(name)) return name as FaultClass
      throw new UsageError(
        `--swarm ${name}: no class of faults${didYouMean(name, known) || `; known: ${known.join(', ')}`}`,
      )
    })
}

/** `--mutant name`. */
export function mutantOf(values: ParsedArguments['values']): string | undefined {
  const name = values['mutant']
  return name === undefined ? undefined : String(name)
}
