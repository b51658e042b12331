import { z } from 'zod'
import { laws } from '../checks/index.ts'
import type { Expectation } from './expectation.ts'

const lawNames = laws.map(({ name }) => name)

/** The name of a law, checked where it is written. */
export const lawName = z
  .enum(lawNames as [string, ...string[]])
  .meta({ description: laws.map(({ name, statement }) => `${name}: ${statement}.`).join('\n\n') })

/**
 * `law`: this scenario is about that law, so it must bind here. Every law is judged in every run anyway, and a broken one
 * fails it; what this adds is that one which does not apply, for want of idempotence say, fails it too.
 */
export const law: Expectation<typeof lawName> = {
  scope: 'producer',
  schema: lawName,
  judge(history, wanted) {
    const unbound = laws.find(({ name }) => name === wanted)?.unbound?.(history)
    if (unbound === undefined) return []
    return [{ law: 'law', message: `${wanted} does not bind this run: ${unbound}`, evidence: [] }]
  },
}
