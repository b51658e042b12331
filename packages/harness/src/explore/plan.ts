import { type Random, seededRandom } from '@harrow/runtime'
import type { ParsedScenario, Scenario } from '../scenario/schema.ts'
import { classesOf, shapeOf } from './shapes.ts'
import { type FaultClass, faultClasses, type SwarmContext } from './swarm.ts'

/** A scenario in plain numbers, drawn from a seed: what the explorer runs, shrinks, prints and saves. */
export type Plan = Scenario

export interface PlanOptions {
  /** Only faults of these classes. Default: all. */
  readonly swarm?: readonly FaultClass[]
}

export const topic = 'orders'

/**
 * The plan of a seed. Every decision has a label of its own, so that a new one moves no other. Buffers, batches and
 * timeouts are tiny: what takes hours of load otherwise happens in every run.
 */
export function planOf(seed: number, options: PlanOptions = {}): Plan {
  const random = seededRandom(seed).fork('plan')
  const brokers = pick(random.fork('brokers'), [1, 2, 3])
  const network = networkOf(random.fork('network'))
  const shape = shapeOf(random.fork('shape'))
  const drawn = {
    partitions: pick(random.fork('partitions'), [1, 2, 3, 4, 6]),
    producer: producerOf(random, network.latency?.[1] ?? 1),
    workload: workloadOf(random.fork('workload')),
  }
  const bent = shape?.bend(random.fork('bend'), drawn) ?? drawn
  const { partitions } = bent
  const producer = bent.producer as typeof drawn.producer
  const workload = bent.workload as Plan['workload']
  // Two of different patience, one of which knows nothing of the other: each promises its own callers what it always does.
  const other = random.fork('another producer')
  const another =
    shape === undefined && chance(other.fork('is there'), 1, 10)
      ? producerOf(other.fork('settings'), network.latency?.[1] ?? 1)
      : undefined
  const context: SwarmContext = {
    topic,
    brokers,
    partitions,
    // Of two the shorter one: what outlasts it would still be there when its probes come (seed 20019168).
    requestTimeoutMs: Math.min(...[producer, another ?? producer].map((one) => one['request.timeout.ms'])),
    deliveryTimeoutMs: producer['delivery.timeout.ms'],
  }
  return {
    name: `seed ${seed}`,
    seed,
    strict: true,
    network,
    cluster: clusterOf(random.fork('cluster'), { brokers, partitions }),
    ...(another === undefined ? { producer } : { producers: { first: producer, second: another } }),
    ...numbersFrom(random.fork('numbers')),
    workload: another === undefined ? workload : workload.map((step, i) => ofOneOrBoth(other.fork(`step ${i}`), step)),
    faults: faultsOf(random.fork('faults'), context, {
      classes: classesOf(shape, options.swarm),
      countMax: pick(random.fork('fault count'), shape?.faultCountsMax ?? [6]),
    }),
  }
}

/** Whose step it is, of two producers. */
function ofOneOrBoth(random: Random, step: Plan['workload'][number]): Plan['workload'][number] {
  if ('pause' in step) return step
  const both = ['first', 'second']
  return { ...step, producer: pick(random, [['first'], ['second'], both, both]) }
}

/** Plans are in numbers already, so they need no parser: a test holds the two against each other. */
export function parsedPlan(plan: Plan): ParsedScenario {
  return { expect: [], faults: [], producer: {}, ...plan, isParsed: true } as unknown as ParsedScenario
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!
}

function chance(random: Random, one: number, of: number): boolean {
  return random.below(of) < one
}

/** Close to their end, so that they wrap in the middle of the run. */
function numbersFrom(random: Random): Pick<Plan, 'numbersFrom'> {
  if (!chance(random.fork('are late'), 1, 5)) return {}
  const sequence = 2 ** 31 - 1 - random.fork('sequence').below(60)
  const correlationId = 2_147_483_639 - random.fork('correlation id').below(30)
  return { numbersFrom: { sequence, correlationId } }
}

