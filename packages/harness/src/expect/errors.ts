import { z } from 'zod'
import type { History, Violation } from '../history.ts'
import { didYouMean } from '../scenario/nearest.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .union(
    [
      z.literal('none'),
      z.record(z.string(), count.describe('How many records fail with this error: a number, or { min, max }.')),
    ],
    { error: 'expected none, or { <error>: <number or { min, max }> }' },
  )
  .describe(
    "How many records fail with which error. Keys are Kafka's names of brokers' errors (NOT_ENOUGH_REPLICAS) and the producer's own codes (DELIVERY_TIMEOUT, METADATA_TIMEOUT, BUFFER_EXHAUSTED).",
  )

/** `errors`: which errors records fail with, and how many. Errors that are not named may not occur. */
export const errors: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const found = countErrors(history)
    const ranges = new Map(wanted === 'none' ? [] : Object.entries(wanted))
    const violations: Violation[] = []
    for (const [error, range] of ranges) {
      const missed = outside(found.get(error)?.count ?? 0, range)
      if (missed === undefined) continue
      const hint = found.has(error) ? '' : didYouMean(error, [...found.keys()])
      violations.push({
        law: 'errors',
        message: `${found.get(error)?.count ?? 0} records failed with ${error}, expected ${missed}${hint}`,
        evidence: [...found].map(([name, { count, example }]) => `${count} x ${name}: ${example}`),
      })
    }
    for (const [error, { count, example, atMs }] of found) {
      if (ranges.has(error)) continue
      const message = `${count} records failed with ${error}, expected none`
      violations.push({ law: 'errors', message, evidence: [example], atMs })
    }
    return violations
  },
}

function countErrors(
  history: History,
): Map<string, { count: number; readonly example: string; readonly atMs: number }> {
  const found = new Map<string, { count: number; readonly example: string; readonly atMs: number }>()
  for (const record of history.sent) {
    const end = record.settlements[0]
    if (end?.outcome !== 'failed') continue
    const same = found.get(end.error)
    if (same === undefined) found.set(end.error, { count: 1, example: end.message, atMs: end.atMs })
    else same.count++
  }
  return found
}
