import type { FaultKind } from './fault-kind.ts'

export interface HangAction {
  readonly hang: 'connection'
}

/** A broker whose process has stopped, while its kernel still accepts: nothing comes back, ever. */
export const hangFault: FaultKind<HangAction> = {
  key: 'hang',
  family: 'connection',
  doc: 'Accepts a connection and never answers on it, whatever is sent, until the client closes it. Nothing is applied.',
  fields: [
    {
      key: 'hang',
      type: { is: 'one-of', values: ['connection'] },
      doc: 'The connection that was just accepted.',
      required: true,
    },
  ],
  example: {
    rule: { on: { broker: 1, nth: 1 }, do: { hang: 'connection' } },
    shows:
      'The first connection to broker 1 opens and is silent: the client must give up its ApiVersions by its own clock.',
  },
  scope: 'request',
  stage: () => 'connecting',
  run: (_action, step) => step.hang(),
}
