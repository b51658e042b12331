import { seededRandom } from '@harrow/runtime'
import { type NetworkOptions, simulatedRuntime } from '@harrow/runtime/sim'
import { eventLine } from '../reporters/event-line.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { type Cores, Session } from './session.ts'
import type { World, WorldOptions, WorldRun } from './world.ts'

/** A run that needs more events than this makes no progress: scenarios need thousands. */
const stepsMax = 3_000_000
/** Nor does one that takes longer than this in virtual time: only idle timers are left then. */
const virtualMsMax = 3_600_000
/** How often to look at the real clock. */
const stepsPerLook = 16_384
const eventsShown = 50

/** A livelock does not wait for the step limit: so many events without time passing are one. */
const stepsWithoutTimeMax = 100_000
const stepsPerMeasure = 16

export interface SimulationOptions extends WorldOptions {
  readonly cores?: Cores
  /** Look at the producer's invariants after every so many events. Default 1. */
  readonly stepsPerCheck?: number
  /** Instead of the limit that scenarios have. */
  readonly stepsMax?: number
}

/**
 * Virtual time: one thread, seeded network, nothing happens but by stepping the clock. A run that stands still, or
 * never ends, is cut short and judged as such.
 */
export const simulated: World = {
  name: 'simulated',
  isRepeatable: true,
  run: async (scenario, options) => simulate(scenario, options),
}

/** The same without a promise: nothing in it ever waits. */
export function simulate(scenario: ParsedScenario, options: SimulationOptions): SimulatedRun {
  const { seed, stepsPerCheck = 1 } = options
  const runtime = simulatedRuntime({ seed, network: networkOf(seed, scenario.network) })
  const { cores, takesSamples = false } = options
  const session = new Session(runtime, scenario, {
    world: 'simulated',
    seed,
    timerSlackMs: 1,
    takesSamples,
    ...(cores === undefined ? {} : { cores }),
  })
  session.start()
  const limits = { stepsMax: options.stepsMax ?? stepsMax, deadlineMs: performance.now() + options.realMsMax }
  const { clock } = runtime
  const moment = new Moment()
  let steps = 0
  while (!session.isOver) {
    const isAlive = clock.step()
    const nowMs = clock.nowMs()
    steps++
    if (steps % stepsPerCheck === 0) session.checkInvariants()
    if (steps % stepsPerMeasure === 0) session.measure()
    moment.step(nowMs, runtime.transport.piecesArrived)
    const spent = { steps, virtualMs: nowMs, stepsNow: moment.steps }
    const because = isAlive
      ? overBudget(spent, limits)
      : 'the world stands still: nothing is due and the run is not over'
    if (because !== undefined) session.cutShort('LIVE', because, session.lastEvents(eventsShown).map(eventLine))
  }
  // What was only waiting for its time, such as a broker's answer to somebody who left, comes to its end.
  if (!session.isCutShort) clock.runUntil(clock.nowMs() + 1_000)
  const leftovers = [
    ...(runtime.transport.openLinks > 0 ? [`${runtime.transport.openLinks} ends of links`] : []),
    ...(runtime.transport.listening > 0 ? [`${runtime.transport.listening} listeners`] : []),
    ...(clock.pending > 0 ? [`${clock.pending} timers`] : []),
  ]
  return new SimulatedRun(session, session.history(leftovers, moment.busiest), steps)
}

/**
 * A class for the sake of its getter: in a literal it would get a hidden class of its own each time, which V8 keeps longer
 * than its young generation, and with it all that the getter sees: a whole run.
 */
export class SimulatedRun implements WorldRun {
  private readonly session: Session
  readonly history: WorldRun['history']
  readonly steps: number

  constructor(session: Session, history: WorldRun['history'], steps: number) {
    this.session = session
    this.history = history
    this.steps = steps
  }

  /** Worked out only for whoever asks. */
  get traceHash(): string {
    return this.session.traceHash
  }
}

/** Counts events without time passing; pieces of bytes that arrive are the network's, and end by themselves. */
class Moment {
  steps = 0
  busiest = { atMs: 0, steps: 0 }
  private atMs = 0
  private pieces = 0

  step(nowMs: number, pieces: number): void {
    if (nowMs !== this.atMs) this.steps = 0
    if (pieces === this.pieces) this.steps++
    this.pieces = pieces
    this.atMs = nowMs
    if (this.steps > this.busiest.steps) this.busiest = { atMs: nowMs, steps: this.steps }
  }
}

/** Every second seed cuts the bytes to pieces: a frame need not come in one, and a decoder must not count on it. */
function networkOf(seed: number, wanted: ParsedScenario['network']): NetworkOptions {
  if (wanted !== undefined) {
    const { latency, chunk } = wanted
    return {
      ...(latency === undefined ? {} : { latencyMs: { min: latency[0], max: Math.max(...latency) } }),
      ...(chunk === undefined ? {} : { chunkBytesMax: chunk }),
    }
  }
  const random = seededRandom(seed).fork('shape of the network')
  return random.below(2) === 0 ? {} : { chunkBytesMax: 2 ** (6 + random.below(7)) }
}

/** Why a run has to be given up; undefined while it may go on. */
function overBudget(
  spent: { readonly steps: number; readonly virtualMs: number; readonly stepsNow: number },
  limits: { readonly stepsMax: number; readonly deadlineMs: number },
): string | undefined {
  if (spent.virtualMs > virtualMsMax) return 'no end after an hour of virtual time'
  if (spent.steps > limits.stepsMax) return `no end after ${limits.stepsMax} events: a livelock`
  if (spent.stepsNow > stepsWithoutTimeMax) return `${spent.stepsNow} events without time passing: a livelock`
  if (spent.steps % stepsPerLook === 0 && performance.now() > limits.deadlineMs)
    return `no end in real time, after ${spent.steps} events`
  return undefined
}
