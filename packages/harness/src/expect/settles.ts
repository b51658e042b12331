import { z } from 'zod'
import { type SentRecord, shownMs, type Violation } from '../history.ts'
import { duration } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .strictObject({
    min: duration.optional().describe('No record completes earlier than this after its send call.'),
    max: duration
      .optional()
      .describe('Every record completes within this time after its send call; over TCP plus what the machine lost.'),
  })
  .describe('Time from the send call of a record to its completion, whatever that is.')

/** `settles`: how long records take from `send` to completion. */
export const settles: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const took = history.sent.flatMap((record) => {
      const end = record.settlements[0]
      return end === undefined ? [] : [{ record, atMs: end.atMs, ms: end.atMs - record.submittedAtMs }]
    })
    const first = took.reduce<Took | undefined>(
      (least, one) => (least === undefined || one.ms < least.ms ? one : least),
      undefined,
    )
    const last = took.reduce<Took | undefined>(
      (most, one) => (most === undefined || one.ms > most.ms ? one : most),
      undefined,
    )
    const violations: Violation[] = []
    if (wanted.min !== undefined && first !== undefined && first.ms < wanted.min)
      violations.push(tell(first, `at least ${shownMs(wanted.min)}`))
    if (wanted.max !== undefined && last !== undefined && last.ms > wanted.max + history.timerSlackMs)
      violations.push(tell(last, `at most ${shownMs(wanted.max)}`))
    return violations
  },
}

interface Took {
  readonly record: SentRecord
  readonly atMs: number
  readonly ms: number
}

function tell({ record, atMs, ms }: Took, wanted: string): Violation {
  const message = `record ${record.number} completed after ${shownMs(ms)}, expected ${wanted}`
  return { law: 'settles', message, evidence: [`handed over at ${shownMs(record.submittedAtMs)}`], atMs }
}
