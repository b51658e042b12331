import type { History, Violation } from '../history.ts'
import { batches } from './batches.ts'
import { blocked } from './blocked.ts'
import { delivered } from './delivered.ts'
import { duplicates } from './duplicates.ts'
import { errors } from './errors.ts'
import { except } from './except.ts'
import type { Expectation } from './expectation.ts'
import { latency } from './latency.ts'
import { law } from './law.ts'
import { log } from './log.ts'
import { metrics } from './metrics.ts'
import { ordered } from './ordered.ts'
import { outcomes } from './outcomes.ts'
import { isQualifier } from './qualifiers.ts'
import { requests } from './requests.ts'
import { settles } from './settles.ts'

/** Every expectation, by its key in a scenario. */
export const expectations = {
  delivered,
  duplicates,
  ordered,
  requests,
  errors,
  outcomes,
  blocked,
  batches,
  settles,
  latency,
  log,
  metrics,
  law,
  except,
} as const

export type ExpectationName = keyof typeof expectations

/** Puts one expectation of a loaded scenario, one key and its qualifiers, to the history. */
export function judgeExpectation(history: History, wanted: Readonly<Record<string, unknown>>): Violation[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (isQualifier(name)) return []
    const expectation: Expectation = expectations[name as ExpectationName]
    return expectation.judge(history, value)
  })
}
