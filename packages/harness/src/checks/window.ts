import type { Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { isBefore, isOver, NumberedBatches, numberedKinds } from './numbered-batches.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** Of one producer and partition (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
const batchesRemembered = 5

/**
 * WINDOW: when a batch is numbered, it is at most the fifth from the oldest of its partition and epoch without an outcome,
 * those counted in between that are confirmed. A broker remembers five: one that was pushed out of its memory can no longer
 * be told from a gap, and nobody finds out whether it was written. The parts of a split batch were numbered with the whole.
 */
export const window: Law = {
  name: 'WINDOW',
  insideOnly: needsTrace,
  statement: 'no batch is numbered that pushes one without an outcome out of what a broker remembers',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: batches carry no sequence'),
  judge(history) {
    const violations: Violation[] = []
    const numbered = new NumberedBatches()
    for (const event of eventsOf(history, ...numberedKinds)) {
      if (event.event === 'batch-drained' && numbered.isNew(event)) {
        const where = whereOf(event)
        const { epoch } = event.details
        const sent = numbered.at(where).filter((one) => one.epoch === epoch && one.end !== 'split')
        const oldest = sent
          .filter((one) => !isOver(one))
          .reduce<number | undefined>(
            (first, { sequence }) => (first === undefined || isBefore(sequence, first) ? sequence : first),
            undefined,
          )
        const since = oldest === undefined ? 0 : sent.filter(({ sequence }) => !isBefore(sequence, oldest)).length
        if (since >= batchesRemembered) {
          const message = `a batch of ${where} epoch ${epoch} was numbered as number ${since + 1} from one without an outcome`
          const evidence = [`the oldest has sequence ${oldest}; a broker remembers ${batchesRemembered} batches`]
          violations.push({ law: 'WINDOW', message, evidence, atMs: event.atMs })
        }
      }
      numbered.tell(event)
    }
    return violations
  },
}
