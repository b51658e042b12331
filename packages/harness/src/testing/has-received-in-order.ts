import type { StoredRecord } from '@harrow/mock-broker'
import { type CheckResult, type ClusterView, recordsOf } from './check.ts'
import { receivedTable } from './received-table.ts'
import { describeMatch, matchesRecord, type RecordMatch } from './record-match.ts'

/**
 * One partition of the topic has records that match, one for each, in this order; others may stand between. Kafka orders
 * within a partition only, so records in several partitions have no order to speak of.
 */
export function hasReceivedInOrder(cluster: ClusterView, topic: string, matches: readonly RecordMatch[]): CheckResult {
  const records = recordsOf(cluster, topic)
  const byPartition = groupByPartition(records)
  let best = 0
  for (const partition of byPartition.values()) {
    let next = 0
    for (const record of partition) {
      const match = matches[next]
      if (match !== undefined && matchesRecord(record, match)) next++
    }
    best = Math.max(best, next)
  }
  const pass = best === matches.length
  const missing = matches[best]
  const where = missing === undefined ? 'all of them' : `${best}, then no ${describeMatch(missing)}`
  return {
    pass,
    message: `of ${matches.length} records in order, one partition of ${topic} has ${where}\n${receivedTable(records)}`,
  }
}

function groupByPartition(records: readonly StoredRecord[]): Map<number, StoredRecord[]> {
  const groups = new Map<number, StoredRecord[]>()
  for (const record of records) {
    const group = groups.get(record.partition)
    if (group === undefined) groups.set(record.partition, [record])
    else group.push(record)
  }
  return groups
}
