import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

/**
 * UNPROVOKED: before any fault has acted no connection is lost, unless it was idle, and no request times out. A client
 * that gives up a connection which nobody disturbed has misread what came, or has lost count: framing bugs are seen here
 * and nowhere else, because idempotence and retries repair what they break.
 */
export const unprovoked: Law = {
  name: 'UNPROVOKED',
  statement: 'before any fault no connection is lost but an idle one',
  unbound: (history) =>
    history.producer.acks === 0 ? 'with acks=0 a broker refuses by closing the connection' : undefined,
  judge(history) {
    const firstFaultMs = history.faultHits[0]?.atMs ?? Number.POSITIVE_INFINITY
    return eventsOf(history, 'connection-lost').flatMap(({ details, atMs }): Violation[] => {
      const { because, node } = details
      if (atMs >= firstFaultMs || because === 'idle') return []
      const message = `the connection to broker ${node} was lost, and nothing had happened to it`
      return [{ law: 'UNPROVOKED', message, evidence: [`at ${shownMs(atMs)}: ${because}`], atMs }]
    })
  },
}
