import { ClusterCore } from '@harrow/mock-broker/core'
import { nodeCodecs } from '@harrow/protocol/node'
import { simulatedRuntime, type VirtualClock } from '@harrow/runtime/sim'
import type { Probe } from './probe.ts'
import { probes } from './probes/index.ts'
import { type Recording, record } from './recording.ts'

/**
 * Plays probes (default: all) to the mock, set up as the real broker was for its transcript. In virtual time: many probes
 * are about waiting.
 */
export async function recordMock(
  played: readonly Probe[] = probes,
  prepare: (cluster: ClusterCore) => void = () => {},
): Promise<Recording> {
  const runtime = simulatedRuntime({ seed: 1 })
  const cluster = new ClusterCore(
    runtime,
    // The probes ask for what no broker serves.
    { onUnhandledRequest: 'warn', brokers: 1, autoCreateTopics: false, seed: 1 },
    { codecs: nodeCodecs },
  )
  cluster.start((error) => {
    if (error !== undefined) throw error
  })
  runtime.clock.runUntil(runtime.clock.nowMs())
  const { host, port } = cluster.brokers[0]!
  prepare(cluster)
  return await passTimeUntil(runtime.clock, record('the mock', { host, port, runtime }, played))
}

/** Goes from event to event until the promise is settled. Promises do not live in virtual time: each gets its turn first. */
async function passTimeUntil<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if (isSettled) return promise
    if (!clock.step()) throw new Error('nothing more happens, and the probes are not at their end')
  }
}
