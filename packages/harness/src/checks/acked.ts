import { type LoggedRecord, partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { entriesByNumber, sameBytes } from './logged.ts'
import { Losses } from './losses.ts'

/**
 * ACKED: an acknowledgement of a record with partition p and offset o means that the log of p holds, at o, that record
 * with identical bytes. Where the producer does not know the offset (-1), the record is somewhere in the log of p, and
 * where it does not even tell the partition (-1), in that of its topic.
 *
 * With acks=1 it binds only while no leader is lost; with acks=0 an acknowledgement means "written to the socket". Nor does it
 * bind what was handed over before its topic was deleted, or before a replica that lacked records led its partition.
 */
export const acked: Law = {
  name: 'ACKED',
  statement: 'an acknowledged record is in the log, at the partition and offset acknowledged, with identical bytes',
  unbound(history) {
    if (history.producer.acks === 0) return 'acks=0 promises nothing'
    if (history.producer.acks === 1 && history.losesLeaders) return 'acks=1, and the scenario takes a leader away'
    return undefined
  },
  judge(history) {
    const byOffset = new Map<string, LoggedRecord>()
    for (const entry of history.log) byOffset.set(`${partitionName(entry)}@${entry.offset}`, entry)
    const byNumber = entriesByNumber(history)
    const violations: Violation[] = []
    const losses = new Losses(history)
    for (const record of history.sent) {
      for (const end of record.settlements) {
        if (end.outcome !== 'acknowledged') continue
        const at = { topic: record.topic, partition: end.partition }
        const where = end.partition < 0 ? `somewhere in ${record.topic}` : `${partitionName(at)}@${end.offset}`
        const copies = byNumber.get(record.number) ?? []
        const entry =
          end.offset >= 0n && end.partition >= 0
            ? byOffset.get(where)
            : copies.find((copy) => copy.topic === at.topic && (end.partition < 0 || copy.partition === end.partition))
        if (entry !== undefined && sameBytes(entry.value, record.value)) continue
        if (record.submittedAtMs <= losses.lastMs(record.topic, end.partition)) continue
        violations.push({
          law: 'ACKED',
          message: `record ${record.number} was acknowledged as ${where}, where ${entry === undefined ? 'there is nothing' : 'something else is'}`,
          evidence: [
            copies.length === 0
              ? 'the record is nowhere in the log'
              : `the record is at ${copies.map((copy) => `${partitionName(copy)}@${copy.offset}`).join(', ')}`,
          ],
          atMs: end.atMs,
        })
      }
    }
    return violations
  },
}
