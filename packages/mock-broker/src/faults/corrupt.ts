import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface CorruptAction {
  readonly corrupt: number | 'length' | 'correlation-id' | 'body'
  readonly xor?: number
}

/** A byte that is not what was sent. TCP's checksum misses some, and a proxy with a mistake misses all. */
export const corruptFault: FaultKind<CorruptAction> = {
  key: 'corrupt',
  family: 'bytes',
  doc: 'Changes one byte of the answer. The request is applied.',
  fields: [
    {
      key: 'corrupt',
      type: {
        is: 'any-of',
        types: [
          { is: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1 },
          { is: 'one-of', values: ['length', 'correlation-id', 'body'] },
        ],
      },
      doc: 'Which byte, from 0, the length included; negative from the end. Or the first of the `length` or of the `correlation-id`, or one drawn from the `body`. Nothing happens to a byte that the answer does not have.',
      required: true,
    },
    {
      key: 'xor',
      type: { is: 'integer', min: 1, max: 255 },
      doc: 'Which bits to turn. On the `length` 255 makes it negative, 127 gigantic.',
      default: 255,
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { corrupt: 'length', xor: 127 } },
    shows: 'The answer to the first Produce claims to be two gigabytes long.',
  },
  scope: 'request',
  stage: () => 'after',
  run(action, step) {
    const { corrupt, xor = 255 } = action
    step.deliver((frame) => {
      const bytes = frame.slice()
      const at = indexOf(corrupt, frame.length, () => step.random.below(frame.length - bodyAt))
      if (at >= 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ xor
      else step.impossible(`the answer has ${bytes.length} bytes, and no byte ${corrupt}`)
      return wholeAnswer(bytes)
    })
    step.next()
  },
}

const correlationIdAt = 4
const bodyAt = 8

function indexOf(corrupt: CorruptAction['corrupt'], length: number, draw: () => number): number {
  if (corrupt === 'length') return 0
  if (corrupt === 'correlation-id') return correlationIdAt
  if (corrupt === 'body') return length > bodyAt ? bodyAt + draw() : -1
  return corrupt < 0 ? length + corrupt : corrupt
}
