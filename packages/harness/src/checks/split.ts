import type { Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { SplitParts } from './split-parts.ts'
import { eventsOf, whereOf } from './trace-index.ts'

const batchHeaderBytes = 61

/**
 * SPLIT: a part of a batch that was too large holds at most half of its bytes, or one record: so splitting ends. (Java
 * splits to batch.size, and with a smaller limit of the broker a batch into itself, until its time is over: KAFKA-8350.)
 */
export const split: Law = {
  name: 'SPLIT',
  insideOnly: needsTrace,
  statement: 'a part of a split batch holds at most half of its bytes, or one record',
  unbound: (history) =>
    history.producer.compresses ? 'compressed: sizes on the wire are not what is split' : undefined,
  judge(history) {
    const violations: Violation[] = []
    const bytesOf = new Map<unknown, number>()
    const splitParts = new SplitParts()
    /** What each part was cut from. */
    const wholes = new Map<unknown, number>()
    for (const event of eventsOf(history, 'batch-created', 'batch-drained', 'batch-split')) {
      const { batch, records, bytes } = event.details
      if (event.event === 'batch-created') splitParts.tell(event)
      else if (event.event === 'batch-split') {
        for (const part of splitParts.of(event)) wholes.set(part, bytesOf.get(batch) ?? 0)
      } else {
        const recordBytes = (bytes as number) - batchHeaderBytes
        bytesOf.set(batch, recordBytes)
        const whole = wholes.get(batch)
        if (whole === undefined || records === 1 || recordBytes * 2 <= whole) continue
        const message = `a part of a split batch of ${whereOf(event)} holds ${recordBytes} of its ${whole} bytes`
        violations.push({ law: 'SPLIT', message, evidence: [`${records} records`], atMs: event.atMs })
      }
    }
    return violations
  },
}
