import { z } from 'zod'
import { duration } from '../scenario/quantities.ts'
import type { Step } from './step.ts'

const schema = z
  .strictObject({ within: duration.optional().describe('The step fails if flush takes longer.') })
  .nullable()

/** `flush`: waits until every record sent so far has completed. */
export const flush: Step<typeof schema> = {
  schema,
  run({ subject, recorder }, wanted, done) {
    const returned = recorder.waitStarted('flush', { producer: subject.name, withinMs: wanted?.within })
    subject.flush(() => {
      returned()
      done()
    })
  },
}
