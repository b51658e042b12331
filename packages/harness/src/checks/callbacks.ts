import { partitionName, type SentRecord, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { orderUnbound } from './order.ts'

/**
 * CALLBACKS: acknowledgements of one partition come in call order. (A failure may come early, for a record that never
 * got into a batch, so only acknowledgements are compared.)
 */
export const callbacks: Law = {
  name: 'CALLBACKS',
  insideOnly: 'a promise of the Java client, which others do not make',
  statement: 'acknowledgements of one partition come in the order of the send calls',
  unbound: orderUnbound,
  judge(history) {
    const violations: Violation[] = []
    const last = new Map<string, { readonly record: SentRecord; readonly atMs: number }>()
    for (const record of history.sent) {
      const end = record.settlements[0]
      if (end?.outcome !== 'acknowledged') continue
      const name = partitionName({ topic: record.topic, partition: end.partition })
      const before = last.get(name)
      if (before !== undefined && end.atMs < before.atMs) {
        violations.push({
          law: 'CALLBACKS',
          message: `record ${record.number} of ${name} was acknowledged before record ${before.record.number}`,
          evidence: [
            `record ${before.record.number}: ${shownMs(before.atMs)}`,
            `record ${record.number}: ${shownMs(end.atMs)}`,
          ],
          atMs: end.atMs,
        })
      } else last.set(name, { record, atMs: end.atMs })
    }
    return violations
  },
}
