import { shownMs, type TraceEvent, type Violation } from '../history.ts'
import { hurriesOf, largestRecordBytes } from './hurry.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** Times are rounded to ticks. */
const roundedMs = 0.01

const kinds = ['batch-created', 'batch-drained', 'request-sent', 'send-blocked', 'send-unblocked']
const ends = ['batch-failed', 'batch-expired', 'batch-split']

/**
 * LINGER: what lingers waits. Whenever Produce requests leave for a broker, a batch on board had to leave: its linger.ms is over, it is full
 * or followed by another of its partition, it is a part of a split one or is tried again, or something hurries (flush, close,
 * a send that waits for memory) or did since it was made. Batches that still linger ride along, as in Java's `drainBatchesForOneNode`.
 *
 * It does not bind while other batches wait: one of these may be full, which cannot be seen before it leaves, and be held up by
 * what is on its way or did not fit. Then its broker counts as ready, for Java as for us, and what lingers leaves without it.
 *
 * A record per request costs a broker what a thousand records do (KAFKA-17993 is about a linger that was not kept).
 */
export const linger: Law = {
  name: 'LINGER',
  insideOnly: needsTrace,
  settings: ['linger.ms'],
  statement: 'no request leaves before linger.ms for nothing but batches that could have taken more records',
  unbound({ producer }) {
    if (producer.lingerMs === 0) return 'linger.ms is 0'
    return producer.compresses ? 'compressed: from here it cannot be seen when a batch was full' : undefined
  },
  judge(history) {
    const { lingerMs, batchBytes } = history.producer
    const hurries = hurriesOf(history)
    const newest = new Map<string, unknown>()
    const mustLeave = new Set<unknown>()
    const boarded = new Map<unknown, TraceEvent[]>()
    const violations: Violation[] = []
    /** Batches that have not left. */
    const waiting = new Set<unknown>()
    /** By broker: the last moment at which a request had to leave. */
    const justifiedMs = new Map<unknown, number>()
    let blocked = 0
    let unblockedMs = Number.NEGATIVE_INFINITY
    const mayLeave = ({ atMs, details }: TraceEvent): boolean => {
      const createdMs = atMs - (details['queuedMs'] as number)
      return (
        mustLeave.has(details['batch']) ||
        (details['attempt'] as number) > 0 ||
        (details['queuedMs'] as number) + roundedMs >= lingerMs ||
        (details['bytes'] as number) + largestRecordBytes >= batchBytes ||
        blocked > 0 ||
        unblockedMs >= createdMs ||
        hurries.some(([fromMs, untilMs]) => fromMs <= atMs && createdMs <= untilMs)
      )
    }
    for (const event of eventsOf(history, ...kinds, 'batch-retried', ...ends)) {
      const { atMs, details } = event
      if (event.event === 'batch-retried') waiting.add(details['batch'])
      else if (ends.includes(event.event)) waiting.delete(details['batch'])
      if (event.event === 'batch-created') {
        waiting.add(details['batch'])
        mustLeave.add(newest.get(whereOf(event)))
        newest.set(whereOf(event), details['batch'])
      } else if (event.event === 'batch-split') mustLeave.add(newest.get(whereOf(event)))
      else if (event.event === 'send-blocked') blocked += details['on'] === 'memory' ? 1 : 0
      else if (event.event === 'send-unblocked') {
        if (details['on'] !== 'memory') continue
        blocked--
        unblockedMs = atMs
      } else if (event.event === 'batch-drained') {
        waiting.delete(details['batch'])
        boarded.set(details['node'], [...(boarded.get(details['node']) ?? []), event])
      } else if (event.event === 'request-sent' && details['api'] === 'Produce') {
        const batches = boarded.get(details['node']) ?? []
        boarded.delete(details['node'])
        if (batches.length === 0) continue
        if (justifiedMs.get(details['node']) === atMs || batches.some(mayLeave) || waiting.size > 0) {
          // What does not fit rides along in a request of its own.
          justifiedMs.set(details['node'], atMs)
          continue
        }
        violations.push({
          law: 'LINGER',
          message: `a request to broker ${details['node']} left although all of its batches could wait for linger.ms = ${lingerMs}`,
          evidence: batches.map(
            (one) =>
              `${whereOf(one)} had waited ${shownMs(one.details['queuedMs'] as number)} with ${one.details['bytes']} of ${batchBytes} bytes`,
          ),
          atMs,
        })
      }
    }
    return violations
  },
}
