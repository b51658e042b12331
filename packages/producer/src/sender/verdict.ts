import type { KafkaErrorRow } from '@harrow/protocol'

/** What is to be done with a batch whose answer is here. */
export type Verdict =
  | { readonly do: 'complete' }
  /** `restartSequences`: only new numbers, under a new epoch, can make the broker take it. */
  | { readonly do: 'retry'; readonly restartSequences: boolean }
  | { readonly do: 'split' }
  /**
   * `isFatal`: nothing that this producer sends can succeed any more. `leavesEpoch`: nothing new can under this epoch, as
   * the broker has seen a later one.
   */
  | { readonly do: 'fail'; readonly isFatal: boolean; readonly leavesEpoch: boolean }

/** Facts about a batch and its answer. */
export interface VerdictFacts {
  /** Undefined: the broker took it. */
  readonly error: KafkaErrorRow | undefined
  readonly recordCount: number
  readonly attempts: number
  readonly retries: number
  /** `delivery.timeout.ms` is over. */
  readonly isExpired: boolean
  readonly isIdempotent: boolean
  /** An earlier attempt ended without anybody knowing whether the broker appended it. */
  readonly mayBeInLog: boolean
  /** Every earlier batch of the partition has its outcome. */
  readonly isFirstInFlight: boolean
  /** A later batch may be in the log, too: a broker that has come back remembers the last one only. */
  readonly mayBeForgotten: boolean
  /** The answer says where the log starts. */
  readonly isLogStartKnown: boolean
}

/** An idempotent producer that gets one of these is shut out for good (java-producer: maybeTransitionToErrorState). */
const fatalWhenIdempotent: ReadonlySet<string> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'PRODUCER_FENCED',
  'UNSUPPORTED_VERSION',
])

/** The broker has lost, or never had, what comes before this batch. */
const sequenceErrors: ReadonlySet<string> = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID'])

/** Java's Sender.completeBatch, canRetry and TransactionManager.canRetry, in that order, as one decision. */
export function judge(facts: VerdictFacts): Verdict {
  const { error, isIdempotent } = facts
  if (error === undefined) return { do: 'complete' }
  if (error.name === 'MESSAGE_TOO_LARGE' && facts.recordCount > 1 && !facts.isExpired) {
    // Differs from Java, which splits in any case: 1. a batch is appended, its answer lost  2. the limit of the topic is
    // lowered, and brokers check sizes before duplicates  3. the parts would be appended again, after what follows.
    if (!(isIdempotent && facts.mayBeInLog)) return { do: 'split' }
  }
  // The broker has it from an earlier attempt whose answer was lost.
  if (error.name === 'DUPLICATE_SEQUENCE_NUMBER') return { do: 'complete' }
  const isSequenceError = isIdempotent && sequenceErrors.has(error.name)
  const mayRetry = !facts.isExpired && facts.attempts < facts.retries
  // A broker that does not know where its log starts has just lost the partition: as Java, ask again until one knows.
  const isUndecided = error.name === 'UNKNOWN_PRODUCER_ID' && !facts.isLogStartKnown
  if (mayRetry && isSequenceError && isUndecided) return { do: 'retry', restartSequences: false }
  if (mayRetry && isSequenceError) {
    // Differs from Java, which compares with the last acknowledged sequence: as long as an earlier batch is unsettled it
    // may be the missing one, so wait for it; with none left the gap is real.
    if (!facts.isFirstInFlight) return { do: 'retry', restartSequences: false }
    // Unless the broker has only forgotten it. Differs from Java, which writes what follows a second time: 1. the answers
    // to several batches are lost with their broker  2. it comes back, and its snapshot of producers knows the last of
    // them only (ProducerStateManager)  3. it takes the first of them for a gap. New numbers would make it take all of
    // them again. Nobody can tell any more, so that is what the caller is told.
    if (!(facts.mayBeInLog && facts.mayBeForgotten)) return { do: 'retry', restartSequences: true }
  }
  if (mayRetry && error.retriable) return { do: 'retry', restartSequences: false }
  const leavesEpoch = isIdempotent && error.name === 'INVALID_PRODUCER_EPOCH'
  return { do: 'fail', isFatal: isIdempotent && fatalWhenIdempotent.has(error.name), leavesEpoch }
}

/**
 * The refusals before the append: of nothing else is it certain that the batch is not in the log. After any other error
 * the leader may have appended it, and then something else failed; nor does anybody know what a code means that brokers do
 * not answer to Produce today. By KafkaApis.handleProduceRequest, ReplicaManager.appendRecords and appendToLocalLog,
 * LogValidator and ProducerStateManager.
 */
const refusedBeforeAppend: ReadonlySet<string> = new Set([
  'CORRUPT_MESSAGE',
  'MESSAGE_TOO_LARGE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'INVALID_TOPIC_EXCEPTION',
  'RECORD_LIST_TOO_LARGE',
  'NOT_ENOUGH_REPLICAS',
  'INVALID_REQUIRED_ACKS',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TIMESTAMP',
  'UNSUPPORTED_VERSION',
  'INVALID_REQUEST',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'POLICY_VIOLATION',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
  'CONCURRENT_TRANSACTIONS',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'UNKNOWN_PRODUCER_ID',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'INVALID_RECORD',
  'PRODUCER_FENCED',
  'TRANSACTION_ABORTABLE',
])

export function mayBeAppendedAfter(error: KafkaErrorRow): boolean {
  return !refusedBeforeAppend.has(error.name)
}
