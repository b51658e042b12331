import { type FaultRule, kafkaReleaseNames, type ParsedFaultRule } from '@harrow/mock-broker/core'
import type { ProducerConfig } from '@harrow/producer/core'
import { z } from 'zod'
import type { expectations } from '../expect/index.ts'
import type { Qualified } from '../expect/qualifiers.ts'
import type { steps } from '../workload/index.ts'
import type { ParsedStep } from '../workload/step.ts'
import type { QualifiedStep } from '../workload/step-qualifiers.ts'
import { duration } from './quantities.ts'
import { type WorldName, worldNames } from './world-names.ts'

export { type WorldName, worldNames }

const topicSchema = z.union(
  [
    z.int().min(1),
    z.strictObject({
      partitions: z.int().min(1).max(10_000).optional().describe('Number of partitions. Default 1.'),
      replicas: z.int().min(1).max(100).optional().describe('Replicas of each partition. Default 1.'),
      config: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .optional()
        .describe("Kafka's topic configuration: min.insync.replicas, max.message.bytes, message.timestamp.type, ..."),
    }),
  ],
  { error: 'expected a number of partitions, or { partitions, replicas, config }' },
)

const clusterSchema = z.strictObject({
  brokers: z.int().min(1).max(100).optional().describe('How many brokers; they are numbered from 1. Default 1.'),
  topics: z
    .record(z.string().min(1), topicSchema)
    .optional()
    .describe('Topics that exist from the start: a number of partitions, or { partitions, replicas, config }.'),
  autoCreateTopics: z
    .boolean()
    .optional()
    .describe('Create unknown topics on first use, as a broker does. Default false here.'),
  apiVersions: z
    .record(
      z.string(),
      z.union([z.literal(false), z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })], {
        error: 'expected false, or { min, max }',
      }),
    )
    .optional()
    .describe(
      "Versions to serve of an API, by Kafka's name, to look like an older cluster: { Produce: { max: 9 } }. False hides it.",
    ),
  kafka: z
    .enum(kafkaReleaseNames)
    .optional()
    .describe(
      'The release of Kafka that the brokers look like: what they serve, and in which versions. Default the latest.',
    ),
  connectionsMaxIdleMs: duration
    .optional()
    .describe('connections.max.idle.ms of the brokers. Default 10m; 0 never closes.'),
  producerIdExpirationMs: duration
    .optional()
    .describe('producer.id.expiration.ms: how long brokers remember a quiet producer. Default 24 hours.'),
  replicationLagMs: duration.optional().describe('How long after an append the followers have it. Default 0.'),
  defaultPartitions: z.int().min(1).optional().describe('Partitions of topics created on first use. Default 1.'),
})

const networkSchema = z.strictObject({
  latency: z
    .tuple([z.number().min(0), z.number().min(0)])
    .optional()
    .describe('Least and most milliseconds that a chunk of bytes takes one way. Default [0.25, 1].'),
  chunk: z.int().min(1).optional().describe('Bytes are cut into pieces of at most this many. Default: not cut.'),
})

