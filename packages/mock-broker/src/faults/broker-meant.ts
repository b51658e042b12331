import type { FieldType, Issue } from '../field.ts'
import type { FaultStep, RuleContext } from './fault-kind.ts'

/** How a rule names a broker. */
export const brokerOrLeader: FieldType = {
  is: 'any-of',
  types: [
    { is: 'integer', min: 0, max: 2 ** 31 - 1 },
    { is: 'one-of', values: ['leader'] },
  ],
}

export function leaderIssues(broker: number | 'leader', rule: RuleContext, path: Issue['path']): Issue[] {
  if (broker !== 'leader' || !rule.isTimed) return []
  return [{ path, message: 'a rule with `at` has no request to take a leader from: name a broker' }]
}

/** The node id; undefined, and found, if the request names no partition that somebody leads. */
export function brokerMeant(broker: number | 'leader', step: FaultStep): number | undefined {
  if (broker !== 'leader') return broker
  const { target, control } = step
  const leader = target && control.leaderOf(target.topic, target.partition)
  if (leader !== undefined && leader >= 0) return leader
  step.impossible(target ? `nobody leads ${target.topic} ${target.partition}` : 'the request names no partition')
  return undefined
}
