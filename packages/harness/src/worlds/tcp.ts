import { nodeRuntime } from '@harrow/runtime/node'
import { eventLine } from '../reporters/event-line.ts'
import type { MakeCluster } from './scenario-cluster.ts'
import { Session } from './session.ts'
import { StallMeter } from './stall-meter.ts'
import type { World, WorldRun } from './world.ts'

const eventsShown = 50
/** What the kernel and the other side may add to what this process loses itself. */
const slackMsMin = 1_000

/** Real time and real TCP on loopback: the same cores, the same scenario, and whatever the platform adds. */
export const tcp: World = overTcp()

/** The same, with another cluster than the mock. */
export function overTcp(makeCluster?: MakeCluster): World {
  return {
    name: 'tcp',
    isRepeatable: false,
    run(scenario, { seed, realMsMax, takesSamples = false }): Promise<WorldRun> {
      return new Promise((resolve, reject) => {
        const session = new Session(nodeRuntime({ seed }), scenario, {
          world: 'tcp',
          seed,
          timerSlackMs: slackMsMin,
          takesSamples,
          ...(makeCluster === undefined ? {} : { makeCluster }),
        })
        const stalls = new StallMeter()
        const timer = setTimeout(() => {
          session.cutShort('LIVE', `no end after ${realMsMax} ms`, session.lastEvents(eventsShown).map(eventLine))
        }, realMsMax)
        const over = (): void => {
          clearTimeout(timer)
          const timerSlackMs = slackMsMin + stalls.stop()
          try {
            const { history, ...rest } = session.result([])
            resolve({ ...rest, history: { ...history, timerSlackMs } })
          } catch (error) {
            // A history of something that is no scenario: whoever waits must hear of it.
            reject(error)
          }
        }
        session.onOver = over
        session.start()
      })
    },
  }
}
