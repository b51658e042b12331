import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface StopBrokerAction<Time = number> {
  readonly 'stop-broker': BrokersMeant
  readonly for?: Time
  readonly how?: 'fin' | 'reset'
}

/** Takes a broker away: nobody listens, its connections end, other replicas in sync lead at once. */
export const stopBrokerFault: FaultKind<StopBrokerAction> = {
  key: 'stop-broker',
  family: 'cluster',
  doc: 'Stops a broker. If it is the one that has the request, the request is not applied and its connection ends with the others.',
  fields: [
    {
      key: 'stop-broker',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Starts it again after this time. Default: it stays down.' },
    {
      key: 'how',
      type: { is: 'one-of', values: ['fin', 'reset'] },
      doc: '`fin`: as on shutdown. `reset`: as if it was killed.',
      default: 'fin',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders', nth: 2 }, do: { 'stop-broker': 'leader', for: '1s' } },
    shows:
      'The leader that is asked second shuts down instead of answering, another replica leads, and it is back after a second.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['stop-broker'], rule, [...path, 'stop-broker']),
  run(action, step) {
    const { control } = step
    for (const id of brokersMeant(action['stop-broker'], step)) {
      control.stopBroker(id, action.how ?? 'fin')
      if (action.for !== undefined) step.later(action.for, () => control.startBroker(id))
    }
    step.next()
  },
}
