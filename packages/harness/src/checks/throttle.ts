import { shownMs, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf } from './trace-index.ts'

/** THROTTLE: after an answer with throttleTimeMs nothing is sent on that connection until that time is over (KIP-219). */
export const throttle: Law = {
  name: 'THROTTLE',
  insideOnly: needsTrace,
  statement: 'a throttled connection carries no request before the throttle time is over',
  judge(history) {
    const violations: Violation[] = []
    const until = new Map<unknown, number>()
    for (const { event, details, atMs } of eventsOf(history, 'response-received', 'request-sent', 'connection-lost')) {
      const { node } = details
      const untilMs = until.get(node) ?? Number.NEGATIVE_INFINITY
      if (event === 'connection-lost') until.delete(node)
      else if (event === 'response-received') {
        const throttleTimeMs = (details['throttleTimeMs'] as number | undefined) ?? 0
        if (throttleTimeMs > 0) until.set(node, Math.max(untilMs, atMs + throttleTimeMs))
      } else if (atMs + history.timerSlackMs < untilMs) {
        const message = `${details['api']} was sent to broker ${node} ${shownMs(untilMs - atMs)} before its throttle ended`
        violations.push({ law: 'THROTTLE', message, evidence: [], atMs })
      }
    }
    return violations
  },
}
