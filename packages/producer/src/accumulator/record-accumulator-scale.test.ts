import { expect, test } from 'vitest'
import { AccumulatorFixture, clusterOf } from '../../test/accumulator-fixture.ts'
import type { Cluster } from '../metadata/cluster.ts'

const partitionCount = 10_000

/** Counts who is looked at: every look at a partition asks for its leader. */
function counted(cluster: Cluster): { cluster: Cluster; looks: () => number } {
  let looks = 0
  const leaderOf = cluster.leaderOf.bind(cluster)
  cluster.leaderOf = (topic, partition) => {
    looks++
    return leaderOf(topic, partition)
  }
  const since = (): number => {
    const found = looks
    looks = 0
    return found
  }
  return { cluster, looks: since }
}

const leaders = Array.from({ length: partitionCount }, (_, partition) => 1 + (partition % 3))

test('record accumulator: a turn looks at partitions with data alone, also after all 10,000 had some', () => {
  const { cluster, looks } = counted(clusterOf(leaders))
  const fixture = new AccumulatorFixture({ bufferMemory: 10_000_000, batchSize: 100 }, cluster)
  for (let partition = 0; partition < partitionCount; partition++) fixture.append(partition)
  for (const node of [1, 2, 3]) for (const batch of fixture.take(node, 10)) batch.isInRequest = true
  looks()
  fixture.ready(20)
  expect(looks()).toBe(0)
  for (const partition of [5, 500, 9_999]) fixture.append(partition, { nowMs: 20 })
  expect(fixture.readyNodes(30).sort()).toEqual([1, 3])
  expect(looks()).toBe(3)
})

test('record accumulator: choosing among 10,000 partitions looks at those with a queue alone', () => {
  const { cluster, looks } = counted(clusterOf(leaders))
  const fixture = new AccumulatorFixture({ bufferMemory: 10_000_000, batchSize: 100 }, cluster)
  for (let partition = 0; partition < partitionCount; partition++) fixture.append(partition)
  for (const node of [1, 2, 3]) fixture.take(node, 10)
  // Which partitions have a leader is found out once per metadata update.
  fixture.append(undefined, { bytes: 1 })
  expect(looks()).toBeLessThanOrEqual(3 * partitionCount)
  for (let i = 0; i < 1_000; i++) fixture.append(undefined, { bytes: 20 })
  expect(fixture.batches.length).toBeGreaterThan(partitionCount + 300)
  expect(looks()).toBe(0)
})
