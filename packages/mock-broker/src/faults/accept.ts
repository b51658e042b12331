import type { FaultKind } from './fault-kind.ts'

export interface AcceptAction<Time = number, Bytes = number> {
  readonly accept: 'then-close' | 'then-reset'
  readonly after?: Time
  readonly bytes?: Bytes
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
    {
      key: 'bytes',
      type: { is: 'size', min: 1, max: 2 ** 40 },
      doc: 'Instead of `after`: how much of the requests it reads. One that is not whole by then is not applied.',
    },
  ],
  example: {
    rule: { on: { broker: 1, nth: 1 }, do: { accept: 'then-reset' } },
    shows: 'The first connection to broker 1 is reset as soon as it is open; the second lives.',
  },
  scope: 'request',
  stage: () => 'connecting',
  check: (action, _rule, path) =>
    action.after !== undefined && action.bytes !== undefined
      ? [{ path: [...path, 'bytes'], message: 'either `after` or `bytes`' }]
      : [],
  run(action, step) {
    const how = action.accept === 'then-close' ? 'fin' : 'reset'
    const end = (): void => step.disconnect(how)
    if (action.bytes !== undefined) step.connection().limitBytes(action.bytes, end)
    else if (action.after === undefined || action.after === 0) end()
    else step.later(action.after, end)
  },
}
