import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

const jitter = 0.2

/**
 * RECONNECT: after a connection to a broker was lost the next attempt waits reconnect.backoff.ms, less 20 % jitter (KIP-144).
 * Brokers keep their addresses here, so there is no reason to come earlier.
 */
export const reconnect: Law = {
  name: 'RECONNECT',
  statement: 'a broker that was lost is tried again only after reconnect.backoff.ms',
  judge(history) {
    const { reconnectBackoffMs, reconnectBackoffMsMax } = history.producer
    const minMs = Math.floor(Math.min(reconnectBackoffMs, reconnectBackoffMsMax) * (1 - jitter))
    const violations: Violation[] = []
    const lost = new Map<unknown, number>()
    for (const { event, details, atMs } of eventsOf(history, 'connection-lost', 'connection-state')) {
      const { node } = details
      if (event === 'connection-lost') lost.set(node, atMs)
      else if (details['to'] === 'connecting') {
        const lostAtMs = lost.get(node)
        if (lostAtMs === undefined || atMs - lostAtMs + history.timerSlackMs >= minMs) continue
        const message = `broker ${node} was tried again after ${shownMs(atMs - lostAtMs)}, reconnect.backoff.ms is ${shownMs(reconnectBackoffMs)}`
        violations.push({ law: 'RECONNECT', message, evidence: [`lost at ${shownMs(lostAtMs)}`], atMs })
      }
    }
    return violations
  },
}
