import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface KillBrokerAction<Time = number> {
  readonly 'kill-broker': BrokersMeant
  readonly for?: Time
}

/** A process that is gone at once (`kill -9`): nothing is handed over, and every connection is reset. */
export const killBrokerFault: FaultKind<KillBrokerAction> = {
  key: 'kill-broker',
  family: 'cluster',
  doc: 'Kills a broker: its connections are reset, and the rest of the cluster notices by itself. If it is the one that has the request, the request is not applied.',
  fields: [
    {
      key: 'kill-broker',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Starts it again after this time. Default: it stays down.' },
  ],
  example: {
    rule: { at: '100ms', do: { 'kill-broker': 2, for: '1s' } },
    shows: 'After 100 ms the connections to broker 2 are reset; a second later it is back at the same address.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['kill-broker'], rule, [...path, 'kill-broker']),
  run(action, step) {
    const { control } = step
    for (const id of brokersMeant(action['kill-broker'], step)) {
      control.stopBroker(id, 'reset')
      if (action.for !== undefined) step.later(action.for, () => control.startBroker(id))
    }
    step.next()
  },
}
