import type { FaultKind } from './fault-kind.ts'

export interface AcceptAction<Time = number> {
  readonly accept: 'then-close' | 'then-reset'
  readonly after?: Time
}

/** A broker behind a proxy that is down, or one that has no room: the connection opens and ends. */
export const acceptFault: FaultKind<AcceptAction> = {
  key: 'accept',
  family: 'connection',
  doc: 'Accepts a connection and ends it, before its first byte is read or some time later.',
  fields: [
    {
      key: 'accept',
      type: { is: 'one-of', values: ['then-close', 'then-reset'] },
      doc: '`then-close`: in good order (FIN). `then-reset`: thrown away (RST).',
      required: true,
    },
    { key: 'after', type: { is: 'duration' }, doc: 'How long it lives; requests are answered meanwhile.', default: 0 },
  ],
  example: {
    rule: { on: { broker: 1, nth: 1 }, do: { accept: 'then-reset' } },
    shows: 'The first connection to broker 1 is reset as soon as it is open; the second lives.',
  },
  scope: 'request',
  stage: () => 'connecting',
  run(action, step) {
    const how = action.accept === 'then-close' ? 'fin' : 'reset'
    const end = (): void => step.disconnect(how)
    if (action.after === undefined || action.after === 0) end()
    else step.later(action.after, end)
  },
}
