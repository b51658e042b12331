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

/** Why a law is not judged, and of which producer, if not of all. */
export function exceptionsTo(
  expectations: readonly Readonly<Record<string, unknown>>[],
  law: string,
): readonly { readonly because: string; readonly producer: string | undefined }[] {
  return expectations.flatMap(({ except: one, producer }) => {
    const wanted = one as z.output<typeof schema> | undefined
    return wanted?.law === law ? [{ because: wanted.because, producer: producer as string | undefined }] : []
  })
}
