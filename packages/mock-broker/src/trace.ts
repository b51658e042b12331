/**
 * Everything that this package tells about itself: plain data, ids and numbers, no bytes and no prose. Node ids and
 * connection ordinals are the cluster's own; `atMs` is the monotonic clock.
 */
export type BrokerEvent = { readonly atMs: number } & (
  | { readonly event: 'broker-started'; readonly broker: number; readonly port: number }
  | { readonly event: 'broker-stopped'; readonly broker: number; readonly how: 'fin' | 'reset' }
  | { readonly event: 'connection-accepted'; readonly broker: number; readonly connection: number }
  | {
      readonly event: 'connection-closed'
      readonly broker: number
      readonly connection: number
      readonly because: string
    }
  | {
      readonly event: 'request-received'
      /** Ordinal of the request: `JournalEntry.id`. */
      readonly request: number
      readonly broker: number
      readonly connection: number
      readonly api: string
      readonly version: number
      readonly correlationId: number
      readonly clientId: string | null
      readonly bytes: number
    }
  | {
      readonly event: 'request-answered'
      /** Ordinal of the request: `JournalEntry.id`. */
      readonly request: number
      readonly broker: number
      readonly connection: number
      readonly api: string
      readonly correlationId: number
      /** 0 if no answer goes out: acks=0. */
      readonly bytes: number
    }
  | {
      readonly event: 'batch-appended'
      readonly broker: number
      readonly clientId: string | null
      readonly topic: string
      readonly partition: number
      readonly baseOffset: bigint
      readonly records: number
      readonly bytes: number
      readonly producerId: bigint
      readonly producerEpoch: number
      readonly baseSequence: number
    }
  | {
      readonly event: 'batch-duplicate'
      readonly broker: number
      readonly clientId: string | null
      readonly topic: string
      readonly partition: number
      readonly baseOffset: bigint
      readonly producerId: bigint
      readonly baseSequence: number
    }
  | {
      readonly event: 'batch-refused'
      readonly broker: number
      readonly clientId: string | null
      readonly topic: string
      readonly partition: number
      readonly error: string
    }
  | {
      readonly event: 'fault-hit'
      readonly fault: string
      readonly action: string
      /** 0, like those below, for a rule that acts at a time. */
      readonly request: number
      readonly broker: number
      readonly connection: number
      readonly correlationId: number
    }
  | {
      readonly event: 'leader-moved'
      readonly topic: string
      readonly partition: number
      /** -1: nobody leads. */
      readonly leader: number
      readonly leaderEpoch: number
    }
  | {
      readonly event: 'isr-changed'
      readonly topic: string
      readonly partition: number
      readonly isr: readonly number[]
    }
  /** A replica threw away what its new leader never had. */
  | {
      readonly event: 'log-truncated'
      readonly broker: number
      readonly topic: string
      readonly partition: number
      /** Where its log ends now. */
      readonly endOffset: bigint
      readonly records: number
    }
  /** Retention, DeleteRecords, or full logs. */
  | {
      readonly event: 'records-deleted'
      readonly topic: string
      readonly partition: number
      readonly logStartOffset: bigint
    }
  /** What its replicas knew of producers is gone. */
  | { readonly event: 'producers-forgotten'; readonly topic: string; readonly partition: number }
  | { readonly event: 'topic-deleted'; readonly topic: string; readonly topicId: string }
  /** `partitions`: how many there are now. */
  | { readonly event: 'partitions-added'; readonly topic: string; readonly partitions: number }
  | { readonly event: 'topic-created'; readonly topic: string; readonly topicId: string; readonly partitions: number }
  /** A group of consumers is in another state, or of another generation. */
  | {
      readonly event: 'group-state'
      readonly group: string
      readonly state: string
      readonly generation: number
      readonly members: number
    }
  | { readonly event: 'producer-id-assigned'; readonly broker: number; readonly producerId: bigint }
  | {
      readonly event: 'finding'
      readonly kind: string
      readonly broker: number
      readonly connection: number
      readonly message: string
    }
)

/** Without the time, which the cluster adds. */
export type BrokerEventInput = BrokerEvent extends infer E
  ? E extends { atMs: number }
    ? Omit<E, 'atMs'>
    : never
  : never

export type Tracer = (event: BrokerEvent) => void
