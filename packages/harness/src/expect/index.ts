import { byProducer } from '../checks/law.ts'
import { historiesOf, historyOfProducer } from '../histories-of.ts'
import type { History, Violation } from '../history.ts'
import { expectationUnbound } from '../subjects/applicability.ts'
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
import { isQualifier, unboundIn } from './qualifiers.ts'
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

type Wanted = Readonly<Record<string, unknown>>

/**
 * Puts one expectation of a loaded scenario, one key and its qualifiers, to the history: to that of the producer that it
 * names; else to the whole of the run, or, if it is about producers one by one, to that of each.
 */
export function judgeExpectation(history: History, wanted: Wanted): Violation[] {
  const [name, value] = Object.entries(wanted).find(([key]) => !isQualifier(key)) ?? []
  if (name === undefined) return []
  const expectation: Expectation = expectations[name as ExpectationName]
  return judgedBy(history, wanted, expectation).flatMap((one) =>
    expectation.judge(one, value).map((violation) => byProducer(violation, one.of)),
  )
}

/** Why an expectation of a loaded scenario is not put to this history; undefined if it is. */
export function expectationUnboundIn(history: History, wanted: Wanted): string | undefined {
  const { producer } = wanted
  const about = historiesOf(history).filter(({ of }) => producer === undefined || of?.name === producer)
  const outside = about.map(({ foreign, of }) =>
    foreign === undefined ? undefined : expectationUnbound(wanted, foreign, producer === undefined ? undefined : of),
  )
  return unboundIn(history.world, wanted) ?? outside.find((reason) => reason !== undefined)
}

function judgedBy(history: History, { producer }: Wanted, { scope }: Expectation): readonly History[] {
  if (producer === undefined) return scope === 'producer' ? historiesOf(history) : [history]
  const one = historyOfProducer(history, String(producer))
  if (one === undefined) throw new RangeError(`no producer of the run is called ${String(producer)}`)
  return [one]
}
