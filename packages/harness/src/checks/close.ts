import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf } from './trace-index.ts'

/**
 * CLOSE: `close` with a timeout returns within it plus one timer step, having turned what was open into failures; once
 * the producer says that it is closed it puts no further frame on any wire. (What it still holds is CENSUS; that it
 * leaves no record open is FLUSH.)
 */
export const close: Law = {
  name: 'CLOSE',
  ability: 'close-timeout',
  statement: 'close returns within its timeout, and after it nothing more is sent',
  judge(history) {
    const violations: Violation[] = []
    for (const { step, timeoutMs, calledAtMs, returnedAtMs } of history.waits) {
      if (step !== 'close' || timeoutMs === undefined) continue
      const tookMs = returnedAtMs - calledAtMs
      if (tookMs <= timeoutMs + history.timerSlackMs) continue
      violations.push({
        law: 'CLOSE',
        message: `close took ${shownMs(tookMs)}, its timeout is ${shownMs(timeoutMs)}`,
        evidence: [`called at ${shownMs(calledAtMs)}`],
        atMs: returnedAtMs,
      })
    }
    let closedAtMs: number | undefined
    for (const { event, atMs, details } of eventsOf(history, 'closed', 'request-sent')) {
      if (event === 'closed') closedAtMs ??= atMs
      else if (closedAtMs !== undefined) {
        const message = `${details['api']} was sent to broker ${details['node']} after close`
        violations.push({ law: 'CLOSE', message, evidence: [`closed at ${shownMs(closedAtMs)}`], atMs })
      }
    }
    return violations
  },
}
