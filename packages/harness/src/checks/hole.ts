import { shownMs, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { isBefore, isOver, NumberedBatches, numberedKinds } from './numbered-batches.ts'
import { eventsOf, has, whereOf } from './trace-index.ts'

/**
 * HOLE: under one epoch no batch is numbered anew while an earlier one of its partition is given up, has its answer or has
 * lost it, and was never appended: a broker could not take it. And none is sent, not even again, behind one that was given up
 * as certainly not in the log. What may be in the log under its number is asked for under that number, so behind one of which
 * nobody knows a retry is lawful, and so are the parts of a split batch, whose numbers were given out before. Where a later
 * number was appended nothing is missing any more: a broker that knows nothing of an epoch takes any number as its first.
 *
 * A broker would answer OUT_OF_ORDER_SEQUENCE_NUMBER, and with retries left a new epoch repairs it (Java K17 counts on that):
 * only from inside is it seen that the producer had no reason to try.
 */
export const hole: Law = {
  name: 'HOLE',
  insideOnly: needsTrace,
  statement: 'nothing is numbered behind a batch that is missing in the log',
  unbound(history) {
    if (!history.producer.idempotent) return 'not idempotent: batches carry no sequence'
    return has(history, 'batch-appended') ? undefined : 'the cluster does not tell what it appends'
  },
  judge(history) {
    const violations: Violation[] = []
    const numbered = new NumberedBatches()
    for (const event of eventsOf(history, ...numberedKinds)) {
      if (event.event === 'batch-drained') {
        const where = whereOf(event)
        const { sequence, epoch } = event.details as Record<'sequence' | 'epoch', number>
        const isNew = numbered.isNew(event)
        const earlier = numbered.at(where).filter((one) => one.epoch === epoch && isBefore(one.sequence, sequence))
        const appended = earlier.filter((one) => numbered.isAppended(where, one))
        const missing = earlier.find(
          (one) =>
            isOver(one) &&
            (one.end === 'definite' || (isNew && one.end === 'maybe')) &&
            !appended.some((later) => later === one || isBefore(one.sequence, later.sequence)),
        )
        if (missing !== undefined) {
          const message = `a batch of ${where} epoch ${epoch} ${isNew ? 'was numbered' : 'was sent again'} behind one that is missing`
          const evidence = [
            `${sequence} at ${shownMs(event.atMs)}; ${missing.sequence} was given up (${missing.end}) and is in no log`,
          ]
          violations.push({ law: 'HOLE', message, evidence, atMs: event.atMs })
        }
      }
      numbered.tell(event)
    }
    return violations
  },
}
