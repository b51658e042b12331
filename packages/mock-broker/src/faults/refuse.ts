import type { FaultKind } from './fault-kind.ts'

export interface RefuseAction<Time = number> {
  /** Node id. */
  readonly refuse: number
  readonly for?: Time
}

/**
 * Closes the door without going: a broker that listens no more, with the connections it has. A connection can be refused
 * only by not listening, before anybody knows that it will come, so this is done to a broker and not to a connection.
 */
export const refuseFault: FaultKind<RefuseAction> = {
  key: 'refuse',
  family: 'connection',
  doc: 'Stops listening at a broker: new connections are refused, those that are open live on, and the cluster takes it for alive.',
  fields: [
    { key: 'refuse', type: { is: 'integer', min: 0, max: 2 ** 31 - 1 }, doc: 'Node id.', required: true },
    { key: 'for', type: { is: 'duration' }, doc: 'For how long. Default: until the rule is taken out.' },
  ],
  example: {
    rule: { at: '100ms', do: { refuse: 2, for: '2s' } },
    shows: 'A client that has no connection to broker 2 yet gets none until the two seconds are over.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    step.control.refuseConnections(action.refuse, true)
    step.during(action.for, () => step.control.refuseConnections(action.refuse, false))
    step.next()
  },
}
