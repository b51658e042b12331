import type { FaultKind } from './fault-kind.ts'

export interface DelayAction<Time = number> {
  readonly delay: Time
  readonly jitter?: Time
  readonly side?: 'connection' | 'request' | 'response'
}

/** Takes its time. A broker handles one request of a connection at a time, so those behind it wait as well (F6). */
export const delayFault: FaultKind<DelayAction> = {
  key: 'delay',
  family: 'request',
  doc: 'Waits before handling the request, before answering it, or before reading anything from a new connection. Applied in any case, also if the client has gone meanwhile.',
  fields: [
    { key: 'delay', type: { is: 'duration' }, doc: 'For how long.', required: true },
    { key: 'jitter', type: { is: 'duration' }, doc: 'And up to so much longer, drawn from the seed.', default: 0 },
    {
      key: 'side',
      type: { is: 'one-of', values: ['connection', 'request', 'response'] },
      doc: '`request`: before it is handled. `response`: after. `connection`: before its first byte is read.',
      default: 'request',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders' }, do: { delay: '150ms', side: 'response' } },
    shows: 'The first Produce to orders is applied at once and answered 150 ms later.',
  },
  scope: 'request',
  stage: ({ side = 'request' }) => (side === 'connection' ? 'connecting' : side === 'response' ? 'after' : 'before'),
  run(action, step) {
    const ms = action.delay + step.random.unit() * (action.jitter ?? 0)
    if (action.side === 'connection') step.connection().stopReading(ms, () => {})
    else step.later(ms, () => step.next())
  },
}
