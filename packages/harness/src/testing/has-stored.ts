import { type CheckResult, type ClusterView, recordsOf } from './check.ts'
import { receivedTable } from './received-table.ts'

/** The topic has exactly so many records. */
export function hasStored(cluster: ClusterView, topic: string, count: number): CheckResult {
  const records = recordsOf(cluster, topic)
  const message = `topic ${topic} has ${records.length} records, wanted: ${count}\n${receivedTable(records)}`
  return { pass: records.length === count, message }
}
