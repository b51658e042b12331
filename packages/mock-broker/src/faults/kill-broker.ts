import { brokerMeant, brokerOrLeader, leaderIssues } from './broker-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface KillBrokerAction<Time = number> {
  readonly 'kill-broker': number | 'leader'
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
      type: brokerOrLeader,
      doc: 'Node id, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Starts it again after this time. Without it, it stays down.' },
  ],
  example: {
    rule: { at: '100ms', do: { 'kill-broker': 2, for: '1s' } },
    shows: 'After 100 ms the connections to broker 2 are reset; a second later it is back at the same address.',
  },
  scope: 'cluster',
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['kill-broker'], rule, [...path, 'kill-broker']),
  run(action, step) {
    const { control } = step
    const id = brokerMeant(action['kill-broker'], step)
    if (id !== undefined) {
      control.stopBroker(id, 'reset')
      if (action.for !== undefined) step.later(action.for, () => control.startBroker(id))
    }
    step.next()
  },
}
