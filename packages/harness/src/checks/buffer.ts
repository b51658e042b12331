import type { History, Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf } from './trace-index.ts'

/**
 * BUFFER: at every look 0 <= used <= buffer.memory; a send waits for memory only if there is less than it needs, and is
 * refused for want of memory only then; when it is, the next in line goes in at once if there is enough for that one. (That every allocation is given back exactly once is an invariant of the
 * producer, checked after every event and reported as CRASH; that nothing is left at the end is CENSUS.)
 */
export const buffer: Law = {
  name: 'BUFFER',
  insideOnly: needsTrace,
  statement: 'buffer memory in use is between 0 and buffer.memory, and a send waits only for what is not there',
  judge(history) {
    const violations: Violation[] = []
    const { memory } = history
    if (memory !== undefined && (memory.availableBytesMin < 0 || memory.availableBytesMax > memory.totalBytes)) {
      const message = `between ${memory.availableBytesMin} and ${memory.availableBytesMax} of ${memory.totalBytes} bytes were available`
      violations.push({ law: 'BUFFER', message, evidence: [] })
    }
    for (const { atMs, details, event } of eventsOf(history, 'buffer-exhausted')) {
      const { bytes, availableBytes } = details
      // Others are before it in the line, and the first of them may want more than there is.
      const isFirst = !eventsOf(history, 'buffer-wait').some(
        (wait) => (wait.details['bytes'] as number) > (bytes as number),
      )
      if ((availableBytes as number) < (bytes as number) || !isFirst) continue
      const message = `a send was refused for want of ${bytes} bytes while ${availableBytes} were available`
      violations.push({ law: 'BUFFER', message, evidence: [event], atMs })
    }
    return [...violations, ...judgeLine(history)]
  },
}

/** Sends that wait for memory are in one line, whose first is also the first to run out of time. */
function judgeLine(history: History): Violation[] {
  const violations: Violation[] = []
  /** What each needs. */
  const line: number[] = []
  let mayGo: { readonly atMs: number; readonly bytes: number; readonly availableBytes: number } | undefined
  let isGivingUp = false
  const kinds = ['buffer-wait', 'buffer-exhausted', 'send-unblocked', 'batch-created', 'flushed', 'closed']
  for (const { event, details, atMs } of eventsOf(history, ...kinds)) {
    if (mayGo !== undefined && atMs > mayGo.atMs) {
      const message = `a send went on waiting for ${mayGo.bytes} bytes while ${mayGo.availableBytes} were available`
      violations.push({ law: 'BUFFER', message, evidence: [], atMs: mayGo.atMs })
      mayGo = undefined
    }
    if (event === 'buffer-wait') line.push(details['bytes'] as number)
    else if (event === 'batch-created') mayGo = undefined
    else if (event === 'buffer-exhausted') {
      line.shift()
      isGivingUp = true
      const [bytes] = line
      const availableBytes = details['availableBytes'] as number
      mayGo = bytes !== undefined && bytes <= availableBytes ? { atMs, bytes, availableBytes } : undefined
    } else if (event === 'send-unblocked' && details['on'] === 'memory') {
      // The first is told of the one that gave up.
      if (!isGivingUp) {
        line.shift()
        mayGo = undefined
      }
      isGivingUp = false
    }
  }
  return violations
}
