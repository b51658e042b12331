import { historiesOf } from '../histories-of.ts'
import type { History, Violation } from '../history.ts'
import { lawUnboundOutside } from '../subjects/applicability.ts'
import { acked } from './acked.ts'
import { aggregate } from './aggregate.ts'
import { backoff } from './backoff.ts'
import { buffer } from './buffer.ts'
import { bump } from './bump.ts'
import { callbacks } from './callbacks.ts'
import { census } from './census.ts'
import { close } from './close.ts'
import { deadline } from './deadline.ts'
import { definite } from './definite.ts'
import { exactly1 } from './exactly1.ts'
import { fair } from './fair.ts'
import { fence } from './fence.ts'
import { findings } from './findings.ts'
import { fired } from './fired.ts'
import { flush } from './flush.ts'
import { giveup } from './giveup.ts'
import { hole } from './hole.ts'
import { idle } from './idle.ts'
import { inflight } from './inflight.ts'
import { keyorder } from './keyorder.ts'
import { byProducer, type Law } from './law.ts'
import { leader } from './leader.ts'
import { linger } from './linger.ts'
import { live } from './live.ts'
import { maxblock } from './maxblock.ts'
import { metadata } from './metadata.ts'
import { offsets } from './offsets.ts'
import { once } from './once.ts'
import { ooo } from './ooo.ts'
import { order } from './order.ts'
import { phantom } from './phantom.ts'
import { prompt } from './prompt.ts'
import { reconnect } from './reconnect.ts'
import { retryid } from './retryid.ts'
import { seq } from './seq.ts'
import { split } from './split.ts'
import { spread } from './spread.ts'
import { throttle } from './throttle.ts'
import { timeout } from './timeout.ts'
import { unexplained } from './unexplained.ts'
import { unprovoked } from './unprovoked.ts'
import { window } from './window.ts'

export type { Law } from './law.ts'

/** Every law, in the order of reports: what the caller sees first, what only the wire shows last. */
export const laws: readonly Law[] = [
  once,
  acked,
  phantom,
  exactly1,
  definite,
  order,
  keyorder,
  offsets,
  callbacks,
  deadline,
  maxblock,
  flush,
  inflight,
  retryid,
  seq,
  ooo,
  hole,
  window,
  bump,
  fence,
  giveup,
  split,
  backoff,
  prompt,
  linger,
  timeout,
  spread,
  throttle,
  reconnect,
  unprovoked,
  metadata,
  leader,
  aggregate,
  fair,
  buffer,
  idle,
  live,
  unexplained,
  close,
  census,
  findings,
  fired,
]

/** What one law, or one expectation, said about one run. */
export interface Verdict {
  readonly law: string
  /** Of which producers, if it is not about all of several. */
  readonly producers?: readonly string[]
  readonly held: boolean
  /** Why the law did not bind this run; then it counts neither as held nor as broken. */
  readonly unbound?: string
  readonly violations: readonly Violation[]
}

/**
 * Puts every law to the history, and most to each producer of a run. A law that binds some of several producers is two
 * verdicts: what it said about those, and why it was not put to the others.
 */
export function judge(history: History): Verdict[] {
  return laws.flatMap((law): Verdict[] => {
    const judged = law.scope === 'run' ? [history] : historiesOf(history)
    const verdicts = judged.map((one): Verdict & Pick<History, 'of'> => {
      const { of } = one
      const unbound = unboundBecause(law, one)
      if (unbound !== undefined) return { law: law.name, held: false, unbound, violations: [], of }
      const violations = law.judge(one).map((violation) => byProducer(violation, of))
      return { law: law.name, held: violations.length === 0, violations, of }
    })
    const bound = verdicts.filter(({ unbound }) => unbound === undefined)
    const others = verdicts.filter(({ unbound }) => unbound !== undefined)
    return [...merged(bound, others.length > 0), ...merged(others, bound.length > 0)]
  })
}

/** The violations of `judge` without its verdicts: all that is asked of an explored seed. */
export function violationsOf(history: History): Violation[] {
  const all: Violation[] = []
  for (const law of laws) {
    for (const one of law.scope === 'run' ? [history] : historiesOf(history)) {
      if (unboundBecause(law, one) !== undefined) continue
      for (const violation of law.judge(one)) all.push(byProducer(violation, one.of))
    }
  }
  return all
}

/** Why a law does not bind a history of one producer, ours or not. */
export function unboundBecause(law: Law, history: History): string | undefined {
  return lawUnboundOutside(law, history) ?? law.unbound?.(history)
}

/** One verdict of those about several producers. `namesThem`: not all of the run are among them. */
function merged(verdicts: readonly (Verdict & Pick<History, 'of'>)[], namesThem: boolean): Verdict[] {
  const [first] = verdicts
  if (first === undefined) return []
  const { law } = first
  const reasons = [...new Set(verdicts.map(({ unbound }) => unbound))]
  const unbound = first.unbound === undefined ? {} : { unbound: reasons.join('; ') }
  const producers = namesThem ? { producers: verdicts.flatMap(({ of }) => of?.name ?? []) } : {}
  const violations = verdicts.flatMap((one) => one.violations)
  return [{ law, held: verdicts.every(({ held }) => held), ...unbound, violations, ...producers }]
}
