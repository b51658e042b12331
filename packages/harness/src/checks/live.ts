import { type History, partitionName, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { recordNumbered } from './logged.ts'
import { eventsOf, has } from './trace-index.ts'

/** Fewer retries than this may be used up by finding the leader again. */
const retriesNeeded = 5
/** Metadata (KIP-516). */
const topicIdsFrom = 10
/** KIP-580: a backoff is up to a fifth longer than its step. */
const jitterMax = 1.2

/**
 * LIVE: when all faults are over and everything before has met its end, a probe to each partition is acknowledged within
 * linger.ms, plus two request timeouts, plus twice the longest retry and reconnect backoffs, plus 50 ms. Unless max.block.ms
 * leaves no time for one question after the longest retry backoff: then it may fail for want of metadata. Or
 * delivery.timeout.ms leaves no time for one retry: then it may fail because its leader has moved.
 *
 * Nor does it bind where a topic was made anew and answers name topics by name only (Metadata before version 10): its epochs
 * begin again, and what is told of it is taken for the past, in Java too (KAFKA-12257).
 *
 * (A run that stands still, never ends, or spins is reported under the same name.)
 */
export const live: Law = {
  name: 'LIVE',
  statement: 'after all faults are over every partition takes a record, within the time that backoffs need',
  unbound(history) {
    if (history.probes.length === 0) return 'no probes: not a strict scenario, or closed before the end'
    if (has(history, 'fatal')) return 'an error after which a producer must send nothing more'
    if (has(history, 'topic-deleted') && !knowsTopicIds(history))
      return 'a topic was made anew, and brokers that tell no topic ids cannot say so'
    return history.producer.retries < retriesNeeded ? `only ${history.producer.retries} retries` : undefined
  },
  judge(history) {
    const limitMs = probeMsMax(history)
    return history.probes.flatMap((probe): Violation[] => {
      const record = recordNumbered(history, probe.number)
      const end = record?.settlements[0]
      if (record === undefined || end === undefined) return []
      if (end.outcome === 'failed' && isImpatience(history, end.error)) return []
      const tookMs = end.atMs - record.submittedAtMs
      if (end.outcome === 'acknowledged' && tookMs <= limitMs) return []
      return [
        {
          law: 'LIVE',
          message: `a probe to ${partitionName(probe)} ${end.outcome === 'failed' ? `failed with ${end.error}` : 'arrived late'} after ${shownMs(tookMs)}`,
          evidence: [`${shownMs(limitMs)} are allowed`, ...(end.outcome === 'failed' ? [end.message] : [])],
          atMs: end.atMs,
        },
      ]
    })
  },
}

function knowsTopicIds(history: History): boolean {
  return eventsOf(history, 'request-sent').every(
    ({ details }) => details['api'] !== 'Metadata' || (details['version'] as number) >= topicIdsFrom,
  )
}

/**
 * Whoever has no time for one lost request, or for the one retry that finds a leader that has moved, is told so. The last
 * refused question for metadata may have been just before all faults were over (seed 79281).
 */
function isImpatience({ producer }: History, error: string): boolean {
  const { blockMsMax, requestTimeoutMs, deliveryTimeoutMs, lingerMs, retryBackoffMsMax } = producer
  const onceMoreMs = requestTimeoutMs + jitterMax * retryBackoffMsMax
  if (error === 'METADATA_TIMEOUT') return blockMsMax < onceMoreMs
  return error === 'DELIVERY_TIMEOUT' && deliveryTimeoutMs < lingerMs + onceMoreMs
}

function probeMsMax({ producer }: History): number {
  const { lingerMs, requestTimeoutMs, retryBackoffMsMax, reconnectBackoffMsMax } = producer
  return lingerMs + 2 * (requestTimeoutMs + retryBackoffMsMax + reconnectBackoffMsMax) + 50
}
