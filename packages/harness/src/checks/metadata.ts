import { shownMs, type TraceEvent, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf } from './trace-index.ts'

const jitter = 0.2

/**
 * METADATA: at most one Metadata request is in flight; and between an answer and the next request there are at least
 * retry.backoff.ms less 20 % jitter, unless a record began to wait for a topic since that was asked (a first look at a topic does
 * not wait) or the request before it never got an answer. And in an explored run, where no topic stays away, is refused or
 * asked for a partition that it does not have, no send waits for metadata of a topic that has taken a record before.
 */
export const metadata: Law = {
  name: 'METADATA',
  insideOnly: needsTrace,
  statement:
    'at most one Metadata request is in flight, refreshes are retry.backoff.ms apart, and a topic that is known is not waited for',
  judge(history) {
    const violations: Violation[] = []
    const minMs = Math.floor(
      Math.min(history.producer.retryBackoffMs, history.producer.retryBackoffMsMax) * (1 - jitter),
    )
    let open: TraceEvent | undefined
    let answeredAtMs: number | undefined
    /** A record has begun to wait since the request was made: its topic is not asked for yet. */
    let asksForMore = false
    const known = new Set<unknown>()
    const kinds = ['request-sent', 'response-received', 'connection-lost', 'send-blocked', 'batch-created']
    for (const event of eventsOf(history, ...kinds)) {
      const { details, atMs } = event
      if (event.event === 'connection-lost') {
        if (open?.details['node'] === details['node']) open = undefined
      } else if (event.event === 'batch-created') known.add(details['topic'])
      else if (event.event === 'send-blocked') {
        answeredAtMs = undefined
        asksForMore = open !== undefined
        if (!history.isStrict || details['on'] !== 'metadata' || !known.has(details['topic'])) continue
        const message = `a send waits for metadata of ${details['topic']}, which was known`
        violations.push({ law: 'METADATA', message, evidence: [], atMs })
      } else if (details['api'] !== 'Metadata') continue
      else if (event.event === 'response-received') {
        open = undefined
        answeredAtMs = asksForMore ? undefined : atMs
        asksForMore = false
      } else {
        if (open !== undefined) {
          const evidence = [
            `to broker ${open.details['node']} at ${shownMs(open.atMs)}`,
            `to broker ${details['node']} at ${shownMs(atMs)}`,
          ]
          violations.push({ law: 'METADATA', message: 'two Metadata requests in flight', evidence, atMs })
        }
        if (answeredAtMs !== undefined && atMs - answeredAtMs + history.timerSlackMs < minMs) {
          const message = `Metadata was asked for again after ${shownMs(atMs - answeredAtMs)}, retry.backoff.ms is ${shownMs(history.producer.retryBackoffMs)}`
          violations.push({ law: 'METADATA', message, evidence: [`answered at ${shownMs(answeredAtMs)}`], atMs })
        }
        open = event
        answeredAtMs = undefined
      }
    }
    return violations
  },
}
