import { shownMs, type TraceEvent, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

interface Open {
  readonly api: unknown
  deadlineMs: number
}

/**
 * TIMEOUT: a request without an answer is given up when request.timeout.ms is over, not later and not earlier, and told as
 * what it is: its batches are retried or fail with REQUEST_TIMED_OUT, not as if the broker had gone (KAFKA-14317). Time for
 * which the broker asked to be left alone does not count (KIP-219, KAFKA-7231). With acks=0 nothing is waited for.
 */
export const timeout: Law = {
  name: 'TIMEOUT',
  statement: 'an unanswered request is given up after request.timeout.ms, as timed out',
  judge(history) {
    const { requestTimeoutMs, acks } = history.producer
    const violations: Violation[] = []
    const nodes = new Map<unknown, Map<unknown, Open>>()
    const violate = (message: string, { atMs }: TraceEvent, ...evidence: string[]): void => {
      violations.push({ law: 'TIMEOUT', message, evidence, atMs })
    }
    /** Of a request to each broker that has just timed out: its batches come next, in the same moment. */
    let timedOut: TraceEvent | undefined
    const ends = ['batch-retried', 'batch-failed']
    const kinds = ['request-sent', 'response-received', 'request-timed-out', 'connection-lost', 'closed', ...ends]
    for (const event of eventsOf(history, ...kinds)) {
      const { details, atMs } = event
      const { node, correlationId } = details
      const open = nodes.get(node) ?? new Map<unknown, Open>()
      nodes.set(node, open)
      if (ends.includes(event.event)) {
        // One connection was lost in this moment, so nobody else can have lost batches.
        if (timedOut?.atMs === atMs && details['because'] === 'NETWORK_EXCEPTION')
          violate('a request timed out, and its batches were told that the connection was lost', event)
      } else if (event.event === 'request-sent') {
        timedOut = undefined
        if (acks !== 0 || details['api'] !== 'Produce')
          open.set(correlationId, { api: details['api'], deadlineMs: atMs + requestTimeoutMs })
      } else if (event.event === 'response-received') {
        timedOut = undefined
        open.delete(correlationId)
        const throttleMs = details['throttleTimeMs'] as number | undefined
        for (const one of open.values()) one.deadlineMs += throttleMs ?? 0
      } else if (event.event === 'closed') open.clear()
      else {
        if (event.event === 'request-timed-out') timedOut = details['api'] === 'Produce' ? event : undefined
        else if (timedOut?.details['node'] !== node) timedOut = undefined
        for (const [id, { api, deadlineMs }] of open) {
          const isIt = event.event === 'request-timed-out' && id === correlationId
          if (isIt && atMs + history.timerSlackMs < deadlineMs)
            violate(`${api} to broker ${node} was given up ${shownMs(deadlineMs - atMs)} before its time`, event)
          if (atMs > deadlineMs + history.timerSlackMs)
            violate(`${api} to broker ${node} was given up ${shownMs(atMs - deadlineMs)} after its time`, event)
        }
        if (event.event === 'connection-lost') open.clear()
      }
    }
    return violations
  },
}
