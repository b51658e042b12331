import type { JournalQuery, MockCluster, StoredRecord } from '@harrow/mock-broker'
import type { RemoteCluster } from './remote-cluster.ts'

/** What a check looks at: a `MockCluster`, or anything like it. */
export interface ClusterView extends Pick<MockCluster, 'topics'> {
  records(topic: string): readonly StoredRecord[]
  readonly requests: Iterable<{ readonly api: string }> & { filter(which: JournalQuery): readonly unknown[] }
}

/** What tests may hand to a matcher or an assertion: a cluster in this process, or one in another. */
export type AnyCluster = ClusterView | RemoteCluster

/** The cluster as it is now. */
export function viewOf(
  cluster: AnyCluster,
  at: Parameters<RemoteCluster['look']>[0],
): ClusterView | Promise<ClusterView> {
  return 'look' in cluster ? cluster.look(at) : cluster
}

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