function networkOf(random: Random): NonNullable<Plan['network']> {
  const latency: [number, number] = pick(random.fork('latency'), [
    [0.25, 1],
    [1, 1],
    [0.5, 12],
  ])
  return {
    ...(chance(random.fork('is latency drawn'), 2, 3) ? { latency } : {}),
    ...(chance(random.fork('is cut'), 1, 6) ? { chunk: pick(random.fork('chunk'), [17, 100, 100, 400]) } : {}),
  }
}

function clusterOf(random: Random, size: { readonly brokers: number; readonly partitions: number }) {
  const { brokers, partitions } = size
  const replicas = chance(random.fork('replicas'), 1, 4) ? 1 : brokers
  const config: Record<string, string | number> = {
    ...(chance(random.fork('log append time'), 1, 6) ? { 'message.timestamp.type': 'LogAppendTime' } : {}),
    ...(chance(random.fork('small messages'), 1, 10) ? { 'max.message.bytes': 300 } : {}),
  }
  const apiVersions = pick(random.fork('versions'), [
    undefined,
    undefined,
    undefined,
    undefined,
    { Produce: { max: 12 } },
    { Produce: { max: 9 }, Metadata: { max: 9 } },
    { Produce: { max: 7 }, Metadata: { max: 5 }, ApiVersions: { max: 2 } },
  ])
  return {
    brokers,
    topics: { [topic]: { partitions, replicas, ...(Object.keys(config).length === 0 ? {} : { config }) } },
    ...(apiVersions === undefined ? {} : { apiVersions }),
  }
}

/**
 * A record on a new connection: connect, ApiVersions and Produce, there and back, twice, as the leader may have moved just
 * before faults were over (seed 400874); and a little for linger and turns.
 */
const legsOfFirstRecord = 14

function producerOf(random: Random, latencyMsMax: number) {
  const draw = <T>(key: string, choices: readonly T[]): T => pick(random.fork(key), choices)
  const isIdempotent = draw('enable.idempotence', [true, true, true, false])
  const acks = isIdempotent ? ('all' as const) : draw('acks', ['all', 'all', 1, 0] as const)
  const requestTimeoutMs = draw('request.timeout.ms', [60, 100, 250, 1000])
  const lingerMs = draw('linger.ms', [0, 0, 2, 10, 40])
  const retryBackoffMs = draw('retry.backoff.ms', [0, 2, 10, 50])
  const slackMs = draw('delivery.timeout.ms', [1, requestTimeoutMs, requestTimeoutMs * 5, requestTimeoutMs * 30])
  const compression = draw('compression.type', [
    ...new Array<'none'>(14).fill('none'),
    'lz4',
    'gzip',
    'snappy',
  ] as const)
  const retries = draw('retries', [undefined, undefined, undefined, undefined, undefined, 1, 3])
  const requestBytes = draw('max.request.size', [undefined, undefined, undefined, 600, 1500])
  return {
    'enable.idempotence': isIdempotent,
    acks,
    'max.in.flight.requests.per.connection': draw('in flight', [1, 2, 5, 5]),
    'linger.ms': lingerMs,
    'batch.size': draw('batch.size', [0, 200, 350, 700, 2000]),
    'buffer.memory': draw('buffer.memory', [700, 2500, 20_000, 1_000_000]),
    'max.block.ms': draw('max.block.ms', [
      0,
      requestTimeoutMs / 2,
      ...new Array<number>(6).fill(requestTimeoutMs * 4),
      10_000,
    ]),
    'request.timeout.ms': requestTimeoutMs,
    // Never so short that a record without any fault cannot arrive in time.
    'delivery.timeout.ms': lingerMs + Math.max(requestTimeoutMs + slackMs, legsOfFirstRecord * latencyMsMax),
    'retry.backoff.ms': retryBackoffMs,
    'retry.backoff.max.ms': retryBackoffMs * draw('retry.backoff.max.ms', [1, 4, 10]),
    'reconnect.backoff.ms': draw('reconnect.backoff.ms', [0, 5, 20]),
    'reconnect.backoff.max.ms': draw('reconnect.backoff.max.ms', [20, 100]),
    // A broker may leave while it is the only one that is known; after Kafka's five minutes nobody waits any more (KIP-1102).
    'metadata.recovery.rebootstrap.trigger.ms': requestTimeoutMs,
    ...(compression === 'none' ? {} : { 'compression.type': compression }),
    ...(retries === undefined ? {} : { retries }),
    ...(requestBytes === undefined ? {} : { 'max.request.size': requestBytes }),
    ...(chance(random.fork('short idle'), 1, 8)
      ? {
          'connections.max.idle.ms': draw('connections.max.idle.ms', [
            requestTimeoutMs,
            Math.ceil(requestTimeoutMs / 3),
          ]),
        }
      : {}),
    ...(chance(random.fork('short metadata age'), 1, 6) ? { 'metadata.max.age.ms': requestTimeoutMs } : {}),
    ...(chance(random.fork('availability timeout'), 1, 8) ? { 'partitioner.availability.timeout.ms': 20 } : {}),
  }
}

