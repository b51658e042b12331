import type { History, Violation } from '../history.ts'
import type { Ability } from '../subjects/subject.ts'

/** Something that holds in every run, whatever the faults. A pure function over the history. */
export interface Law {
  /** Short and in capitals: how reports and expectations call it. */
  readonly name: string
  /** The exact statement, as it is printed when it is broken. */
  readonly statement: string
  /**
   * `run`: put once to the whole of a run, whose producers share what it is about. Else to each of its producers, as a
   * promise to that one's callers, which no other producer may break.
   */
  readonly scope?: 'run'
  /** Undefined when the law binds this history, else why it does not (and then it is reported, not silently passed). */
  unbound?(history: History): string | undefined
  judge(history: History): Violation[]
  /**
   * Why it does not bind a producer that is only seen from outside: most of the time because the judge needs the
   * producer's own trace. Undefined: the log, the requests on the wire and the outcomes are enough.
   */
  readonly insideOnly?: string
  /** Settings that bound what it judges: whoever cannot be told one of them has not promised to keep it. */
  readonly settings?: readonly string[]
  /** Whether it counts requests or connections: of one of several producers they must be told from those of the others. */
  readonly countsRequests?: true
  /** What a client must be able to tell or to do for the law to mean anything. */
  readonly ability?: Ability
}

/** For the laws that read the producer's trace. */
export const needsTrace = "needs the producer's own trace"

/** Says whose mistake it is, where there are several who could have made it. */
export function byProducer(violation: Violation, of: History['of']): Violation {
  if (of === undefined) return violation
  return { ...violation, message: `${of.name}: ${violation.message}`, producer: of.name }
}

/** Reports show this many violations of one law and count the rest: the first one is what matters. */
export const violationsShownMax = 5
