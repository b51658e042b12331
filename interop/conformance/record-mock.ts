import { MockCluster } from '@harrow/mock-broker'
import type { Probe } from './probe.ts'
import { probes } from './probes/index.ts'
import { type Recording, record } from './recording.ts'

/** Plays probes (default: all) to the mock, set up as the real broker was for its transcript. */
export async function recordMock(
  played: readonly Probe[] = probes,
  prepare: (cluster: MockCluster) => void = () => {},
): Promise<Recording> {
  await using cluster = await MockCluster.start({
    // The probes ask for what no broker serves.
    onUnhandledRequest: 'warn',
    brokers: 1,
    autoCreateTopics: false,
    seed: 1,
  })
  const { host, port } = cluster.brokers[0]!
  prepare(cluster)
  return await record('the mock', { host, port }, played)
}
