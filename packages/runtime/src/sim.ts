export { type NetworkOptions, SimulatedNetwork } from './sim/network.ts'
export { type SimulatedRuntime, simulatedRuntime } from './sim/runtime.ts'
export { VirtualClock } from './sim/virtual-clock.ts'
