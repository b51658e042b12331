import type { JournalQuery } from '@harrow/mock-broker'
import type { CheckResult, ClusterView } from './check.ts'

/** A request came for which all of the query holds; with `times`, exactly so many. */
export function hasSeenRequest(
  cluster: ClusterView,
  query: JournalQuery,
  options: { readonly times?: number } = {},
): CheckResult {
  const found = cluster.requests.filter(query).length
  const { times } = options
  const counts = new Map<string, number>()
  for (const { api } of cluster.requests) counts.set(api, (counts.get(api) ?? 0) + 1)
  const all = [...counts].map(([api, count]) => `${api} ${count}`).join(', ') || 'none'
  const wanted = times === undefined ? 'at least one' : `${times}`
  return {
    pass: times === undefined ? found > 0 : found === times,
    message: `${found} requests fit ${JSON.stringify(query)}, wanted: ${wanted}\nrequests: ${all}`,
  }
}
