import type { FaultKind } from './fault-kind.ts'
import { inPieces } from './whole-answer.ts'

export interface DripAction<Time = number, Bytes = number> {
  readonly drip: Bytes
  readonly every: Time
}

/** An answer that is never quite there: it keeps a connection busy longer than any timeout that each byte renews. */
export const dripFault: FaultKind<DripAction> = {
  key: 'drip',
  family: 'bytes',
  doc: 'Writes the answer a few bytes at a time, with pauses.',
  fields: [
    { key: 'drip', type: { is: 'size', min: 1, max: 2 ** 31 - 1 }, doc: 'Bytes of each piece.', required: true },
    { key: 'every', type: { is: 'duration' }, doc: 'Time between two pieces.', required: true },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { drip: '8B', every: '20ms' } },
    shows: 'The answer to the first Produce comes eight bytes every 20 ms.',
  },
  scope: 'request',
  stage: () => 'after',
  run(action, step) {
    step.deliver((frame) => inPieces(frame, action.drip, action.every))
    step.next()
  },
}
