import type { Violation } from '../history.ts'
import type { Law } from './law.ts'

/** CENSUS: after `close` has returned the producer holds no link, no timer and no memory, and calls nobody. */
export const census: Law = {
  name: 'CENSUS',
  statement: 'after close the producer holds no link, no timer and no buffer memory, and calls nobody',
  unbound: (history) => (history.cutShort === undefined ? undefined : 'the run was cut short before close'),
  judge({ census: left }) {
    if (left === undefined) return [{ law: 'CENSUS', message: 'close never returned', evidence: [] }]
    const counts: [number, string][] = [
      [left.openLinks, 'open links'],
      [left.pendingTimers, 'pending timers'],
      [left.bufferedBytes, 'bytes of buffer memory in use'],
      [left.completionsAfterClose, 'completions'],
    ]
    return [
      ...counts.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what} after close`),
      ...left.worldLeftovers.map((what) => `${what} left in the world after the cluster has stopped`),
    ].map((message): Violation => ({ law: 'CENSUS', message, evidence: [] }))
  },
}
