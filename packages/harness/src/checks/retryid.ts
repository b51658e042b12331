import { partitionName, type ReceivedBatch, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/**
 * RETRYID: a sequence range that is sent again is byte-identical: same checksum, same count, unless the epoch was
 * bumped, or the batch was split because the broker found it too large (then its first part has fewer records). A
 * broker only recognises a duplicate by its sequence numbers: other bytes under the same numbers are a loss that is
 * acknowledged.
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
    return violations
  },
}
