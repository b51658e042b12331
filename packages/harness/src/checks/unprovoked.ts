import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

/**
 * UNPROVOKED: before any fault has acted no connection is lost, unless it was idle, and no request times out. A client
 * that gives up a connection which nobody disturbed has misread what came, or has lost count: framing bugs are seen here
 * and nowhere else, because idempotence and retries repair what they break. And whatever the faults, a connection on which
 * an answer is awaited is not idle (KAFKA-5042).
 */
export const unprovoked: Law = {
  name: 'UNPROVOKED',
  statement: 'before any fault no connection is lost but an idle one, and none is idle while an answer is awaited',
  unbound: (history) =>
    history.producer.acks === 0 ? 'with acks=0 a broker refuses by closing the connection' : undefined,
  judge(history) {
    const firstFaultMs = history.faultHits[0]?.atMs ?? Number.POSITIVE_INFINITY
    const awaited = new Map<unknown, number>()
    return eventsOf(history, 'request-sent', 'response-received', 'connection-lost').flatMap((one): Violation[] => {
      const { details, atMs, event } = one
      const { because, node } = details
      const before = awaited.get(node) ?? 0
      if (event !== 'connection-lost') {
        awaited.set(node, before + (event === 'request-sent' ? 1 : -1))
        return []
      }
      awaited.delete(node)
      const isIdle = because === 'idle' && before === 0
      if (isIdle || (because !== 'idle' && atMs >= firstFaultMs)) return []
      const message =
        because === 'idle'
          ? `the connection to broker ${node} was ended as idle while ${before} answers were awaited`
          : `the connection to broker ${node} was lost, and nothing had happened to it`
      return [{ law: 'UNPROVOKED', message, evidence: [`at ${shownMs(atMs)}: ${because}`], atMs }]
    })
  },
}
