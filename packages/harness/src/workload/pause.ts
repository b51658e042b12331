import { duration } from '../scenario/quantities.ts'
import type { Step } from './step.ts'

const schema = duration.describe('How long the load rests before the next step.')

/** `pause`: sends nothing for a while. */
export const pause: Step<typeof schema> = {
  schema,
  run({ clock }, wantedMs, done) {
    clock.wakeAt(clock.nowMs() + wantedMs, done)
  },
}
