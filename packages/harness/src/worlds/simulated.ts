import { seededRandom } from '@harrow/runtime'
import { type NetworkOptions, simulatedRuntime } from '@harrow/runtime/sim'
import { eventLine } from '../reporters/event-line.ts'
import { Session } from './session.ts'
import type { World, WorldRun } from './world.ts'

/** A run that needs more events than this makes no progress: scenarios need thousands. */
const stepsMax = 3_000_000
/** Nor does one that takes longer than this in virtual time: only idle timers are left then. */
const virtualMsMax = 3_600_000
/** How often to look at the real clock. */
const stepsPerLook = 16_384
const eventsShown = 50

/**
 * Virtual time: one thread, seeded network, nothing happens but by stepping the clock. A run that stands still, or
 * never ends, is cut short and judged as such.
 */
export const simulated: World = {
  name: 'simulated',
  isRepeatable: true,
  async run(scenario, { seed, realMsMax }): Promise<WorldRun> {
    const runtime = simulatedRuntime({ seed, network: networkOf(seed) })
    const session = new Session(runtime, scenario, { world: 'simulated', seed, timerSlackMs: 1 })
    session.start()
    const deadlineMs = performance.now() + realMsMax
    let steps = 0
    while (!session.isOver) {
      const isAlive = runtime.clock.step()
      session.checkInvariants()
      const spent = { steps: ++steps, virtualMs: runtime.clock.nowMs(), deadlineMs }
      const because = isAlive ? overBudget(spent) : 'the world stands still: nothing is due and the run is not over'
      if (because !== undefined) session.cutShort('LIVE', because, session.lastEvents(eventsShown).map(eventLine))
    }
    // What was only waiting for its time, such as a broker's answer to somebody who left, comes to its end.
    if (!session.isCutShort) runtime.clock.runUntil(runtime.clock.nowMs() + 1_000)
    const leftovers = [
      ...(runtime.transport.openLinks > 0 ? [`${runtime.transport.openLinks} ends of links`] : []),
      ...(runtime.transport.listening > 0 ? [`${runtime.transport.listening} listeners`] : []),
      ...(runtime.clock.pending > 0 ? [`${runtime.clock.pending} timers`] : []),
    ]
    return { history: session.history(leftovers), traceHash: session.traceHash, steps }
  },
}

/** Every second seed cuts the bytes to pieces: a frame need not come in one, and a decoder must not count on it. */
function networkOf(seed: number): NetworkOptions {
  const random = seededRandom(seed).fork('shape of the network')
  return random.below(2) === 0 ? {} : { chunkBytesMax: 2 ** (6 + random.below(7)) }
}

/** Why a run has to be given up; undefined while it may go on. */
function overBudget({
  steps,
  virtualMs,
  deadlineMs,
}: {
  readonly steps: number
  readonly virtualMs: number
  readonly deadlineMs: number
}): string | undefined {
  if (virtualMs > virtualMsMax) return 'no end after an hour of virtual time'
  if (steps > stepsMax) return `no end after ${stepsMax} events: a livelock`
  if (steps % stepsPerLook === 0 && performance.now() > deadlineMs) return `no end in real time, after ${steps} events`
  return undefined
}
