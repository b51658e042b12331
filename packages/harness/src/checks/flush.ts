import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/**
 * FLUSH: when `flush` or `close` returns, every record handed over before the call has completed. A step that says
 * `within` returns within that time, as far as the world is on time.
 */
export const flush: Law = {
  name: 'FLUSH',
  statement: 'when flush or close returns, every record handed over before the call has completed',
  judge: (history) =>
    history.waits.flatMap((wait): Violation[] => {
      const tookMs = wait.returnedAtMs - wait.calledAtMs
      const violations: Violation[] = []
      if (wait.unsettled.length > 0) {
        violations.push({
          law: 'FLUSH',
          message: `${wait.step} returned while ${wait.unsettled.length} of ${wait.submittedBefore} records were open`,
          evidence: [`open: ${wait.unsettled.slice(0, 10).join(', ')}${wait.unsettled.length > 10 ? ', ...' : ''}`],
          atMs: wait.returnedAtMs,
        })
      }
      if (wait.withinMs !== undefined && tookMs > wait.withinMs + history.timerSlackMs) {
        violations.push({
          law: 'FLUSH',
          message: `${wait.step} took ${shownMs(tookMs)}, ${shownMs(wait.withinMs)} are allowed`,
          evidence: [`called at ${shownMs(wait.calledAtMs)}`],
          atMs: wait.returnedAtMs,
        })
      }
      return violations
    }),
}
