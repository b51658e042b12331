import { z } from 'zod'
import { entriesByNumber } from '../checks/logged.ts'
import { partitionName } from '../history.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .union([z.literal('none'), count], { error: 'expected none, a whole number, or { min, max }' })
  .describe('How many records are in the log more than once. `none`, a number, or { min, max }.')

/**
 * `duplicates`: how many records are in the log more than once. With idempotence the law EXACTLY1 asks for none anyway;
 * without it, a scenario may say `{ min: 1 }` to show that the fault it injects does make duplicates.
 */
export const duplicates: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const repeated = [...entriesByNumber(history)].filter(([, copies]) => copies.length > 1)
    const missed = outside(repeated.length, wanted === 'none' ? { min: 0, max: 0 } : wanted)
    if (missed === undefined) return []
    return [
      {
        law: 'duplicates',
        message: `${repeated.length} records are in the log more than once, expected ${wanted === 'none' ? wanted : missed}`,
        evidence: repeated
          .slice(0, 3)
          .map(
            ([number, copies]) =>
              `record ${number}: ${copies.map((one) => `${partitionName(one)}@${one.offset}`).join(', ')}`,
          ),
      },
    ]
  },
}
