import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

const jitter = 0.2

/**
 * RECONNECT: after a connection to a broker was lost the next attempt waits reconnect.backoff.ms, less 20 % jitter (KIP-144).
 * Unless it has come back at another address: until it is reached there, nobody can tell at which it was tried.
 */
export const reconnect: Law = {
  name: 'RECONNECT',
  statement: 'a broker that was lost is tried again only after reconnect.backoff.ms',
  judge(history) {
    const { reconnectBackoffMs, reconnectBackoffMsMax } = history.producer
    const minMs = Math.floor(Math.min(reconnectBackoffMs, reconnectBackoffMsMax) * (1 - jitter))
    const violations: Violation[] = []
    const lost = new Map<unknown, number>()
    /** To another address since they were last reached. */
    const moved = new Set<unknown>()
    const ports = new Map<unknown, unknown>()
    for (const { event, details, atMs } of eventsOf(history, 'connection-lost', 'connection-state', 'broker-started')) {
      const { broker, node, port } = details
      if (event === 'broker-started') {
        if (ports.has(broker) && ports.get(broker) !== port) moved.add(broker)
        ports.set(broker, port)
      } else if (event === 'connection-lost') lost.set(node, atMs)
      else if (details['to'] === 'negotiating') moved.delete(node)
      else if (details['to'] === 'connecting') {
        const lostAtMs = lost.get(node)
        if (lostAtMs === undefined || moved.has(node) || atMs - lostAtMs + history.timerSlackMs >= minMs) continue
        const message = `broker ${node} was tried again after ${shownMs(atMs - lostAtMs)}, reconnect.backoff.ms is ${shownMs(reconnectBackoffMs)}`
        violations.push({ law: 'RECONNECT', message, evidence: [`lost at ${shownMs(lostAtMs)}`], atMs })
      }
    }
    return violations
  },
}
