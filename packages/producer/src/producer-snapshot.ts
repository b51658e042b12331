import type { RecordAccumulator } from './accumulator/record-accumulator.ts'
import type { Admission } from './admission/admission.ts'
import type { Idempotence } from './idempotence/idempotence.ts'
import type { Metadata } from './metadata/metadata.ts'
import type { NetworkClient } from './network/network-client.ts'

/** A producer at one moment, for checkers and curious people. */
export interface ProducerSnapshot {
  readonly bufferTotalBytes: number
  readonly bufferAvailableBytes: number
  /** Sends that wait for memory. */
  readonly bufferPooledWaiters: number
  /** Sends that wait for metadata or memory. */
  readonly blockedSends: number
  /** The memory that these may need in the end. */
  readonly waitingBytes: number
  readonly incompleteBatches: number
  /** Batches whose memory a request still holds, although they have their outcome. */
  readonly heldBatches: number
  readonly inFlightRequests: number
  readonly connections: readonly { readonly node: number; readonly state: string; readonly inFlightRequests: number }[]
  readonly metadataVersion: number
  readonly topics: readonly string[]
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly state: 'open' | 'closing' | 'closed'
}

export function snapshotOf(parts: {
  readonly accumulator: RecordAccumulator
  readonly admission: Admission
  readonly idempotence: Idempotence | undefined
  readonly metadata: Metadata
  readonly network: Pick<NetworkClient<unknown>, 'inFlightRequests' | 'inspect'>
  readonly state: ProducerSnapshot['state']
}): ProducerSnapshot {
  const { accumulator, admission, idempotence, metadata, network, state } = parts
  return {
    bufferTotalBytes: accumulator.pool.totalBytes,
    bufferAvailableBytes: accumulator.pool.availableBytes,
    bufferPooledWaiters: admission.memoryWaiters,
    blockedSends: admission.waitingCount,
    waitingBytes: admission.waitingBytes,
    incompleteBatches: accumulator.incompleteBatches.size,
    heldBatches: accumulator.heldBatches.size - accumulator.incompleteBatches.size,
    inFlightRequests: network.inFlightRequests,
    connections: network.inspect(),
    metadataVersion: metadata.updateVersion,
    topics: metadata.topicsInUse,
    producerId: idempotence?.current.producerId ?? -1n,
    producerEpoch: idempotence?.current.epoch ?? -1,
    state,
  }
}
