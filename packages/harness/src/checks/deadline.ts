import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/**
 * DEADLINE: a record completes within max.block.ms (waiting for metadata and memory) plus delivery.timeout.ms (KIP-91)
 * plus one timer step, counted from `send`; where the producer told when it accepted the record, within
 * delivery.timeout.ms plus one timer step of that.
 */
export const deadline: Law = {
  name: 'DEADLINE',
  settings: ['delivery.timeout.ms'],
  statement: 'a record completes within max.block.ms and, once accepted, within delivery.timeout.ms',
  judge(history) {
    const { blockMsMax, deliveryTimeoutMs } = history.producer
    return history.sent.flatMap((record): Violation[] => {
      const fromMs = record.acceptedAtMs ?? record.submittedAtMs
      const limitMs = (record.acceptedAtMs === undefined ? blockMsMax : 0) + deliveryTimeoutMs
      const end = record.settlements[0]
      if (end === undefined || end.atMs - fromMs <= limitMs + history.timerSlackMs) return []
      return [
        {
          law: 'DEADLINE',
          message: `record ${record.number} took ${shownMs(end.atMs - fromMs)} to complete, ${shownMs(limitMs)} are allowed`,
          evidence: [`${end.outcome} at ${shownMs(end.atMs)}`],
          atMs: end.atMs,
        },
      ]
    })
  },
}
