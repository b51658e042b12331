import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface SwapAction {
  readonly swap: 'response'
}

/** No broker does: answers of one connection come in the order of its requests. A client must not mix them up. */
export const swapFault: FaultKind<SwapAction> = {
  key: 'swap',
  family: 'response',
  doc: 'Sends the answer behind the next one of its connection; if there is none any more, never. The request is applied.',
  fields: [{ key: 'swap', type: { is: 'one-of', values: ['response'] }, doc: 'The whole answer.', required: true }],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { swap: 'response' } },
    shows: 'The first Produce is applied, and answered behind the request that comes after it.',
  },
  scope: 'request',
  stage: () => 'after',
  run(_action, step) {
    step.deliver((frame) => ({ ...wholeAnswer(frame), isOvertaken: true }))
    step.next()
  },
}
