import { type History, partitionName, type ReceivedBatch, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf, has, whereOf } from './trace-index.ts'

/**
 * RETRYID: a sequence range that is sent again is byte-identical: same checksum, same count, unless the epoch was
 * bumped, or the batch was split because the broker found it too large (then its first part has fewer records). A
 * broker only recognises a duplicate by its sequence numbers: other bytes under the same numbers are a loss that is
 * acknowledged. Nor does a range arrive more often than the producer says that it sent it: bytes that were made for
 * another epoch than the one in force would.
 */
export const retryid: Law = {
  name: 'RETRYID',
  countsRequests: true,
  insideOnly: 'brokers know a retry by its numbers; that it holds the same records is ACKED',
  statement: 'a batch that is sent again under the same producer id, epoch and sequence has identical bytes',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: batches carry no sequence'),
  judge(history) {
    const first = new Map<string, ReceivedBatch>()
    const violations: Violation[] = []
    for (const batch of history.batches) {
      if (batch.producerId < 0n) continue
      const name = partitionName(batch)
      const identity = `${batch.producerId}/${batch.producerEpoch}/${name}/${batch.baseSequence}`
      const earlier = first.get(identity)
      if (earlier === undefined || batch.recordCount < earlier.recordCount) first.set(identity, batch)
      else if (earlier.crc !== batch.crc || earlier.recordCount !== batch.recordCount) {
        violations.push({
          law: 'RETRYID',
          message: `${name} sequence ${batch.baseSequence} of epoch ${batch.producerEpoch} was sent with two contents`,
          evidence: [earlier, batch].map(
            (one) => `${shownMs(one.atMs)}: ${one.recordCount} records, crc ${(one.crc >>> 0).toString(16)}`,
          ),
          atMs: batch.atMs,
        })
      }
    }
    return [...violations, ...judgeCounts(history)]
  },
}

function judgeCounts(history: History): Violation[] {
  if (!has(history, 'batch-drained')) return []
  const sent = new Map<string, number>()
  const names = new Set<string>()
  for (const event of eventsOf(history, 'batch-drained')) {
    const identity = `${whereOf(event)} sequence ${event.details['sequence']} of epoch ${event.details['epoch']}`
    sent.set(identity, (sent.get(identity) ?? 0) + 1)
    names.add(whereOf(event))
  }
  return history.batches.flatMap((batch): Violation[] => {
    if (batch.producerId < 0n) return []
    const identity = `${partitionName(batch)} sequence ${batch.baseSequence} of epoch ${batch.producerEpoch}`
    const left = (sent.get(identity) ?? 0) - 1
    sent.set(identity, left)
    // A broker that no longer has the topic knows no name for it.
    if (left !== -1 || !names.has(partitionName(batch))) return []
    const message = `${identity} arrived more often than the producer meant to send it`
    return [{ law: 'RETRYID', message, evidence: [], atMs: batch.atMs }]
  })
}
