import type { FaultKind } from './fault-kind.ts'

export interface TruncateAction<Bytes = number> {
  readonly truncate: Bytes
  readonly how?: 'fin' | 'reset'
}

/** A broker that dies while it answers: the client has part of a frame, and the connection is gone. */
export const truncateFault: FaultKind<TruncateAction> = {
  key: 'truncate',
  family: 'bytes',
  doc: 'Writes only the first bytes of the answer and ends the connection. The request is applied.',
  fields: [
    {
      key: 'truncate',
      type: { is: 'size', min: 0, max: 2 ** 31 - 1 },
      doc: 'How many bytes go out, the four of the length included; one less than all if the answer is no longer.',
      required: true,
    },
    {
      key: 'how',
      type: { is: 'one-of', values: ['fin', 'reset'] },
      doc: '`fin`: the bytes arrive, then the end. `reset`: thrown away, perhaps with the bytes.',
      default: 'fin',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { truncate: '10B' } },
    shows: 'The first Produce is applied; its answer breaks off after ten bytes.',
  },
  scope: 'request',
  stage: () => 'after',
  run(action, step) {
    step.deliver((frame) => {
      const bytes = frame.subarray(0, Math.min(action.truncate, frame.length - 1))
      return { pieces: [{ bytes, afterMs: 0 }], close: action.how ?? 'fin' }
    })
    step.next()
  },
}
