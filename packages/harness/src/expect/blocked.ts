import { z } from 'zod'
import { shownMs, type Violation } from '../history.ts'
import { duration } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .strictObject({
    min: duration.optional().describe('No record is refused earlier than this after its send call.'),
    max: duration
      .optional()
      .describe('No record is refused later than this after its send call; over TCP plus what the machine lost.'),
  })
  .describe('How long records wait for metadata or buffer memory before they are refused: what max.block.ms bounds.')

/**
 * `blocked`: how long records waited that were refused for want of metadata or memory. At least one must have been:
 * a scenario about blocking in which nothing blocks has tested nothing.
 */
export const blocked: Expectation<typeof schema> = {
  schema,
  judge(history, { min = 0, max = Number.POSITIVE_INFINITY }) {
    const refused = history.sent.flatMap((record) => {
      const end = record.settlements[0]
      const isRefused =
        end?.outcome === 'failed' && (end.error === 'METADATA_TIMEOUT' || end.error === 'BUFFER_EXHAUSTED')
      return isRefused ? [{ record, end, waitedMs: end.atMs - record.submittedAtMs }] : []
    })
    if (refused.length === 0) {
      return [{ law: 'blocked', message: 'no record was refused for want of metadata or memory', evidence: [] }]
    }
    return refused.flatMap(({ record, end, waitedMs }): Violation[] => {
      if (waitedMs >= min && waitedMs <= max + history.timerSlackMs) return []
      const wanted = waitedMs < min ? `at least ${shownMs(min)}` : `at most ${shownMs(max)}`
      const message = `record ${record.number} was refused after ${shownMs(waitedMs)}, expected ${wanted}`
      return [{ law: 'blocked', message, evidence: [`${end.error}: ${end.message}`], atMs: end.atMs }]
    })
  },
}
