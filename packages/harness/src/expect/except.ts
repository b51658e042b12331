import { z } from 'zod'
import type { Expectation } from './expectation.ts'
import { lawName } from './law.ts'

const schema = z
  .strictObject({
    law: lawName,
    because: z.string().min(1).describe('Why this law may be broken here. Reports show it.'),
  })
  .describe('Does not judge one law, for a reason.')

/** `except`: one law is not judged in this scenario. It is reported as excepted, with the reason, and never as held. */
export const except: Expectation<typeof schema> = { schema, judge: () => [] }

/** Why a law is not judged; undefined if it is. */
export function exceptedBecause(
  expectations: readonly Readonly<Record<string, unknown>>[],
  law: string,
): string | undefined {
  for (const { except: one } of expectations) {
    const wanted = one as z.output<typeof schema> | undefined
    if (wanted?.law === law) return wanted.because
  }
  return undefined
}
