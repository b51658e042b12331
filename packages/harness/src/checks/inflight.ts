import { type History, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { groupBy } from './logged.ts'
import { eventsOf } from './trace-index.ts'

/**
 * INFLIGHT: no connection has more than max.in.flight.requests.per.connection Produce requests waiting for an answer.
 *
 * Seen from the broker, which answers before the producer hears of it, so what this finds is never a false alarm; and, of
 * a producer that tells what it sends and hears, from there too: a fast broker hides what it has already answered. With
 * acks=0 nothing waits for an answer.
 */
export const inflight: Law = {
  name: 'INFLIGHT',
  countsRequests: true,
  settings: ['max.in.flight.requests.per.connection'],
  statement: 'no connection has more Produce requests in flight than max.in.flight.requests.per.connection',
  unbound: (history) => (history.producer.acks === 0 ? 'acks=0 waits for no answer' : undefined),
  judge(history) {
    const limit = history.producer.inFlightRequestsMax
    const produce = history.requests.filter((request) => request.api === 'Produce')
    const violations: Violation[] = []
    for (const [connection, requests] of groupBy(produce, (request) => `${request.broker}/${request.connection}`)) {
      // A request without an answer counts until the next one is answered: answers are in order, so it got lost.
      const open: number[] = []
      for (const request of requests) {
        const stillOpen = open.filter((answeredAtMs) => answeredAtMs > request.receivedAtMs)
        open.length = 0
        open.push(...stillOpen, request.answeredAtMs ?? request.receivedAtMs)
        if (open.length <= limit) continue
        violations.push({
          law: 'INFLIGHT',
          message: `${open.length} Produce requests in flight on one connection of broker ${request.broker}, ${limit} are allowed`,
          evidence: [`connection ${connection} at ${shownMs(request.receivedAtMs)}`],
          atMs: request.receivedAtMs,
        })
      }
    }
    return [...violations, ...seenFromInside(history, limit)]
  },
}

function seenFromInside(history: History, limit: number): Violation[] {
  const violations: Violation[] = []
  const open = new Map<unknown, Set<unknown>>()
  for (const { event, atMs, details } of eventsOf(history, 'request-sent', 'response-received', 'connection-state')) {
    const node = details['node']
    const requests = open.get(node) ?? new Set<unknown>()
    open.set(node, requests)
    if (event === 'connection-state') requests.clear()
    else if (event === 'response-received') requests.delete(details['correlationId'])
    else if (details['api'] === 'Produce') requests.add(details['correlationId'])
    if (event !== 'request-sent' || requests.size <= limit) continue
    const message = `${requests.size} Produce requests to broker ${node} without an answer, ${limit} are allowed`
    const evidence = [`correlation ids ${[...requests].join(', ')}`]
    violations.push({ law: 'INFLIGHT', message, evidence, atMs })
  }
  return violations
}
