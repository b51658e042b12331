import { z } from 'zod'
import type { Step } from './step.ts'

/** Lists of steps; each step is validated where all steps are. */
const schema = z
  .array(z.array(z.record(z.string(), z.unknown())).min(1))
  .min(2)
  .describe('Lists of steps that run side by side, as independent callers do, of one producer or of several.')

/** `parallel`: several loads at once. It is over when all of them are. */
export const parallel: Step<typeof schema> = {
  schema,
  run(_stage, lanes, done, runSteps) {
    let open = lanes.length
    for (const lane of lanes) {
      runSteps(lane, () => {
        open--
        if (open === 0) done()
      })
    }
  },
}
