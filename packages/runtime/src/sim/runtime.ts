import { type Random, seededRandom } from '../random.ts'
import type { Runtime } from '../runtime.ts'
import { type NetworkOptions, SimulatedNetwork } from './network.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A whole world in memory: nothing in it moves but by `clock.step()`, and all of it follows from the seed. */
export interface SimulatedRuntime extends Runtime {
  readonly clock: VirtualClock
  readonly transport: SimulatedNetwork
  readonly random: Random
}

export function simulatedRuntime(options: {
  readonly seed: number
  readonly network?: NetworkOptions
}): SimulatedRuntime {
  const clock = new VirtualClock()
  const random = seededRandom(options.seed)
  return { clock, transport: new SimulatedNetwork(clock, random.fork('network'), options.network), random }
}
