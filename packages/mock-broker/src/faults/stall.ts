import type { FaultKind } from './fault-kind.ts'

export interface StallAction<Time = number> {
  readonly stall: Time | 'for-ever'
}

/**
 * A broker that stops reading: the request waits, and so does everything behind it, up to what the client can no longer
 * get rid of. Unlike `delay`, which reads on, this is felt by the client's socket.
 */
export const stallFault: FaultKind<StallAction> = {
  key: 'stall',
  family: 'request',
  doc: 'Stops reading from the connection; the request is applied when it is over, and never if that is never.',
  fields: [
    {
      key: 'stall',
      type: { is: 'any-of', types: [{ is: 'duration' }, { is: 'one-of', values: ['for-ever'] }] },
      doc: 'For how long. `for-ever`: until the connection or the broker ends; a broker that does not read does not even notice that its client has gone.',
      required: true,
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 2 }, do: { stall: '1s' } },
    shows: 'The second Produce and everything sent behind it on that connection wait for a second, unread.',
  },
  scope: 'request',
  stage: () => 'before',
  run(action, step) {
    const ms = action.stall === 'for-ever' ? undefined : action.stall
    step.connection().stopReading(ms, () => step.next())
  },
}
