import { z } from 'zod'
import type { History } from '../history.ts'
import { worldNames } from '../scenario/world-names.ts'

/**
 * What may stand beside any expectation. How many requests a load makes is exact in virtual time and a matter of luck in
 * real time, so a number may bind in one world only; then the file says why.
 */
export const qualifiers = {
  worlds: z
    .array(z.enum(worldNames))
    .min(1)
    .optional()
    .describe('Worlds in which this must hold: simulated, tcp. Default all. Needs `because`.'),
  producer: z
    .string()
    .min(1)
    .optional()
    .describe('Only what this one of the `producers` did. Without it: what all of them did.'),
  because: z.string().min(1).optional().describe('Why this is expected, or why in these worlds only.'),
} as const

/** An expectation as it is written, with what may stand beside it. */
export type Qualified<Expectation> = Expectation & {
  readonly worlds?: readonly (typeof worldNames)[number][]
  readonly producer?: string
  readonly because?: string
}

export type QualifierName = keyof typeof qualifiers

export function isQualifier(key: string): key is QualifierName {
  return Object.hasOwn(qualifiers, key)
}

/** Why an expectation does not bind in this world; undefined if it does. */
export function unboundIn(world: History['world'], expectation: Readonly<Record<string, unknown>>): string | undefined {
  const worlds = expectation['worlds'] as readonly string[] | undefined
  if (worlds === undefined || worlds.includes(world)) return undefined
  return `only in ${worlds.join(', ')}: ${String(expectation['because'])}`
}
