import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface DisconnectAction {
  readonly disconnect: 'before-handling' | 'after-handling' | 'after-answering'
  readonly how?: 'fin' | 'reset'
}

/** Ends the connection instead of answering, or right behind the answer, which counts all the same. */
export const disconnectFault: FaultKind<DisconnectAction> = {
  key: 'disconnect',
  family: 'request',
  doc: 'Closes the connection: `before-handling` the request is not applied and not answered, `after-handling` it is applied and not answered, `after-answering` it is both.',
  fields: [
    {
      key: 'disconnect',
      type: { is: 'one-of', values: ['before-handling', 'after-handling', 'after-answering'] },
      doc: 'What happens before the connection goes.',
      required: true,
    },
    {
      key: 'how',
      type: { is: 'one-of', values: ['fin', 'reset'] },
      doc: '`fin` in good order, `reset` thrown away. Default `reset`; `fin` for `after-answering`, where the answer must arrive.',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 3 }, do: { disconnect: 'after-handling' } },
    shows: 'The third Produce is applied, and its connection is reset instead of an answer.',
  },
  scope: 'request',
  stage: (action) => (action.disconnect === 'before-handling' ? 'before' : 'after'),
  run(action, step) {
    if (action.disconnect !== 'after-answering') {
      step.disconnect(action.how ?? 'reset')
      return
    }
    step.deliver((frame) => ({ ...wholeAnswer(frame), close: action.how ?? 'fin' }))
    step.next()
  },
}
