import { nodeRuntime } from '@harrow/runtime/node'
import { eventLine } from '../reporters/event-line.ts'
import { Session } from '../worlds/session.ts'
import type { World, WorldRun } from '../worlds/world.ts'
import { type SubjectCommand, SubjectProcess } from './subject-process.ts'
import { SubjectProducer } from './subject-producer.ts'

const eventsShown = 30
/** See `tcp.ts`. */
const timerSlackMs = 1_000

/** Real time, TCP on loopback, and every producer in a process of its own, for one run. */
export function foreignWorld(command: SubjectCommand): World {
  return {
    name: 'tcp',
    isRepeatable: false,
    run(scenario, { seed, realMsMax }): Promise<WorldRun> {
      return new Promise((resolve, reject) => {
        const runtime = nodeRuntime({ seed })
        const { clock } = runtime
        const { needs } = scenario
        const processes: SubjectProcess[] = []
        const session = new Session(runtime, scenario, {
          world: 'tcp',
          seed,
          timerSlackMs,
          makeProducer(one, around) {
            const process = new SubjectProcess(command, { HARROW_PROTOCOL: '1' })
            processes.push(process)
            return new SubjectProducer(one, { clock, process, needs, realMsMax }, around)
          },
        })
        const timer = setTimeout(() => {
          const errors = processes.flatMap(({ lastErrors }) => lastErrors)
          session.cutShort('LIVE', `no end after ${realMsMax} ms`, [
            ...session.lastEvents(eventsShown).map(eventLine),
            ...errors.map((line) => `stderr: ${line.slice(0, 300)}`),
          ])
        }, realMsMax)
        session.onOver = () => {
          clearTimeout(timer)
          try {
            resolve(session.result([]))
          } catch (error) {
            reject(error)
          }
        }
        session.start()
      })
    },
  }
}
