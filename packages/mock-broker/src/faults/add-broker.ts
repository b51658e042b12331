import { type BrokerOptions, brokerFields } from '../config.ts'
import type { FaultKind } from './fault-kind.ts'

export interface AddBrokerAction {
  readonly 'add-broker': BrokerOptions
}

/** The cluster grows, or, with `remove-broker` for each of the old ones, moves to other machines. */
export const addBrokerFault: FaultKind<AddBrokerAction> = {
  key: 'add-broker',
  family: 'cluster',
  doc: 'A new broker joins and starts. It has no replicas until a topic is made or a leader moves there.',
  fields: [
    {
      key: 'add-broker',
      type: { is: 'object', fields: brokerFields },
      doc: 'The broker; `{}`: the next node id, any free port.',
      required: true,
    },
  ],
  example: {
    rule: { at: '100ms', do: { 'add-broker': { id: 4, rack: 'b' } } },
    shows: 'After 100 ms Metadata names four brokers.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    step.administer((admin) =>
      admin.addBroker(action['add-broker'], (error) => error && step.impossible(error.message)),
    )
    step.next()
  },
}
