import { partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/** A partition is left after two at the latest; this many in a row have a chance of less than one in 2^20 of being drawn. */
const quantaMax = 44

/**
 * SPREAD: without faults, records for which the producer chooses the partition do not all go to one. The sticky partitioner
 * stays with a partition for batch.size bytes, twice that at most, and then draws again (KIP-480, KIP-794), so a long run of
 * records in one of several partitions does not happen.
 */
export const spread: Law = {
  name: 'SPREAD',
  statement: 'records without key and partition are spread over the partitions',
  unbound: (history) => (history.faultHits.length > 0 ? 'faults make partitions unattractive' : undefined),
  judge(history) {
    const partitions = history.probes.length
    if (partitions < 2) return []
    const quantum = Math.max(history.producer.batchBytes, 1)
    let last: string | undefined
    let bytes = 0
    let records = 0
    for (const record of history.sent) {
      const [end] = record.settlements
      if (record.key !== null || record.partition !== undefined || end?.outcome !== 'acknowledged') continue
      const name = partitionName({ topic: record.topic, partition: end.partition })
      if (name !== last) {
        bytes = 0
        records = 0
      }
      last = name
      bytes += record.value.length
      records++
      // A record that is larger than the quantum still is one choice.
      if (Math.min(bytes / quantum, records) <= quantaMax) continue
      const message = `more than ${quantaMax} batches in a row went to ${name}, one of ${partitions} partitions`
      return [{ law: 'SPREAD', message, evidence: [], atMs: end.atMs } satisfies Violation]
    }
    return []
  },
}
