import type { History, TraceEvent } from '../history.ts'

/** In how many runs each was reached. */
export type Marks = Record<string, number>

/**
 * Places in both cores that an exploration must come to, each told by the event stream: what is never reached is not
 * tested, whatever the number of seeds ("sometimes" assertions, as Antithesis calls them). Every kind of event counts by
 * its name; these are finer. The cores tell their events anyway, so outside of a simulation a mark costs nothing.
 */
const details: Readonly<Record<string, (event: TraceEvent['details']) => string | undefined>> = {
  // The producer.
  'batch-drained': ({ attempt, compressionRatio }) =>
    attempt !== 0 ? 'sent-again' : compressionRatio === 1 ? undefined : 'compressed',
  'batch-expired': ({ certainty }) => `expired-${certainty}`,
  'batch-retried': ({ because }) => `retried-${because}`,
  'batch-failed': ({ because }) => `failed-${because}`,
  'send-failed': ({ because }) => `send-failed-${because}`,
  'record-failed': ({ error }) => `record-${error}`,
  'send-blocked': ({ on }) => `blocked-on-${on}`,
  'request-timed-out': ({ api }) => `timed-out-${api}`,
  'connection-lost': ({ because }) => `lost-${String(because).replace(/ .*/, '')}`,
  fatal: ({ because }) => `fatal-${because}`,
  closed: ({ forced }) => (forced === true ? 'closed-by-force' : 'closed-in-peace'),
  // The cluster.
  'request-received': ({ api, version }) => `${api}-v${version}`,
  'request-answered': ({ bytes }) => (bytes === 0 ? 'answered-with-silence' : undefined),
  'batch-appended': ({ producerEpoch, baseSequence, records }) => {
    if ((baseSequence as number) + (records as number) > 2 ** 31) return 'sequence-wrapped'
    return (producerEpoch as number) > 0 ? 'appended-after-bump' : undefined
  },
  'batch-refused': ({ error }) => `refused-${error}`,
  'connection-closed': ({ because }) => `closed-because-${String(because).replace(/[ "].*/, '')}`,
  'leader-moved': ({ leader }) => (leader === -1 ? 'nobody-leads' : undefined),
  'fault-hit': ({ action }) => `fault-${action}`,
  finding: ({ kind }) => `finding-${kind}`,
}

export function countMarks(history: History, marks: Marks): void {
  const reached = new Set<string>()
  for (const event of history.trace) {
    reached.add(event.event)
    const fine = details[event.event]?.(event.details)
    if (fine !== undefined) reached.add(fine)
  }
  for (const name of reached) marks[name] = (marks[name] ?? 0) + 1
}

/**
 * What `seedsForMarks` seeds of the default swarm must reach: each was reached by at least one seed in a hundred when
 * it was listed. Rarer places are printed and not demanded.
 */
export const requiredMarks: readonly string[] = [
  'InitProducerId-v5',
  'Metadata-v5',
  'Produce-v12',
  'Produce-v13',
  'Produce-v7',
  'Produce-v9',
  'answered-with-silence',
  'appended-after-bump',
  'batch-completed',
  'batch-duplicate',
  'batch-expired',
  'batch-retried',
  'batch-split',
  'blocked-on-memory',
  'blocked-on-metadata',
  'buffer-exhausted',
  'closed-because-acks=0',
  'closed-because-broker',
  'closed-because-fault',
  'closed-by-force',
  'closed-in-peace',
  'compressed',
  'epoch-bumped',
  'expired-definite',
  'expired-maybe',
  'failed-INVALID_PRODUCER_EPOCH',
  'failed-INVALID_RECORD',
  'failed-INVALID_REQUIRED_ACKS',
  'failed-MESSAGE_TOO_LARGE',
  'failed-PRODUCER_CLOSED',
  'failed-PRODUCER_FENCED',
  'failed-TOPIC_AUTHORIZATION_FAILED',
  'fatal',
  'fatal-CLUSTER_AUTHORIZATION_FAILED',
  'fatal-PRODUCER_FENCED',
  'fault-delay',
  'fault-disconnect',
  'fault-drop',
  'fault-error',
  'fault-lose-producer-state',
  'fault-move-leader',
  'fault-recreate-topic',
  'fault-roll',
  'fault-stop-broker',
  'fault-unclean-election',
  'isr-changed',
  'leader-changed',
  'leader-moved',
  'lost-closed',
  'lost-connection',
  'lost-idle',
  'lost-no',
  'lost-nobody',
  'metadata-failed',
  'nobody-leads',
  'producers-forgotten',
  'record-BUFFER_EXHAUSTED',
  'record-DELIVERY_TIMEOUT',
  'record-PRODUCER_CLOSED',
  'refused-MESSAGE_TOO_LARGE',
  'refused-NOT_LEADER_OR_FOLLOWER',
  'refused-OUT_OF_ORDER_SEQUENCE_NUMBER',
  'request-timed-out',
  'retried-KAFKA_STORAGE_ERROR',
  'retried-LEADER_NOT_AVAILABLE',
  'retried-NETWORK_EXCEPTION',
  'retried-NOT_ENOUGH_REPLICAS',
  'retried-NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'retried-NOT_LEADER_OR_FOLLOWER',
  'retried-OUT_OF_ORDER_SEQUENCE_NUMBER',
  'retried-REQUEST_TIMED_OUT',
  'retried-UNKNOWN_TOPIC_ID',
  'retried-UNKNOWN_TOPIC_OR_PARTITION',
  'send-failed-BUFFER_EXHAUSTED',
  'send-failed-METADATA_TIMEOUT',
  'send-failed-PRODUCER_CLOSED',
  'send-failed-PRODUCER_FENCED',
  'sent-again',
  'sequences-reset',
  'timed-out-ApiVersions',
  'timed-out-Metadata',
  'timed-out-Produce',
  'topic-deleted',
]

/** After so many seeds a place that one in a hundred reaches is missed once in a hundred million explorations. */
export const seedsForMarks = 2_000

/** Required marks that were not reached. */
export function missingMarks(marks: Marks): string[] {
  return requiredMarks.filter((name) => (marks[name] ?? 0) === 0)
}
