import { type BrokersMeant, brokersMeant, leaderIssues, oneBrokerType } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface RemoveBrokerAction {
  readonly 'remove-broker': Exclude<BrokersMeant, 'all'>
}

/** A machine is given back: nothing is lost, but the address that clients know leads nowhere for ever. */
export const removeBrokerFault: FaultKind<RemoveBrokerAction> = {
  key: 'remove-broker',
  family: 'cluster',
  doc: 'A broker leaves for good: others take over its replicas, it shuts down, and nobody knows it any more.',
  fields: [
    {
      key: 'remove-broker',
      type: oneBrokerType,
      doc: 'Node id, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
  ],
  example: {
    rule: { at: '200ms', do: { 'remove-broker': 3 } },
    shows: 'After 200 ms there are brokers 1 and 2, and every partition has a leader among them.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['remove-broker'], rule, [...path, 'remove-broker']),
  run(action, step) {
    for (const id of brokersMeant(action['remove-broker'], step)) {
      step.administer((admin) => admin.removeBroker(id, () => {}))
    }
    step.next()
  },
}
