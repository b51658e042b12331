import fc from 'fast-check'
import type { Scenario } from '../scenario/schema.ts'
import { type ClusterConstraints, type ClusterShape, clusterArbitrary } from './cluster-arbitrary.ts'
import { type FaultConstraints, faultPlanArbitrary } from './fault-arbitrary.ts'

export interface ScenarioConstraints {
  readonly cluster?: ClusterConstraints
  /** False: nothing goes wrong. */
  readonly faults?: Omit<FaultConstraints, 'brokers' | 'partitions'> | false
  /** Configuration that is not drawn but given. */
  readonly producer?: Scenario['producer']
  /** Default 60. */
  readonly recordsMax?: number
  /** Every record has one of so many keys. Default: with keys and without. */
  readonly keys?: number
}

type Workload = Scenario['workload'][number]

/**
 * Whole scenarios: a cluster, a configuration with small batches and short timeouts, a workload, a fault plan. In plain
 * numbers, `strict`, valid. Shrinks to one record, one broker, no fault, the defaults.
 */
export function scenarioArbitrary(constraints: ScenarioConstraints = {}): fc.Arbitrary<Scenario> {
  const { faults, producer = {} } = constraints
  return clusterArbitrary(constraints.cluster).chain((cluster) =>
    fc
      .record({
        seed: fc.nat(0xffff),
        settings: settingsArbitrary(),
        workload: workloadArbitrary(cluster, constraints),
        faults:
          faults === false
            ? fc.constant([])
            : faultPlanArbitrary({ ...faults, brokers: cluster.brokers, partitions: partitionsOf(cluster) }),
      })
      .map(
        ({ seed, settings, workload, faults }): Scenario => ({
          name: 'a drawn scenario',
          seed,
          strict: true,
          cluster,
          producer: { ...settings, ...producer },
          workload,
          faults,
        }),
      ),
  )
}

function partitionsOf({ topics }: ClusterShape): number {
  const [topic] = Object.values(topics ?? {})
  return typeof topic === 'object' ? (topic.partitions ?? 1) : (topic ?? 1)
}

function settingsArbitrary(): fc.Arbitrary<NonNullable<Scenario['producer']>> {
  return fc
    .record({
      linger: fc.constantFrom(0, 2, 10),
      batch: fc.constantFrom(16_384, 700, 200),
      backoff: fc.constantFrom(10, 2, 50),
      request: fc.constantFrom(250, 60),
      delivery: fc.constantFrom(10_000, 1_000),
    })
    .map(({ linger, batch, backoff, request, delivery }) => ({
      'linger.ms': linger,
      'batch.size': batch,
      'retry.backoff.ms': backoff,
      'retry.backoff.max.ms': backoff * 4,
      'request.timeout.ms': request,
      'delivery.timeout.ms': delivery,
      'reconnect.backoff.ms': 5,
      'reconnect.backoff.max.ms': 50,
      'max.block.ms': 2_000,
    }))
}

function workloadArbitrary(cluster: ClusterShape, constraints: ScenarioConstraints): fc.Arbitrary<Workload[]> {
  const { recordsMax = 60 } = constraints
  const [topic = 'orders'] = Object.keys(cluster.topics ?? {})
  const keys =
    constraints.keys === undefined
      ? fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined })
      : fc.constant(constraints.keys)
  const produce = fc
    .record({
      records: fc.integer({ min: 1, max: recordsMax }),
      value: fc.integer({ min: 24, max: 160 }),
      keys,
      rate: fc.option(fc.constantFrom(200, 1_000, 4_000), { nil: undefined }),
    })
    .map(({ records, value, keys, rate }): Workload => {
      const wanted = { topic, records, value, ...(keys === undefined ? {} : { keys }) }
      return { produce: rate === undefined ? wanted : { ...wanted, rate } }
    })
  const between = fc.oneof(
    fc.constant<Workload>({ flush: null }),
    fc.integer({ min: 1, max: 200 }).map((ms): Workload => ({ pause: ms })),
  )
  return fc
    .tuple(produce, fc.array(fc.tuple(between, produce), { maxLength: 2 }))
    .map(([first, more]) => [first, ...more.flat()])
}
