import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import { suggestion } from '../did-you-mean.ts'
import { shown } from '../field.ts'
import type { FaultKind } from './fault-kind.ts'

export interface ErrorAction {
  /** Kafka's name or number of the error. */
  readonly error: string | number
  readonly after?: 'append'
}

/** The row that a name or a number stands for. */
export function errorRow(error: string | number): KafkaErrorRow | undefined {
  return Object.values(kafkaErrors).find((row) => row.name === error || row.code === error)
}

/** Answers an error. Without `after` nothing is applied; with it, everything is, and the answer lies. */
export const errorFault: FaultKind<ErrorAction> = {
  key: 'error',
  family: 'request',
  doc: 'Answers an error for what the conditions name; other partitions of the request are handled as ever. Not applied, unless `after: append`.',
  fields: [
    {
      key: 'error',
      type: { is: 'any-of', types: [{ is: 'string' }, { is: 'integer', min: -1, max: 32_767 }] },
      doc: "Kafka's name or number of the error, such as NOT_LEADER_OR_FOLLOWER or 6.",
      required: true,
    },
    {
      key: 'after',
      type: { is: 'one-of', values: ['append'] },
      doc: '`append`: the batch is written first, and answered with its real offset and this error (Produce only).',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders', partition: 1 }, do: { error: 'NOT_ENOUGH_REPLICAS' }, times: 3 },
    shows: 'Three times the batch for partition 1 of orders is refused; other partitions of the requests are written.',
  },
  scope: 'request',
  stage: () => 'before',
  check(action, rule, path) {
    const issues = []
    const row = errorRow(action.error)
    if (row === undefined || row.code === 0) {
      const hint = typeof action.error === 'string' ? suggestion(action.error, Object.keys(kafkaErrors)) : ''
      issues.push({ path: [...path, 'error'], message: `no error of Kafka's: ${shown(action.error)}${hint}` })
    }
    if (action.after === 'append' && rule.on.api !== 'Produce') {
      issues.push({ path: [...path, 'after'], message: 'only a Produce appends: say `api: Produce` in `on`' })
    }
    return issues
  },
  run(action, step) {
    const row = errorRow(action.error)
    if (row !== undefined) step.inject(row, { afterAppend: action.after === 'append' })
    step.next()
  },
}
