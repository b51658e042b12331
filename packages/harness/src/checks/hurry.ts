import type { History } from '../history.ts'
import { eventsOf } from './trace-index.ts'

/** A batch with less room than this may have been closed because the next record did not fit. */
export const largestRecordBytes = 300

/** While these last nothing lingers: `flush` and `close` of the workload, and the flushes of the world around it. */
export function hurriesOf(history: History): readonly (readonly [fromMs: number, untilMs: number])[] {
  return [
    ...history.waits.map(({ calledAtMs, returnedAtMs }) => [calledAtMs, returnedAtMs] as const),
    ...eventsOf(history, 'flushed').map(({ atMs, details }) => [atMs - (details['tookMs'] as number), atMs] as const),
  ]
}
