import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface WrongCorrelationIdAction {
  readonly 'wrong-correlation-id': number
}

/** An answer to a request that was not asked, or not yet. */
export const wrongCorrelationIdFault: FaultKind<WrongCorrelationIdAction> = {
  key: 'wrong-correlation-id',
  family: 'response',
  doc: 'Answers under a correlation id that is off by so much. The request is applied; the client cannot match the answer and must not guess.',
  fields: [
    {
      key: 'wrong-correlation-id',
      type: { is: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1 },
      doc: 'What is added to the right id.',
      required: true,
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { 'wrong-correlation-id': 1 } },
    shows: 'The first Produce is applied, and its answer claims to be that of the request behind it.',
  },
  scope: 'request',
  stage: () => 'after',
  check: (action, _rule, path) =>
    action['wrong-correlation-id'] === 0
      ? [{ path: [...path, 'wrong-correlation-id'], message: 'must not be 0: that is the right id' }]
      : [],
  run(action, step) {
    step.deliver((frame) => {
      const bytes = frame.slice()
      const view = new DataView(bytes.buffer)
      // Behind the length; int32 arithmetic wraps as the client's own counter does.
      view.setInt32(4, view.getInt32(4) + action['wrong-correlation-id'])
      return wholeAnswer(bytes)
    })
    step.next()
  },
}
