import type { Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/**
 * OOO: a broker answers OUT_OF_ORDER_SEQUENCE_NUMBER only after something that explains a missing predecessor: a fault
 * acted before, or a batch of the partition was refused, retried, split, expired or failed. In an undisturbed run never.
 */
export const ooo: Law = {
  name: 'OOO',
  insideOnly: needsTrace,
  statement: 'a sequence is out of order only after a fault, or after a batch of its partition was in trouble',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: batches carry no sequence'),
  judge(history) {
    const violations: Violation[] = []
    const firstFaultMs = history.faultHits[0]?.atMs ?? Number.POSITIVE_INFINITY
    const troubled = new Set<string>()
    const kinds = ['batch-refused', 'batch-retried', 'batch-split', 'batch-expired', 'batch-failed']
    for (const event of eventsOf(history, ...kinds)) {
      const where = whereOf(event)
      // Whatever else a broker refuses is missing for what comes behind it.
      if (event.event !== 'batch-refused' || event.details['error'] !== 'OUT_OF_ORDER_SEQUENCE_NUMBER')
        troubled.add(where)
      else if (event.atMs < firstFaultMs && !troubled.has(where)) {
        const message = `a batch of ${where} was out of order, and nothing had happened that explains it`
        violations.push({ law: 'OOO', message, evidence: [], atMs: event.atMs })
      }
    }
    return violations
  },
}
