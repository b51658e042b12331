import type { FaultKind } from './fault-kind.ts'

export interface DropAction {
  readonly drop: 'request' | 'response'
}

/**
 * A broker that has gone silent. Kafka never skips an answer and sends the next, since answers carry no more than a
 * correlation id and must come in order: so the whole connection hangs from here on.
 */
export const dropFault: FaultKind<DropAction> = {
  key: 'drop',
  family: 'request',
  doc: 'Never answers: `request` is not applied, `response` is. The connection answers nothing more and forgets what it reads, until the client closes it.',
  fields: [
    {
      key: 'drop',
      type: { is: 'one-of', values: ['request', 'response'] },
      doc: '`request`: lost on the way, not applied. `response`: applied, and the answer is lost.',
      required: true,
    },
  ],
  example: {
    rule: { name: 'lose the first ack', on: { api: 'Produce', topic: 'orders', nth: 1 }, do: { drop: 'response' } },
    shows:
      'The first Produce to orders is applied and never answered: the client times out, and its retry is a duplicate.',
  },
  scope: 'request',
  stage: (action) => (action.drop === 'request' ? 'before' : 'after'),
  run: (_action, step) => step.hang(),
}
