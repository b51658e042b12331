import { z } from 'zod'
import { groupBy, sourceOf } from '../checks/logged.ts'
import { judgeOrder } from '../checks/order.ts'
import { partitionName } from '../history.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .enum(['per-key', 'per-partition'])
  .describe('Records of one key, or of one partition, are in the log in the order of their send calls.')

/** `ordered`: asks for order even where ORDER and KEYORDER do not bind, for instance without idempotence. */
export const ordered: Expectation<typeof schema> = {
  scope: 'producer',
  schema,
  judge(history, wanted) {
    const groupOf = (entry: (typeof history.log)[number]): string =>
      wanted === 'per-partition' ? partitionName(entry) : `${entry.topic} ${sourceOf(history, entry)?.key}`
    return [...groupBy(history.log, groupOf).values()].flatMap((entries) => judgeOrder('ordered', history, entries))
  },
}
