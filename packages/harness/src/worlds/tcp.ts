import { nodeRuntime } from '@harrow/runtime/node'
import { eventLine } from '../reporters/event-line.ts'
import { Session } from './session.ts'
import type { World, WorldRun } from './world.ts'

const eventsShown = 50

/** Real time and real TCP on loopback: the same cores, the same scenario, and whatever the platform adds. */
export const tcp: World = {
  name: 'tcp',
  isRepeatable: false,
  run(scenario, { seed, realMsMax }): Promise<WorldRun> {
    return new Promise((resolve) => {
      // A stalled event loop makes every timer late at once; a busy machine does that for hundreds of milliseconds.
      const session = new Session(nodeRuntime({ seed }), scenario, { world: 'tcp', seed, timerSlackMs: 1_000 })
      const timer = setTimeout(() => {
        session.cutShort('LIVE', `no end after ${realMsMax} ms`, session.lastEvents(eventsShown).map(eventLine))
      }, realMsMax)
      session.onOver = () => {
        clearTimeout(timer)
        resolve({ history: session.history([]), traceHash: undefined, steps: 0 })
      }
      session.start()
    })
  },
}
