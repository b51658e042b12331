import { nodeRuntime } from '@harrow/runtime/node'
import { eventLine } from '../reporters/event-line.ts'
import type { World, WorldRun } from '../worlds/world.ts'
import { ForeignSession } from './foreign-session.ts'
import { type SubjectCommand, SubjectProcess } from './subject-process.ts'

const eventsShown = 30

/** Real time, TCP on loopback, and a producer in a process of its own, one process per run. */
export function foreignWorld(command: SubjectCommand): World {
  return {
    name: 'tcp',
    isRepeatable: false,
    run(scenario, { seed, realMsMax }): Promise<WorldRun> {
      return new Promise((resolve) => {
        const subject = new SubjectProcess(command, { HARROW_PROTOCOL: '1' })
        const session = new ForeignSession(nodeRuntime({ seed }), scenario, { subject, seed, realMsMax })
        const timer = setTimeout(() => {
          session.cutShort('LIVE', `no end after ${realMsMax} ms`, session.lastEvents(eventsShown).map(eventLine))
        }, realMsMax)
        session.onOver = (run) => {
          clearTimeout(timer)
          resolve(run)
        }
      })
    },
  }
}
