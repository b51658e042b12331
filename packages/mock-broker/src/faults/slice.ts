import type { FaultKind } from './fault-kind.ts'
import { inPieces } from './whole-answer.ts'

export interface SliceAction<Bytes = number> {
  readonly slice: Bytes
}

/** TCP keeps no boundaries: a frame may come in any pieces, cut anywhere, also inside its length. */
export const sliceFault: FaultKind<SliceAction> = {
  key: 'slice',
  family: 'bytes',
  doc: 'Writes the answer in pieces of at most so many bytes, one after another without a pause.',
  fields: [
    { key: 'slice', type: { is: 'size', min: 1, max: 2 ** 31 - 1 }, doc: 'Bytes of each piece.', required: true },
  ],
  example: {
    rule: { on: { api: 'Metadata' }, do: { slice: '3B' }, times: 'always' },
    shows: 'Every Metadata answer comes three bytes at a time; the first piece ends inside the length.',
  },
  scope: 'request',
  stage: () => 'after',
  run(action, step) {
    step.deliver((frame) => inPieces(frame, action.slice, 0))
    step.next()
  },
}
