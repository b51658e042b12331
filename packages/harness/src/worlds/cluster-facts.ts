import type { ClusterCore } from '@harrow/mock-broker/core'
import { readBatchHeader, splitBatches } from '@harrow/protocol'
import type { FaultReport, LoggedRecord, ReceivedBatch, ReceivedRequest } from '../history.ts'

/** The part of a history that comes from the other side of the wire. */
export interface ClusterFacts {
  readonly log: readonly LoggedRecord[]
  readonly requests: readonly ReceivedRequest[]
  readonly batches: readonly ReceivedBatch[]
  readonly faults: readonly FaultReport[]
  readonly findings: readonly string[]
}

export function clusterFacts(cluster: ClusterCore): ClusterFacts {
  throw new Error('not joined yet')
}
