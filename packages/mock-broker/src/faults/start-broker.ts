import type { FaultKind } from './fault-kind.ts'

export interface StartBrokerAction {
  readonly 'start-broker': number
}

/** Brings a stopped broker back, on the port it had. */
export const startBrokerFault: FaultKind<StartBrokerAction> = {
  key: 'start-broker',
  family: 'cluster',
  doc: 'Starts a broker that was stopped, on the same port.',
  fields: [{ key: 'start-broker', type: { is: 'integer', min: 0, max: 2 ** 31 - 1 }, doc: 'Node id.', required: true }],
  example: {
    rule: { at: '300ms', do: { 'start-broker': 2 } },
    shows: 'Broker 2, stopped by another rule or by the test, listens again after 300 ms.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    step.control.startBroker(action['start-broker'])
    step.next()
  },
}
