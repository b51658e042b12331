import { type CheckResult, type ClusterView, recordsOf } from './check.ts'
import { receivedTable } from './received-table.ts'
import { describeMatch, matchesRecord, type RecordMatch } from './record-match.ts'

/** At least one record of the topic matches; with `times`, exactly so many. */
export function hasReceived(
  cluster: ClusterView,
  topic: string,
  match: RecordMatch = {},
  options: { readonly times?: number } = {},
): CheckResult {
  const records = recordsOf(cluster, topic)
  const found = records.filter((record) => matchesRecord(record, match)).length
  const { times } = options
  const pass = times === undefined ? found > 0 : found === times
  const wanted = times === undefined ? 'at least once' : `${times} times`
  return {
    pass,
    message: `topic ${topic} has ${describeMatch(match)} ${found} times, wanted: ${wanted}\n${receivedTable(records)}`,
  }
}
