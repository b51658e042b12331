import { z } from 'zod'
import { entriesByNumber } from '../checks/logged.ts'
import type { SentRecord } from '../history.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .union([z.literal('all'), z.literal('none'), count], {
    error: 'expected all, none, a whole number, or { min, max }',
  })
  .describe('How many records are delivered: acknowledged, and in the log. `all`, `none`, a number, or { min, max }.')

/** `delivered`: how many records are acknowledged and really in the log. */
export const delivered: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const entries = entriesByNumber(history)
    const missing = history.sent.filter(
      (record) => !entries.has(record.number) || record.settlements.every((end) => end.outcome !== 'acknowledged'),
    )
    const total = history.sent.length
    const found = total - missing.length
    const range = wanted === 'all' ? { min: total, max: total } : wanted === 'none' ? { min: 0, max: 0 } : wanted
    const missed = outside(found, range)
    if (missed === undefined) return []
    const message = `${found} of ${total} records were delivered, expected ${typeof wanted === 'string' ? wanted : missed}`
    return [{ law: 'delivered', message, evidence: examples(missing, entries) }]
  },
}

/** The first few records that are not delivered, with what became of them. */
function examples(missing: readonly SentRecord[], entries: ReadonlyMap<number, unknown>): string[] {
  return missing.slice(0, 3).map((record): string => {
    const end = record.settlements[0]
    const fate =
      end === undefined ? 'never completed' : end.outcome === 'failed' ? `${end.error}: ${end.message}` : end.outcome
    return `record ${record.number}: ${fate}; ${entries.has(record.number) ? 'in' : 'not in'} the log`
  })
}
