import type { FaultKind } from './fault-kind.ts'

export interface DisconnectAction {
  readonly disconnect: 'before-handling' | 'after-handling'
  readonly how?: 'fin' | 'reset'
}

/** Ends the connection instead of answering. */
export const disconnectFault: FaultKind<DisconnectAction> = {
  key: 'disconnect',
  family: 'request',
  doc: 'Closes the connection: `before-handling` the request is not applied, `after-handling` it is. Never answered.',
  fields: [
    {
      key: 'disconnect',
      type: { is: 'one-of', values: ['before-handling', 'after-handling'] },
      doc: 'Whether the request is applied before the connection goes.',
      required: true,
    },
    {
      key: 'how',
      type: { is: 'one-of', values: ['fin', 'reset'] },
      doc: '`fin` in good order, `reset` thrown away.',
      default: 'reset',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 3 }, do: { disconnect: 'after-handling' } },
    shows: 'The third Produce is applied, and its connection is reset instead of an answer.',
  },
  scope: 'request',
  stage: (action) => (action.disconnect === 'before-handling' ? 'before' : 'after'),
  run: (action, step) => step.disconnect(action.how ?? 'reset'),
}