/** The fields of a scenario that have one shape. Lists of single-key maps are validated branch by branch: see `parseScenario`. */
export const frameSchema = z.strictObject({
  name: z.string().min(1).describe('The fact, in one sentence: "A lost ack is not a duplicate".'),
  why: z.string().optional().describe('Why it matters: the incident, issue or KIP behind it.'),
  incidents: z
    .array(
      z.string().regex(/^(KAFKA-\d+|KIP-\d+|[\w.-]+(\/[\w.-]+)?(#\d+|@[0-9a-f]{7,40})|https:\/\/\S+)$/, {
        error: 'expected KAFKA-9312, KIP-98, librdkafka#4953, franz-go@0b1dbf0c, or an https:// address',
      }),
    )
    .min(1)
    .optional()
    .describe('Where it really happened: KAFKA-9312, KIP-98, librdkafka#4953, franz-go@0b1dbf0c, https://...'),
  matrix: z
    .record(
      z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'expected a name of letters, digits, _ and -' }),
      z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
    )
    .optional()
    .describe('Values to try: every combination is a run of its own. `$name` stands for the value, anywhere below.'),
  repeat: z.int().min(1).max(1000).optional().describe('How often to run it, each time with the next seed. Default 1.'),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional().describe('Seed of all chance. Default 1.'),
  worlds: z
    .array(z.enum(worldNames))
    .min(1)
    .optional()
    .describe(
      'Worlds in which the scenario makes sense: simulated, tcp. Default all; elsewhere it is reported as skipped.',
    ),
  needs: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      "Settings, by Kafka's keys, that this is about: of a client that has not all of them it is not asked. What stands in `producer` is asked for anyway, but for settings that only say how long or how much at a time.",
    ),
  strict: z
    .boolean()
    .optional()
    .describe(
      'Judge as `harrow explore` does: when the faults are over a probe per partition must arrive, and what failed must be explained by a fault, or fail without faults too. Faults need not act. Default false.',
    ),
  network: networkSchema.optional().describe('The simulated network. Default: drawn from the seed.'),
  cluster: clusterSchema.optional().describe('The cluster. Default: one broker, no topics.'),
  producer: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Configuration of the producer under test, with Kafka's own keys: linger.ms, acks, max.block.ms, ..."),
  producers: z
    .record(
      z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'expected a name of letters, digits, _ and -' }),
      z.record(z.string(), z.unknown()),
    )
    .refine((named) => Object.keys(named).length > 0, { error: 'must not be empty' })
    .optional()
    .describe(
      'More producers, by name, each with its configuration; steps say which they mean: `producer: billing`. With `producer` that one is called `default`. Their `client.id` is their name, unless they set one.',
    ),
  numbersFrom: z
    .strictObject({
      sequence: z
        .int()
        .min(0)
        .max(2 ** 31 - 1)
        .optional()
        .describe('First sequence of each partition: close to 2147483647 they wrap.'),
      correlationId: z.int().min(0).max(2_147_483_639).optional().describe('Correlation id of the first request.'),
    })
    .optional()
    .describe('Where the numbers of the producer begin, so that a short run comes to their end. Default 0.'),
  workload: z.array(z.unknown()).min(1).describe('What is done with the producers: steps, one after the other.'),
  faults: z.array(z.unknown()).optional().describe('What goes wrong: rules, in force from the start of the workload.'),
  expect: z.array(z.unknown()).optional().describe('What must hold beyond the laws, which always apply.'),
})

type Input<Branches> = { [Name in keyof Branches]: { [Key in Name]: Branches[Name] } }[keyof Branches]
type StepInput = QualifiedStep<Input<{ [Name in keyof typeof steps]: z.input<(typeof steps)[Name]['schema']> }>>
type ExpectInput = Qualified<
  Input<{ [Name in keyof typeof expectations]: z.input<(typeof expectations)[Name]['schema']> }>
>

type ProducerSettingsInput = Omit<ProducerConfig, 'bootstrap.servers'>

/** A scenario as it is written, in TypeScript or in YAML: the same object. */
export interface Scenario
  extends Omit<z.input<typeof frameSchema>, 'producer' | 'producers' | 'workload' | 'faults' | 'expect'> {
  readonly producer?: ProducerSettingsInput
  readonly producers?: Readonly<Record<string, ProducerSettingsInput>>
  readonly isParsed?: never
  readonly workload: readonly StepInput[]
  readonly faults?: readonly FaultRule[]
  readonly expect?: readonly ExpectInput[]
}

export type Frame = z.output<typeof frameSchema>

/** A scenario that has been validated: durations in milliseconds, sizes in bytes, rules parsed. */
export interface ParsedScenario
  extends Omit<Frame, 'producer' | 'producers' | 'workload' | 'faults' | 'expect' | 'matrix' | 'repeat'> {
  readonly isParsed: true
  /** What tells it from its siblings, when a matrix or a repetition makes several: the end of its name. */
  readonly variant?: string
  /** Added to the seed: 0 for the first repetition. */
  readonly repetition?: number
  readonly producer: ProducerSettingsInput
  /** All of them, the default one first; undefined if it names none. See `producersOf`. */
  readonly producers?: Readonly<Record<string, ProducerSettingsInput>> | undefined
  readonly workload: readonly ParsedStep[]
  readonly faults: readonly ParsedFaultRule[]
  readonly expect: readonly Readonly<Record<string, unknown>>[]
}

/** Something wrong with a scenario, and where. */
export interface ScenarioIssue {
  readonly path: readonly (string | number)[]
  /** Whether the name at the end of the path is wrong, or what stands there. */
  readonly at: 'key' | 'value'
  readonly message: string
}

/** Thrown for a scenario that is not one. Every issue is one line of the message. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly issues: readonly ScenarioIssue[]

  constructor(issues: readonly ScenarioIssue[]) {
    super(issues.map((issue) => `${pathName(issue.path)}: ${issue.message}`).join('\n'))
    this.issues = issues
  }
}

/** `workload[0].produce.topic`; keys with dots in brackets. */
export function pathName(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'scenario'
  return path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : /[^\w-]/.test(part) ? `["${part}"]` : i === 0 ? part : `.${part}`,
    )
    .join('')
}
