import type { FieldType, Issue } from '../field.ts'
import type { FaultStep, RuleContext } from './fault-kind.ts'

/** How a rule names brokers. `leader`: of the partition that its conditions pick out of the request. */
export type BrokersMeant = number | 'leader' | 'all'

const nodeId: FieldType = { is: 'integer', min: 0, max: 2 ** 31 - 1 }

export const brokersType: FieldType = {
  is: 'any-of',
  types: [nodeId, { is: 'one-of', values: ['leader', 'all'] }],
}

export const oneBrokerType: FieldType = { is: 'any-of', types: [nodeId, { is: 'one-of', values: ['leader'] }] }

export function leaderIssues(brokers: BrokersMeant, rule: RuleContext, path: Issue['path']): Issue[] {
  if (brokers !== 'leader' || !rule.isTimed) return []
  return [{ path, message: 'a rule with `at` has no request to take a leader from: name a broker' }]
}

/** The node ids; none, and found, if the request names no partition that somebody leads. */
export function brokersMeant(brokers: BrokersMeant, step: FaultStep): readonly number[] {
  const { target, control } = step
  if (brokers === 'all') return control.brokerIds()
  if (brokers !== 'leader') return [brokers]
  const leader = target && control.leaderOf(target.topic, target.partition)
  if (leader !== undefined && leader >= 0) return [leader]
  step.impossible(target ? `nobody leads ${target.topic} ${target.partition}` : 'the request names no partition')
  return []
}
