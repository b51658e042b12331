import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface DuplicateAction {
  readonly duplicate: 'response'
}

/** An answer that nobody waits for any more: a client that takes it for the next one completes the wrong batch. */
export const duplicateFault: FaultKind<DuplicateAction> = {
  key: 'duplicate',
  family: 'response',
  doc: 'Sends the answer twice. No broker does; a client must not take the second for the answer to another request.',
  fields: [
    { key: 'duplicate', type: { is: 'one-of', values: ['response'] }, doc: 'The whole answer.', required: true },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { duplicate: 'response' } },
    shows: 'The first Produce is applied once and answered twice.',
  },
  scope: 'request',
  stage: () => 'after',
  run(_action, step) {
    step.deliver((frame) => {
      // In one write, so that both may well come in one chunk.
      const bytes = new Uint8Array(frame.length * 2)
      bytes.set(frame)
      bytes.set(frame, frame.length)
      return wholeAnswer(bytes)
    })
    step.next()
  },
}
