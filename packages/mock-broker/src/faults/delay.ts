import type { FaultKind } from './fault-kind.ts'

export interface DelayAction {
  readonly delay: number
  readonly side?: 'request' | 'response'
}

/** Takes its time. A broker handles one request of a connection at a time, so those behind it wait as well (F6). */
export const delayFault: FaultKind<DelayAction> = {
  key: 'delay',
  doc: 'Waits before handling the request, or before answering it. Applied in any case, also if the client has gone meanwhile.',
  fields: [
    { key: 'delay', type: { is: 'duration' }, doc: 'For how long.', required: true },
    {
      key: 'side',
      type: { is: 'one-of', values: ['request', 'response'] },
      doc: '`request`: before it is handled. `response`: after.',
      default: 'request',
    },
  ],
  scope: 'request',
  stage: (action) => (action.side === 'response' ? 'after' : 'before'),
  run: (action, step) => step.later(action.delay, () => step.next()),
}
