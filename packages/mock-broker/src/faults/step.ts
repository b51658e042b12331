import { invariant } from '@harrow/protocol'
import type { Cluster } from '../cluster.ts'
import { ClusterOptionsError } from '../config.ts'
import type { Timers } from '../timers.ts'
import type { ActingRule } from './chain.ts'
import type { AnswerFormat, ClusterControl, ConnectionControl, FaultStep } from './fault-kind.ts'

export interface StepParts {
  readonly cluster: Cluster
  readonly timers: Timers
  readonly control: ClusterControl
}

/** Where a rule acts: what it lacks cannot be asked for there. */
export interface StepPlace
  extends Partial<Pick<FaultStep, 'target' | 'next' | 'inject' | 'hang' | 'disconnect' | 'edit' | 'deliver'>> {
  readonly connection?: ConnectionControl
  readonly answers?: AnswerFormat
  readonly broker: number
  readonly connectionId: number
  /** Where a mistake of ours stops. */
  guarded(act: () => void): void
}

/** What a rule can do in its place: in front of a request, at a new connection, or at a time of its own. */
export function faultStep(rule: ActingRule, parts: StepParts, place: StepPlace): FaultStep {
  const { cluster, timers, control } = parts
  // A kind that asks for it was let through by the parser of rules, which is our mistake.
  const missing = (what: string): never => invariant(false, `rule "${rule.name}" has no ${what} here`) as never
  // What an end would put right may be gone by then.
  let isEnding = false
  const impossible = (because: string): void => {
    const message = `fault "${rule.name}" could not act: ${because}`
    cluster.find({ kind: 'unsupported', broker: place.broker, connection: place.connectionId, message })
  }
  return {
    control,
    administer: (act) => {
      try {
        act(control.admin())
      } catch (error) {
        // What does not exist, or not any more: everything else is a mistake of ours.
        if (!(error instanceof RangeError || error instanceof ClusterOptionsError)) throw error
        if (!isEnding) impossible(error.message)
      }
    },
    random: rule.random,
    target: place.target,
    connection: () => place.connection ?? missing('connection'),
    answers: () => place.answers ?? missing('answer'),
    next: place.next ?? (() => {}),
    later: (ms, wake) => void timers.after(ms, () => place.guarded(wake)),
    during: (ms, end) =>
      rule.during(ms, () =>
        place.guarded(() => {
          isEnding = true
          end()
          isEnding = false
        }),
      ),
    inject: place.inject ?? (() => missing('request')),
    hang: place.hang ?? (() => missing('connection')),
    disconnect: place.disconnect ?? (() => missing('connection')),
    edit: place.edit ?? (() => missing('answer')),
    deliver: place.deliver ?? (() => missing('answer')),
    impossible,
  }
}
