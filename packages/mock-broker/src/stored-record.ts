import type { CompressionName, Header } from '@harrow/protocol'

/** A record as it lies in a log. */
export interface StoredRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since the Unix epoch: the producer's or the broker's, as the topic says; -1 if there is none. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  /** -1n if the producer was not idempotent. */
  readonly producerId: bigint
  readonly producerEpoch: number
  /** The producer's number of this very record; -1 if it was not idempotent. */
  readonly sequence: number
  /** Of its batch. */
  readonly compression: CompressionName
}
