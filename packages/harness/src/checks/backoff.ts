import { type History, shownMs, type TraceEvent, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

const jitter = 0.2

/**
 * BACKOFF: retry number k of a batch (from 0) waits retry.backoff.ms times 2^k, give or take 20 %, at most
 * retry.backoff.max.ms; and it is not sent before, unless the partition has had another leader (KIP-951: the reason to
 * wait is gone then).
 */
export const backoff: Law = {
  name: 'BACKOFF',
  insideOnly: needsTrace,
  statement: 'a batch is sent again only after its backoff, which doubles from retry.backoff.ms to its maximum',
  judge(history) {
    const { retryBackoffMs, retryBackoffMsMax } = history.producer
    const violations: Violation[] = []
    const moved = new Set(eventsOf(history, 'leader-moved').map(whereOf))
    const waiting = new Map<unknown, TraceEvent>()
    for (const event of eventsOf(history, 'batch-retried', 'batch-drained')) {
      const { batch, attempt, afterMs } = event.details
      if (event.event === 'batch-retried') {
        waiting.set(batch, event)
        const range = backoffRange((attempt as number) - 1, retryBackoffMs, retryBackoffMsMax)
        if ((afterMs as number) >= range.min && (afterMs as number) <= range.max) continue
        violations.push({
          law: 'BACKOFF',
          message: `retry ${attempt} of a batch of ${whereOf(event)} waits ${shownMs(afterMs as number)}`,
          evidence: [`lawful: ${shownMs(range.min)} to ${shownMs(range.max)}`],
          atMs: event.atMs,
        })
        continue
      }
      const retried = waiting.get(batch)
      waiting.delete(batch)
      if (retried === undefined || moved.has(whereOf(event))) continue
      const waitedMs = event.atMs - retried.atMs
      if (waitedMs + history.timerSlackMs >= (retried.details['afterMs'] as number)) continue
      violations.push({
        law: 'BACKOFF',
        message: `a batch of ${whereOf(event)} was sent again after ${shownMs(waitedMs)}`,
        evidence: [`its backoff: ${shownMs(retried.details['afterMs'] as number)}`],
        atMs: event.atMs,
      })
    }
    return [...violations, ...producerIdAsks(history)]
  },
}

/** After an answer that brought no producer id, or none, the next request for one waits as well. */
function producerIdAsks(history: History): Violation[] {
  const violations: Violation[] = []
  const { min } = backoffRange(0, history.producer.retryBackoffMs, history.producer.retryBackoffMsMax)
  let endedMs: number | undefined
  let isOpenAt: unknown
  for (const { event, details, atMs } of eventsOf(
    history,
    'request-sent',
    'response-received',
    'connection-lost',
    'producer-id',
  )) {
    if (event === 'producer-id') endedMs = undefined
    else if (event === 'connection-lost') {
      if (isOpenAt === details['node']) endedMs = atMs
      if (isOpenAt === details['node']) isOpenAt = undefined
    } else if (details['api'] !== 'InitProducerId') continue
    else if (event === 'response-received') {
      endedMs = atMs
      isOpenAt = undefined
    } else {
      isOpenAt = details['node']
      if (endedMs === undefined || atMs - endedMs + history.timerSlackMs >= min) continue
      const message = `a producer id was asked for again after ${shownMs(atMs - endedMs)}`
      violations.push({ law: 'BACKOFF', message, evidence: [`lawful: from ${shownMs(min)}`], atMs })
    }
  }
  return violations
}

function backoffRange(retry: number, baseMs: number, maxMs: number): { readonly min: number; readonly max: number } {
  const base = Math.min(baseMs, maxMs)
  if (maxMs <= base) return { min: base, max: base }
  const term = Math.min(base * 2 ** retry, maxMs)
  return { min: Math.floor(term * (1 - jitter)), max: Math.min(term * (1 + jitter), maxMs) }
}
