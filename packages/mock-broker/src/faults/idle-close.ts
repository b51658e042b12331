import type { FaultKind } from './fault-kind.ts'

export interface IdleCloseAction<Time = number> {
  readonly 'idle-close': Time
}

/** A broker, or a balancer in between, that is quick to close what nobody uses: often just when somebody does. */
export const idleCloseFault: FaultKind<IdleCloseAction> = {
  key: 'idle-close',
  family: 'connection',
  doc: 'Closes a connection when no request came for so long, whatever `connectionsMaxIdleMs` says.',
  fields: [{ key: 'idle-close', type: { is: 'duration' }, doc: 'How long it may be idle.', required: true }],
  example: {
    rule: { on: { broker: 1 }, do: { 'idle-close': '200ms' }, times: 'always' },
    shows: 'Every connection to broker 1 is closed in good order after 200 ms without a request.',
  },
  scope: 'request',
  stage: () => 'connecting',
  run: (action, step) => step.connection().limitIdleness(action['idle-close']),
}