function workloadOf(random: Random): Plan['workload'] {
  const steps: Plan['workload'][number][] = []
  const parts = pick(random.fork('parts'), [1, 2, 3])
  for (let part = 0; part < parts; part++) {
    steps.push(produceStep(random.fork(`produce ${part}`), parts))
    const between = random.fork(`between ${part}`)
    const kind = between.below(4)
    if (kind === 0) steps.push({ flush: null })
    else if (kind === 1) steps.push({ pause: pick(between, [1, 20, 100, 500]) })
  }
  if (chance(random.fork('closes'), 1, 6)) {
    const timeoutMs = pick(random.fork('close timeout'), [undefined, 0, 5, 50, 300])
    steps.push({ close: timeoutMs === undefined ? null : { timeout: timeoutMs } })
  }
  return steps
}

function produceStep(random: Random, parts: number): Plan['workload'][number] {
  const keys = pick(random.fork('keys'), [undefined, 1, 4, 20])
  const partition =
    keys === undefined ? pick(random.fork('partition'), [undefined, 'round-robin', 0] as const) : undefined
  const rate = pick(random.fork('rate'), [undefined, 200, 1000, 4000])
  return {
    produce: {
      topic,
      records: Math.ceil(pick(random.fork('records'), [2, 10, 60, 150, 200]) / parts),
      value: pick(random.fork('value'), [24, 40, 100, 160]),
      ...(keys === undefined ? {} : { keys }),
      ...(partition === undefined ? {} : { partition }),
      ...(rate === undefined ? {} : { rate, burst: pick(random.fork('burst'), [1, 3, 10]) }),
      ...(chance(random.fork('headers'), 1, 6) ? { headers: { origin: 'explorer' } } : {}),
    },
  }
}

/** Swarm testing: each class wholly on or off, so that rare ones are not drowned by the loud ones (Groce et al. 2012). */
function faultsOf(
  random: Random,
  context: SwarmContext,
  { classes, countMax }: { readonly classes: readonly FaultClass[]; readonly countMax: number },
): NonNullable<Plan['faults']> {
  if (chance(random.fork('none'), 1, 12)) return []
  const share = pick(random.fork('share'), [1, 2, 3])
  const on = classes.filter((name) => chance(random.fork(`class ${name}`), share, 6))
  if (on.length === 0) return []
  const count = 1 + random.fork('count').below(countMax)
  return Array.from({ length: count }, (_, i) => {
    const one = random.fork(`fault ${i}`)
    return faultClasses[pick(one.fork('class'), on)](one, context)
  }).flat()
}
