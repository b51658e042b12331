import type { Random } from '@harrow/runtime'
import { type FaultClass, faultClasses, pipelineFaults } from './swarm.ts'

/** What is drawn for a seed before its shape has its say. */
export interface Drawn {
  readonly partitions: number
  readonly producer: Readonly<Record<string, unknown>>
  readonly workload: readonly Step[]
}

/** Of a workload. */
export type Step = Readonly<Record<string, unknown>>

/** A kind of load that hardly any seed comes to by chance, and that some bugs need. */
export interface Shape {
  /** Of 24 seeds. */
  readonly share: number
  /** Settings and load in place of those that were drawn. */
  bend(random: Random, drawn: Drawn): Drawn
  /** Default: all. */
  readonly faults?: readonly FaultClass[]
  /** One of these many at most. Default 6: where rules belong together, others come between them. */
  readonly faultCountsMax?: readonly number[]
}

const topic = 'orders'

const pipelining = {
  'enable.idempotence': true,
  acks: 'all',
  'max.in.flight.requests.per.connection': 5,
  'linger.ms': 0,
  'batch.size': 200,
  'buffer.memory': 20_000,
} as const

const shapes: readonly Shape[] = [
  /** Many small batches of one partition on their way, one behind another. */
  {
    share: 4,
    bend: (random, { producer, workload }) => ({
      partitions: 1,
      producer: { ...producer, ...pipelining, ...withoutNumbers(random) },
      workload: workload.map(inBursts),
    }),
    faults: pipelineFaults,
    faultCountsMax: [1, 2, 6],
  },
  /** The same, few at a time: what happens to the last of them is not mended by what follows. */
  {
    share: 3,
    bend: (random, { producer }) => ({
      partitions: 1,
      producer: { ...producer, ...pipelining },
      workload: Array.from({ length: 4 }, (_, i) => i).flatMap((i): Step[] => {
        const burst = random.fork(`burst ${i}`)
        const records = i === 0 ? 1 + burst.fork('first').below(3) : 2 + burst.fork('records').below(6)
        return [
          { produce: { topic, records, value: pick(burst.fork('value'), [24, 160]), partition: 0 } },
          pick<Step>(burst.fork('then'), [{ flush: null }, { flush: null }, { pause: 20 }]),
        ]
      }),
    }),
    faults: pipelineFaults,
    faultCountsMax: [1, 2, 6],
  },
  /** More is ready than a request holds, for a long time, and nothing goes wrong: who is served first matters. */
  {
    share: 1,
    bend: (random, { partitions, producer }) => ({
      partitions: Math.max(partitions, 2),
      producer: {
        ...producer,
        'max.in.flight.requests.per.connection': pick(random.fork('in flight'), [1, 1, 2]),
        'linger.ms': 0,
        'batch.size': 200,
        'buffer.memory': 1_000_000,
        'max.request.size': 600,
        'max.block.ms': 10_000,
      },
      workload: [{ produce: { topic, records: 200, value: 100, partition: 'round-robin' } }],
    }),
    faults: [],
  },
  /** A partition has its first records while others, of which no broker has confirmed anything yet, are being held up. */
  {
    share: 1,
    bend: (random, { partitions, producer }) => ({
      partitions: Math.max(partitions, 4),
      producer: { ...producer, ...pipelining, 'buffer.memory': 1_000_000 },
      workload: Array.from({ length: Math.max(partitions, 4) }, (_, partition) => partition).flatMap(
        (partition): Step[] => {
          const records = 1 + pick(random.fork(`records ${partition}`), [0, 1, 2, 2])
          const produce = { topic, records, value: 100, partition }
          // The first waits for connections, and those behind it must not wait with it.
          return [{ produce }, partition === 0 ? { flush: null } : { pause: pick(random.fork('pause'), [1, 2]) }]
        },
      ),
    }),
    faults: [],
  },
  /** Nothing but one request at a time keeps the order, and leaders move while one is on its way. */
  {
    share: 1,
    bend: (random, { partitions, producer }) => ({
      partitions: Math.max(partitions, 3),
      producer: {
        ...producer,
        'enable.idempotence': false,
        acks: 'all',
        'max.in.flight.requests.per.connection': 1,
        'linger.ms': 0,
        'batch.size': 200,
        'buffer.memory': 1_000_000,
        'max.block.ms': 10_000,
      },
      workload: [{ produce: { topic, records: 200, value: 40, partition: 'round-robin', ...steady(random) } }],
    }),
    faults: ['leaders-move-under-way', 'leader-moves', 'refused-for-now', 'slow-request'],
    faultCountsMax: [1, 2],
  },
  /** Large records and small ones wait for memory, and run out of time one after another. */
  {
    share: 1,
    bend: (random, { partitions, producer }) => ({
      partitions,
      producer: {
        ...producer,
        'batch.size': 0,
        'buffer.memory': 700,
        'max.block.ms': pick(random.fork('max.block.ms'), [10, 30]),
      },
      workload: Array.from({ length: 12 }, (_, i) => i).flatMap((i): Step[] => {
        const step = random.fork(`step ${i}`)
        const records = 1 + step.fork('records').below(4)
        const produce = { topic, records, value: pick(step.fork('value'), [24, 160, 400]) }
        return [{ produce }, { pause: pick(step.fork('pause'), [1, 5, 20]) }]
      }),
    }),
  },
]

/** Of most seeds none. */
export function shapeOf(random: Random): Shape | undefined {
  let ticket = random.below(24)
  for (const shape of shapes) {
    if (ticket < shape.share) return shape
    ticket -= shape.share
  }
  return undefined
}

/** Of these classes, or of all, what the shape has use for. */
export function classesOf(shape: Shape | undefined, swarm: readonly FaultClass[] | undefined): readonly FaultClass[] {
  const all = shape?.faults ?? (Object.keys(faultClasses) as FaultClass[])
  return swarm === undefined ? all : all.filter((name) => swarm.includes(name))
}

function steady(random: Random): Readonly<Record<string, unknown>> {
  return { rate: pick(random.fork('rate'), [200, 1000]), burst: 3 }
}

/** Now and then without idempotence: what may be in a log is split then all the same. */
function withoutNumbers(random: Random): Readonly<Record<string, unknown>> {
  if (random.fork('is idempotent').below(3) > 0) return {}
  return { 'enable.idempotence': false, acks: pick(random.fork('acks'), ['all', 1]) }
}

/** All at once. */
function inBursts(step: Step): Step {
  if (!('produce' in step)) return step
  const { records, value } = step['produce'] as { readonly records: number; readonly value: number }
  return { produce: { topic, records: Math.max(records, 30), value } }
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!
}
