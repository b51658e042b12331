import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind, Side } from './fault-kind.ts'

export interface CutOffAction<Time = number> {
  readonly 'cut-off': BrokersMeant
  readonly side?: Side
  readonly for?: Time
}

/**
 * A network that is split between clients and a broker, whole or one way. Brokers hear each other, so nobody else leads.
 * TCP sends again what was lost, so afterwards everything arrives.
 */
export const cutOffFault: FaultKind<CutOffAction> = {
  key: 'cut-off',
  family: 'connection',
  doc: 'Nothing gets through between a broker and its clients: open connections are silent, new ones open and are silent.',
  fields: [
    {
      key: 'cut-off',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    {
      key: 'side',
      type: { is: 'one-of', values: ['request', 'response', 'both'] },
      doc: 'What is lost: requests, answers, or each of them.',
      default: 'both',
    },
    { key: 'for', type: { is: 'duration' }, doc: 'For how long. Default: until the rule is taken out.' },
  ],
  example: {
    rule: { at: '100ms', do: { 'cut-off': 2, for: '1s' } },
    shows: 'For a second broker 2 neither hears its clients nor is heard; then all that was sent arrives.',
  },
  scope: 'cluster',
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['cut-off'], rule, [...path, 'cut-off']),
  run(action, step) {
    const { control } = step
    const lifts = brokersMeant(action['cut-off'], step).map((id) => control.cutOff(id, action.side ?? 'both'))
    step.during(action.for, () => {
      for (const lift of lifts) lift()
    })
    step.next()
  },
}
