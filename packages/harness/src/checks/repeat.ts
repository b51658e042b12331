import type { History, Violation } from '../history.ts'
import { eventLine } from '../reporters/event-line.ts'
import type { Verdict } from './index.ts'

interface Run {
  readonly history: History
  readonly traceHash: string | undefined
}

/**
 * REPEAT: the same seed twice gives the same trace. What breaks it is time, chance or order that came in by a side
 * door; the first event that differs is next to the door.
 */
export function repeat(first: Run, second: Run): Verdict {
  if (first.traceHash === second.traceHash) return { law: 'REPEAT', held: true, violations: [] }
  const [a, b] = [first.history.trace, second.history.trace]
  const line = (trace: History['trace'], at: number): string => {
    const event = trace[at]
    return event === undefined ? '(ended)' : eventLine(event)
  }
  let at = 0
  while (at < Math.max(a.length, b.length) && line(a, at) === line(b, at)) at++
  const differing = a[at]
  const violation: Violation = {
    law: 'REPEAT',
    message: `the same seed gave two runs: trace ${first.traceHash} and ${second.traceHash}`,
    evidence: [`first difference, at event ${at}:`, `1st run ${line(a, at)}`, `2nd run ${line(b, at)}`],
    ...(differing === undefined ? {} : { atMs: differing.atMs }),
  }
  return { law: 'REPEAT', held: false, violations: [violation] }
}
