import { z } from 'zod'
import { groupBy, sourcesOf } from '../checks/logged.ts'
import { judgeOrder } from '../checks/order.ts'
import { partitionName } from '../history.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .enum(['per-key', 'per-partition'])
  .describe('Records of one key, or of one partition, are in the log in the order of their send calls.')

/** `ordered`: asks for order even where ORDER and KEYORDER do not bind, for instance without idempotence. */
export const ordered: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const { log } = history
    const sources = sourcesOf(history)
    const groupOf = (at: number): string =>
      wanted === 'per-partition' ? partitionName(log[at]!) : `${log[at]!.topic} ${sources[at]?.key}`
    return [...groupBy(log.keys(), groupOf).values()].flatMap((group) =>
      judgeOrder(
        'ordered',
        group.map((at) => log[at]!),
        group.map((at) => sources[at]),
      ),
    )
  },
}
