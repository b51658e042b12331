import { z } from 'zod'
import { groupBy } from '../checks/logged.ts'
import type { ReceivedBatch, Violation } from '../history.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .strictObject({
    'per-request': count.optional().describe('How many batches, one per partition, every Produce request carries.'),
    'records-each': count.optional().describe('How many records every batch holds.'),
    total: count.optional().describe('How many batches arrive in all, repeats included.'),
  })
  .describe('How well records are aggregated: batches in Produce requests, as the brokers received them.')

/** `batches`: aggregation, judged by what arrived at the brokers. */
export const batches: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const violations: Violation[] = []
    const total = wanted.total === undefined ? undefined : outside(history.batches.length, wanted.total)
    if (total !== undefined) {
      violations.push({
        law: 'batches',
        message: `${history.batches.length} batches arrived, expected ${total}`,
        evidence: [],
      })
    }
    const perRequest = wanted['per-request']
    if (perRequest !== undefined) {
      for (const request of groupBy(history.batches, (batch) => `${batch.request}`).values()) {
        const missed = outside(request.length, perRequest)
        if (missed !== undefined)
          violations.push(tell(request, `a Produce request carries ${request.length} batches, expected ${missed}`))
      }
    }
    const recordsEach = wanted['records-each']
    if (recordsEach !== undefined) {
      for (const batch of history.batches) {
        const missed = outside(batch.recordCount, recordsEach)
        if (missed !== undefined)
          violations.push(tell([batch], `a batch holds ${batch.recordCount} records, expected ${missed}`))
      }
    }
    return violations
  },
}

function tell(some: readonly ReceivedBatch[], message: string): Violation {
  const evidence = some.map(
    (batch) => `broker ${batch.broker}: ${batch.topic}-${batch.partition}, ${batch.recordCount} records`,
  )
  return { law: 'batches', message, evidence, ...(some[0] === undefined ? {} : { atMs: some[0].atMs }) }
}
