/**
 * Everything that a producer does, as data: ids and numbers, no bytes, no prose. Logs, metrics and checkers are folds
 * over this stream. Sequences are -1 without idempotence; times are on the monotonic clock.
 */
export type ProducerEvent =
  | { readonly event: 'send-blocked'; readonly topic: string; readonly on: 'serializer' | 'metadata' | 'memory' }
  | {
      readonly event: 'send-unblocked'
      readonly topic: string
      readonly on: 'serializer' | 'metadata' | 'memory'
      readonly waitedMs: number
    }
  /** A record that failed before it was in a batch. */
  | { readonly event: 'send-failed'; readonly topic: string; readonly because: string }
  | { readonly event: 'buffer-wait'; readonly bytes: number; readonly availableBytes: number }
  | { readonly event: 'buffer-exhausted'; readonly bytes: number; readonly availableBytes: number }
  | { readonly event: 'batch-created'; readonly batch: number; readonly topic: string; readonly partition: number }
  | ({
      readonly event: 'batch-drained'
      readonly node: number
      readonly records: number
      readonly bytes: number
      readonly attempt: number
      /** Since the batch was created. */
      readonly queuedMs: number
      /** Compressed by uncompressed bytes of the records; 1 without compression. */
      readonly compressionRatio: number
      /** The upper bound of its largest record. */
      readonly recordBytesMax: number
    } & BatchId)
  | ({ readonly event: 'batch-completed'; readonly records: number; readonly offset: bigint } & BatchId)
  | ({
      readonly event: 'batch-retried'
      readonly records: number
      readonly attempt: number
      readonly afterMs: number
      readonly because: string
    } & BatchId)
  | ({
      readonly event: 'batch-failed'
      readonly records: number
      readonly because: string
      readonly certainty: 'definite' | 'maybe'
    } & BatchId)
  | ({ readonly event: 'batch-expired'; readonly records: number; readonly certainty: 'definite' | 'maybe' } & BatchId)
  | ({ readonly event: 'batch-split'; readonly records: number; readonly parts: number } & BatchId)
  | {
      readonly event: 'request-sent'
      readonly node: number
      readonly api: string
      readonly version: number
      readonly correlationId: number
      readonly bytes: number
    }
  | {
      readonly event: 'response-received'
      readonly node: number
      readonly api: string
      readonly correlationId: number
      readonly bytes: number
      readonly latencyMs: number
      readonly throttleTimeMs: number
    }
  | { readonly event: 'request-timed-out'; readonly node: number; readonly api: string; readonly correlationId: number }
  | { readonly event: 'connection-state'; readonly node: number; readonly from: string; readonly to: string }
  | { readonly event: 'connection-lost'; readonly node: number; readonly because: string }
  | {
      readonly event: 'metadata-updated'
      readonly version: number
      readonly nodes: number
      readonly topics: number
      readonly partial: boolean
    }
  | { readonly event: 'metadata-failed'; readonly because: string }
  /** By an answer to Metadata or Produce. `epoch` is -1, and `topicId` zeros, where a broker does not tell it. */
  | {
      readonly event: 'leader-changed'
      readonly topic: string
      readonly topicId: string
      readonly partition: number
      readonly leader: number
      readonly epoch: number
    }
  | { readonly event: 'producer-id'; readonly id: bigint; readonly epoch: number }
  | { readonly event: 'epoch-bumped'; readonly id: bigint; readonly epoch: number }
  | { readonly event: 'sequences-reset'; readonly topic: string; readonly partition: number; readonly epoch: number }
  | { readonly event: 'fatal'; readonly because: string }
  | { readonly event: 'flushed'; readonly tookMs: number }
  | { readonly event: 'closed'; readonly forced: boolean }

/** `batch` counts the batches of one producer from 0. */
interface BatchId {
  readonly batch: number
  readonly topic: string
  readonly partition: number
  readonly sequence: number
  readonly epoch: number
}

export type Trace = (event: ProducerEvent) => void

/** One trace that tells several. */
export function tee(traces: readonly (Trace | undefined)[]): Trace {
  const all = traces.filter((trace) => trace !== undefined)
  return (event) => {
    for (const trace of all) trace(event)
  }
}
