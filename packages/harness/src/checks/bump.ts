import type { TraceEvent, Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { isBefore, isOver, type NumberedBatch, NumberedBatches, numberedKinds } from './numbered-batches.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** With new numbers a broker takes what it refused as out of order. */
const mendable = ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID']

/**
 * BUMP: the numbers of a partition start anew under another epoch only for a reason. Since they last did,
 *
 * - a batch with a number was given up and is certainly not in the log, or
 * - one was given up of which nobody knows, and the last that was numbered is not confirmed, or
 * - a broker could not connect a batch to what it has, and nothing before it was without an outcome, or
 * - a broker had seen a later epoch, or
 * - the answer to a batch that had run out of time came after all: the law does not see what it said.
 *
 * Epochs are few, and each new one forgets what a broker could have recognised.
 */
export const bump: Law = {
  name: 'BUMP',
  insideOnly: needsTrace,
  statement: 'sequences start anew only if one is missing, or the broker has seen a later epoch',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: there is no epoch'),
  judge(history) {
    const violations: Violation[] = []
    const numbered = new NumberedBatches()
    /** Partitions that certainly have a reason. */
    const reasons = new Set<string>()
    /** Sequences that may be missing. */
    const doubts = new Map<string, Doubts>()
    for (const event of eventsOf(history, ...numberedKinds, 'batch-retried')) {
      const where = whereOf(event)
      if (isReason(event, numbered)) reasons.add(where)
      else if (isDoubt(event)) {
        const { epoch, sequence } = event.details as Record<'sequence' | 'epoch', number>
        const before = doubts.get(where)
        doubts.set(where, { epoch, sequences: [...(before?.epoch === epoch ? before.sequences : []), sequence] })
      }
      if (event.event === 'sequences-reset') {
        if (!reasons.has(where) && !isUnresolved(numbered.at(where), doubts.get(where))) {
          const message = `the sequences of ${where} started anew under epoch ${event.details['epoch']}, and none was missing`
          violations.push({ law: 'BUMP', message, evidence: [], atMs: event.atMs })
        }
        reasons.delete(where)
        doubts.delete(where)
      }
      numbered.tell(event)
    }
    return violations
  },
}

interface Doubts {
  readonly epoch: number
  readonly sequences: readonly number[]
}

const ends = ['batch-failed', 'batch-expired']

function isReason(one: TraceEvent, numbered: NumberedBatches): boolean {
  const { event, details } = one
  const { because, sequence, certainty } = details
  if (ends.includes(event)) return because === 'INVALID_PRODUCER_EPOCH' || (certainty === 'definite' && sequence !== -1)
  if (event !== 'batch-retried' || !mendable.includes(String(because))) return false
  return !numbered.at(whereOf(one)).some((other) => !isOver(other) && isBefore(other.sequence, sequence as number))
}

function isDoubt({ event, details }: TraceEvent): boolean {
  return ends.includes(event) && details['certainty'] === 'maybe' && details['sequence'] !== -1
}

/** Whether the last that was numbered is not confirmed: if it is, all before it is in the log too. */
function isUnresolved(batches: readonly NumberedBatch[], doubts: Doubts | undefined): boolean {
  if (batches.some(({ isAnsweredLate }) => isAnsweredLate)) return true
  const sent = batches.filter(({ end }) => end !== 'split')
  const [any] = sent
  if (doubts === undefined || (any !== undefined && any.epoch !== doubts.epoch)) return false
  const sequences = [...doubts.sequences, ...sent.map(({ sequence }) => sequence)]
  const last = sequences.reduce((latest, one) => (isBefore(latest, one) ? one : latest))
  return !sent.some(({ sequence, end }) => sequence === last && end === 'completed')
}
