import { partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { entriesByNumber, recordNumbered } from './logged.ts'
import { forgottenUnbound } from './losses.ts'

/**
 * EXACTLY1: with idempotence every record occurs at most once in all logs together: acknowledged exactly once, failed
 * for sure zero times, failed perhaps zero times or once. (That an acknowledged record is there at all is ACKED, that
 * a definite failure is absent is DEFINITE; each law reports its own half, so that one mistake is one report.)
 */
export const exactly1: Law = {
  name: 'EXACTLY1',
  statement: 'with idempotence every record is at most once in all logs together',
  unbound: (history) =>
    history.producer.idempotent ? forgottenUnbound(history) : 'not idempotent: a retry may repeat a record',
  judge(history) {
    const violations: Violation[] = []
    for (const [number, copies] of entriesByNumber(history)) {
      if (copies.length < 2) continue
      const end = recordNumbered(history, number)?.settlements[0]
      violations.push({
        law: 'EXACTLY1',
        message: `record ${number} is in the log ${copies.length} times`,
        evidence: copies.map(
          (copy) =>
            `${partitionName(copy)}@${copy.offset} by producer id ${copy.producerId} epoch ${copy.producerEpoch} sequence ${copy.sequence}`,
        ),
        ...(end === undefined ? {} : { atMs: end.atMs }),
      })
    }
    return violations
  },
}
