import { historiesOf } from '../histories-of.ts'
import type { History, Violation } from '../history.ts'
import { byProducer, type Law } from './law.ts'

/**
 * CENSUS: after `close` has returned the producer holds no link, no timer and no memory, and calls nobody. Of several each
 * is counted alone; what is left in the world in the end belongs to none of them.
 */
export const census: Law = {
  name: 'CENSUS',
  scope: 'run',
  countsRequests: true,
  statement: 'after close the producer holds no link, no timer and no buffer memory, and calls nobody',
  unbound: (history) => (history.cutShort === undefined ? undefined : 'the run was cut short before close'),
  judge: (history) => [
    ...historiesOf(history).flatMap(judgeOne),
    ...history.worldLeftovers.map((what): Violation => {
      return { law: 'CENSUS', message: `${what} left in the world after the cluster has stopped`, evidence: [] }
    }),
  ],
}

function judgeOne({ census: left, of }: History): Violation[] {
  const violation = (message: string): Violation => byProducer({ law: 'CENSUS', message, evidence: [] }, of)
  if (left === undefined) return [violation('close never returned')]
  const counts: [number, string][] = [
    [left.openLinks, 'open links'],
    [left.pendingTimers, 'pending timers'],
    [left.bufferedBytes, 'bytes of buffer memory in use'],
    [left.completionsAfterClose, 'completions'],
  ]
  return counts.filter(([count]) => count !== 0).map(([count, what]) => violation(`${count} ${what} after close`))
}
