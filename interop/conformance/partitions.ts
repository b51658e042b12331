import { runName } from './player.ts'
import { type PartitionWrite, type Probe, topicKinds } from './probe.ts'
import { versionsOf } from './versions-of.ts'

/** For one run and each topic kind: the number of the real partition for each number that the probe uses. */
export type RunPartitions = ReadonlyMap<string, ReadonlyMap<number, number>>

/** A probe's partitions 0 to 9 stand for fresh ones; other numbers are meant as they are. */
const localMax = 9

/** Gives every run partitions of its own, and counts how many each topic needs. */
export function allocate(probes: readonly Probe[]): {
  counts: ReadonlyMap<string, number>
  runs: ReadonlyMap<string, RunPartitions>
} {
  const counts = new Map<string, number>()
  const runs = new Map<string, RunPartitions>()
  for (const probe of probes) {
    for (const version of versionsOf(probe)) {
      const run = new Map<string, Map<number, number>>()
      for (const { topic = 'plain', partition = 0 } of writesOf(probe)) {
        const ofKind = run.get(topic) ?? new Map<number, number>()
        run.set(topic, ofKind)
        if (ofKind.has(partition) || partition < 0 || partition > localMax || !(topic in topicKinds)) continue
        const real = counts.get(topic) ?? 0
        counts.set(topic, real + 1)
        ofKind.set(partition, real)
      }
      runs.set(runName(probe, version), run)
    }
  }
  return { counts, runs }
}

function writesOf(probe: Probe): readonly PartitionWrite[] {
  return probe.steps.flatMap((step) => {
    if ('produce' in step) return step.produce
    return 'damaged' in step ? step.damaged.produce : []
  })
}
