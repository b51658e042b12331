import { z } from 'zod'
import { duration } from '../scenario/quantities.ts'
import type { Step } from './step.ts'

const schema = z
  .strictObject({
    timeout: duration.optional().describe('After this the producer gives up what is still open. Without it, it waits.'),
    within: duration.optional().describe('The step fails if close takes longer.'),
  })
  .nullable()

/** `close`: closes the producer. Steps after it see a closed producer. Without it, the run closes it at its end. */
export const close: Step<typeof schema> = {
  schema,
  run({ subject, recorder }, wanted, done) {
    const { within: withinMs, timeout: timeoutMs } = wanted ?? {}
    const returned = recorder.waitStarted('close', { producer: subject.name, withinMs, timeoutMs })
    subject.close(timeoutMs, () => {
      returned()
      done()
    })
  },
}
