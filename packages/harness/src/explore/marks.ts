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
  'batch-appended': ({ producerEpoch }) => ((producerEpoch as number) > 0 ? 'appended-after-bump' : undefined),
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
 * What a thousand seeds of the default swarm must reach. Rarer places are printed and not demanded.
 */
export const requiredMarks: readonly string[] = [
  'batch-completed',
  'batch-duplicate',
  'batch-expired',
  'batch-retried',
  'batch-split',
  'blocked-on-memory',
  'blocked-on-metadata',
  'buffer-exhausted',
  'closed-by-force',
  'closed-in-peace',
  'epoch-bumped',
  'expired-definite',
  'expired-maybe',
  'failed-TOPIC_AUTHORIZATION_FAILED',
  'fatal',
  'fault-delay',
  'fault-disconnect',
  'fault-drop',
  'fault-error',
  'fault-move-leader',
  'fault-stop-broker',
  'leader-changed',
  'leader-moved',
  'lost-idle',
  'lost-no',
  'metadata-failed',
  'record-BUFFER_EXHAUSTED',
  'record-DELIVERY_TIMEOUT',
  'record-PRODUCER_CLOSED',
  'refused-MESSAGE_TOO_LARGE',
  'request-timed-out',
  'retried-NETWORK_EXCEPTION',
  'retried-NOT_LEADER_OR_FOLLOWER',
  'retried-OUT_OF_ORDER_SEQUENCE_NUMBER',
  'retried-REQUEST_TIMED_OUT',
  'sequences-reset',
]

/** Required marks that were not reached. */
export function missingMarks(marks: Marks): string[] {
  return requiredMarks.filter((name) => (marks[name] ?? 0) === 0)
}
