import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/** Refused before any batch: these are the two things that max.block.ms waits for. */
const refusals = ['METADATA_TIMEOUT', 'BUFFER_EXHAUSTED']

/**
 * MAXBLOCK: a record that is refused for want of metadata or memory is refused when max.block.ms are over, give or take
 * one timer step. The two waits share one budget.
 */
export const maxblock: Law = {
  name: 'MAXBLOCK',
  settings: ['max.block.ms'],
  statement: 'a record that is refused for want of metadata or memory is refused after max.block.ms, and not before',
  judge(history) {
    const { blockMsMax } = history.producer
    return history.sent.flatMap((record): Violation[] => {
      const end = record.settlements[0]
      if (end?.outcome !== 'failed' || !refusals.includes(end.error)) return []
      const waitedMs = end.atMs - record.submittedAtMs
      if (waitedMs <= blockMsMax + history.timerSlackMs && waitedMs + history.timerSlackMs >= blockMsMax) return []
      const message = `record ${record.number} was refused after ${shownMs(waitedMs)}, max.block.ms is ${shownMs(blockMsMax)}`
      return [{ law: 'MAXBLOCK', message, evidence: [`${end.error}: ${end.message}`], atMs: end.atMs }]
    })
  },
}
