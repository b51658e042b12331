import { partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { entriesByNumber } from './logged.ts'

/**
 * DEFINITE: a record that failed for sure is absent from the log.
 *
 * The caller of a definite failure may send again without making a duplicate: that is what the word promises. Redpanda
 * and franz-go #1217 both took "timed out" for "surely not written".
 */
export const definite: Law = {
  name: 'DEFINITE',
  ability: 'certainty',
  statement: 'a record that failed with certainty "definite" is not in the log',
  judge(history) {
    const entries = entriesByNumber(history)
    return history.sent.flatMap((record): Violation[] => {
      const end = record.settlements.find((end) => end.outcome === 'failed' && end.certainty === 'definite')
      const copies = entries.get(record.number) ?? []
      if (end?.outcome !== 'failed' || copies.length === 0) return []
      return [
        {
          law: 'DEFINITE',
          message: `record ${record.number} failed for sure (${end.error}) and is in the log`,
          evidence: [end.message, ...copies.map((copy) => `${partitionName(copy)}@${copy.offset}`)],
          atMs: end.atMs,
        },
      ]
    })
  },
}
