import { z } from 'zod'
import { duration } from '../scenario/quantities.ts'
import type { Stage, Step } from './step.ts'

/** How often to look, in milliseconds: far below any timeout that a scenario is about. */
const lookEveryMs = 2
const withinMsDefault = 30_000

const schema = z
  .strictObject({
    settled: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Until so many records, of all that were handed over so far, have completed, well or not. With `producer`: of that one.',
      ),
    hit: z.string().min(1).optional().describe('Until the fault of this name has acted.'),
    times: z.int().min(1).optional().describe('With `hit`: how often it must have acted. Default 1.'),
    within: duration.optional().describe('The step fails if it takes longer. Default 30s.'),
  })
  .refine(({ settled, hit }) => (settled === undefined) !== (hit === undefined), {
    error: 'expected one of settled and hit',
  })
  .refine(({ hit, times }) => times === undefined || hit !== undefined, { error: 'times belongs to hit' })

/**
 * `until`: sends nothing until something has happened. What comes next then follows from a cause, and not from a
 * `pause` that was long enough on somebody's machine.
 */
export const until: Step<typeof schema> = {
  schema,
  run(stage, wanted, done) {
    const { clock, recorder } = stage
    const withinMs = wanted.within ?? withinMsDefault
    // Somebody must have waited: the default one, if none is named.
    const returned = recorder.waitStarted('until', { producer: stage.subject.name, withinMs })
    const deadlineMs = clock.nowMs() + withinMs + stage.timerSlackMs
    const look = (): void => {
      // After the deadline the run goes on: the law FLUSH tells that it was late.
      if (!hasHappened(stage, wanted) && clock.nowMs() <= deadlineMs) {
        clock.wakeAt(clock.nowMs() + lookEveryMs, look)
        return
      }
      returned()
      done()
    }
    look()
  },
}

function hasHappened(
  { recorder, hitsOf, producer }: Stage,
  { settled, hit, times = 1 }: z.output<typeof schema>,
): boolean {
  if (settled !== undefined)
    return (producer === undefined ? recorder.settledCount : recorder.settledOf(producer)) >= settled
  return hit === undefined || hitsOf(hit) >= times
}
