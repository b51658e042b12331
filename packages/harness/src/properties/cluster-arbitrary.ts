import fc from 'fast-check'
import type { Scenario } from '../scenario/schema.ts'

export type ClusterShape = NonNullable<Scenario['cluster']> & { readonly brokers: number }

export interface ClusterConstraints {
  /** Name of its one topic. Default `orders`. */
  readonly topic?: string
  /** Default 3. */
  readonly brokersMax?: number
  /** Default 6. */
  readonly partitionsMax?: number
  /** Also clusters that look like older ones. Default true. */
  readonly oldVersions?: boolean
}

const olderVersions = [
  { Produce: { max: 12 } },
  { Produce: { max: 9 }, Metadata: { max: 9 } },
  { Produce: { max: 7 }, Metadata: { max: 5 }, ApiVersions: { max: 2 } },
]

/** Clusters of a few brokers with one topic, of any number of partitions and replicas, new or old. Shrinks to one of each. */
export function clusterArbitrary(constraints: ClusterConstraints = {}): fc.Arbitrary<ClusterShape> {
  const { topic = 'orders', brokersMax = 3, partitionsMax = 6, oldVersions = true } = constraints
  return fc
    .record({
      brokers: fc.integer({ min: 1, max: brokersMax }),
      partitions: fc.integer({ min: 1, max: partitionsMax }),
      isReplicated: fc.boolean(),
      apiVersions: fc.option(fc.constantFrom(...olderVersions), { nil: undefined, freq: 3 }),
    })
    .map(({ brokers, partitions, isReplicated, apiVersions }) => ({
      brokers,
      topics: { [topic]: { partitions, replicas: isReplicated ? brokers : 1 } },
      ...(apiVersions === undefined || !oldVersions ? {} : { apiVersions }),
    }))
}
