import type { MockCluster, StoredRecord } from '@harrow/mock-broker'

/** What a check looks at: a `MockCluster`, or anything like it. */
export type ClusterView = Pick<MockCluster, 'records' | 'requests' | 'topics'>

/** The answer of a check at this moment. */
export interface CheckResult {
  readonly pass: boolean
  /** Why not; for a check that holds, what holds, for those who wanted the opposite. */
  readonly message: string
}

/** Everything in the topic; nothing where there is no such topic (yet: the first record may create it). */
export function recordsOf(cluster: ClusterView, topic: string): StoredRecord[] {
  return cluster.topics.some(({ name }) => name === topic) ? [...cluster.records(topic)] : []
}
