import type { Duration, Size } from '@harrow/runtime'
import { type Field, type Issue, parseObject } from './field.ts'
import type { Finding } from './findings.ts'
import { type KafkaReleaseName, kafkaReleaseNames, latestRelease } from './kafka-releases.ts'
import { type TopicOverrides, topicConfigFields, topicOverridesFrom } from './topic-config.ts'

export interface BrokerOptions {
  /** Node id, unique in the cluster. Default: position in the list, from 1. */
  readonly id?: number
  /** Where it listens and what clients are told. Default: the cluster's `host`. */
  readonly host?: string
  /** 0 takes any free port at the first start, and the same one at every later start. Default: the cluster's `ports`. */
  readonly port?: number
  readonly rack?: string
  /** The release of Kafka that it looks like. Default: the cluster's. */
  readonly kafka?: KafkaReleaseName
}

export interface TopicOptions {
  /** Default: `defaultPartitions`. */
  readonly partitions?: number
  /** Default: 3, or the number of brokers if that is smaller. */
  readonly replicas?: number
  /** Topic configuration under Kafka's own keys. */
  readonly config?: Readonly<Record<string, string | number>>
}

/** The lowest and highest version to serve of an API; false hides the API. */
export type ApiVersionLimit = false | { readonly min?: number; readonly max?: number }

export type UnhandledRequestPolicy = 'error' | 'warn' | 'close' | ((finding: Finding) => void)

export interface ClusterOptions {
  /** How many brokers, numbered from 1, or one entry for each. Default 1. */
  readonly brokers?: number | readonly BrokerOptions[]
  /** Topics to begin with, by name; a number means so many partitions. */
  readonly topics?: Readonly<Record<string, TopicOptions | number>>
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Port of each broker in order; what the list lacks is any free port. */
  readonly ports?: readonly number[]
  /** `num.partitions`: of topics that do not say. Default 1. */
  readonly defaultPartitions?: number
  /** `auto.create.topics.enable`: Metadata for an unknown topic creates it, if the client agrees. Default true. */
  readonly autoCreateTopics?: boolean
  /** Governs every choice the cluster makes. Default: from the runtime. */
  readonly seed?: number
  readonly clusterId?: string
  /** The release of Kafka that the brokers look like: what they serve, and how they replicate. Default: the latest. */
  readonly kafka?: KafkaReleaseName
  /** Narrows the versions that are served further, by Kafka's API name. */
  readonly apiVersions?: Readonly<Record<string, ApiVersionLimit>>
  /** `socket.request.max.bytes`. Default 100 MiB. */
  readonly frameBytesMax?: Size
  /** `connections.max.idle.ms`. Default 10 minutes; 0 never closes. */
  readonly connectionsMaxIdleMs?: Duration
  /** Open connections per broker; one more is accepted and closed at once. Default 10,000. */
  readonly connectionsMax?: number
  /** `producer.id.expiration.ms`. Default 24 hours. */
  readonly producerIdExpirationMs?: Duration
  /** How long after an append the followers have it. Default 0: in the same turn. */
  readonly replicationLagMs?: Duration
  /** `replica.lag.time.max.ms`: a follower that is behind for longer is not in sync. Default 30 seconds. */
  readonly replicaLagTimeMaxMs?: Duration
  /** `log.retention.check.interval.ms`: how often old segments are looked for. Default 5 minutes. */
  readonly retentionCheckIntervalMs?: Duration
  /**
   * `broker.session.timeout.ms`: how long a broker that was killed counts as alive, so that nobody else leads its
   * partitions. Default 0, so that tests need not wait; Kafka's default is 9 seconds.
   */
  readonly brokerSessionTimeoutMs?: Duration
  /**
   * `group.initial.rebalance.delay.ms`: how long a group that nobody was in waits for more members. Default 0, so that
   * tests need not wait; Kafka's default is 3 seconds.
   */
  readonly groupInitialRebalanceDelayMs?: Duration
  /** `group.min.session.timeout.ms`. Default 6 seconds. */
  readonly groupMinSessionTimeoutMs?: Duration
  /** `group.max.session.timeout.ms`. Default 30 minutes. */
  readonly groupMaxSessionTimeoutMs?: Duration
  /** `group.max.size`: members of a group. Default 1000; Kafka has no limit. */
  readonly groupMaxSize?: number
  /** Groups of the cluster. One that nobody is in and that has committed nothing gives way. Default 10,000. */
  readonly groupsMax?: number
  /** Bytes that groups and what they have committed keep, more or less. Default 64 MiB. */
  readonly groupBytesMax?: Size
  /** Requests that the journal keeps. Default 100,000. */
  readonly journalEntriesMax?: number
  /** Bytes of request frames that the journal keeps. Default 256 MiB. */
  readonly journalBytesMax?: Size
  /**
   * When the journal is full the oldest entries go. `throw` (the default): reading it then throws, because a count
   * over half a journal proves nothing. `drop`: reading goes on, and `requests.dropped` says how many went.
   */
  readonly journalOverflow?: 'throw' | 'drop'
  /** Events that the cluster keeps to be read later, besides telling them; the oldest go first. Default 100,000. */
  readonly eventsMax?: number
  /**
   * Bytes of traffic that are captured for `exportPcapng`, from the beginning of the run; what comes after is not, and
   * the export says so. 0 captures nothing. Default 16 MiB.
   */
  readonly captureBytesMax?: Size
  /**
   * Partitions of all topics together. What would exceed it is not made, is refused with POLICY_VIOLATION, and leaves a
   * finding. Default 200,000.
   */
  readonly partitionsMax?: number
  /** Bytes of all logs together. Default 1 GiB. */
  readonly logBytesMax?: Size
  /**
   * When the logs are full: `refuse` (the default) answers KAFKA_STORAGE_ERROR, as a full disk does, and leaves a finding;
   * `delete-oldest` deletes the oldest batches of the partition written to, as retention does.
   */
  readonly logOverflow?: 'refuse' | 'delete-oldest'
  /**
   * What is checked of a batch before it is appended. `full` (the default): everything that Kafka checks. `headers`: only
   * its header; checksum and records are believed, for load tests in which the cluster must not be what is slow.
   */
  readonly validation?: 'full' | 'headers'
  /**
   * What a request does that the cluster does not serve, by its API or its version. Its connection closes in any case, as
   * in Kafka. `error` (the default): a finding, and `MockCluster.stop()` rejects. `warn`: a finding. `close`: nothing
   * else. A function is called for each finding of this kind, also for malformed requests, and nothing rejects.
   */
  readonly onUnhandledRequest?: UnhandledRequestPolicy
}

/** The options with every default filled in and every unit resolved. */
export interface ClusterConfig {
  readonly brokers: readonly BrokerConfig[]
  readonly topics: ReadonlyMap<string, TopicPlan>
  readonly defaultPartitions: number
  readonly defaultReplicas: number
  readonly autoCreateTopics: boolean
  readonly seed: number | undefined
  readonly clusterId: string | undefined
  readonly apiVersions: Readonly<Record<string, ApiVersionLimit>>
  readonly frameBytesMax: number
  readonly connectionsMaxIdleMs: number
  readonly connectionsMax: number
  readonly producerIdExpirationMs: number
  readonly replicationLagMs: number
  readonly replicaLagTimeMaxMs: number
  readonly retentionCheckIntervalMs: number
  readonly brokerSessionTimeoutMs: number
  readonly groupInitialRebalanceDelayMs: number
  readonly groupMinSessionTimeoutMs: number
  readonly groupMaxSessionTimeoutMs: number
  readonly groupMaxSize: number
  readonly groupsMax: number
  readonly groupBytesMax: number
  readonly journalEntriesMax: number
  readonly journalBytesMax: number
  readonly journalOverflow: 'throw' | 'drop'
  readonly eventsMax: number
  readonly captureBytesMax: number
  readonly partitionsMax: number
  readonly logBytesMax: number
  readonly logOverflow: 'refuse' | 'delete-oldest'
  readonly validation: 'full' | 'headers'
  readonly onUnhandledRequest: UnhandledRequestPolicy
  readonly kafka: KafkaReleaseName
}

export interface BrokerConfig {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly kafka: KafkaReleaseName
}

/** A topic to be made. */
export interface TopicPlan {
  readonly overrides: TopicOverrides
  readonly partitions: number
  readonly replicas: number
}

/** Options that a cluster cannot work with: all that is wrong at once, each with its path. */
export class ClusterOptionsError extends Error {
  override readonly name = 'ClusterOptionsError'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`).join('\n'))
    this.issues = issues
  }
}

const nodeId = { is: 'integer', min: 0, max: 2 ** 31 - 1 } as const
const port = { is: 'integer', min: 0, max: 65_535 } as const
const version = { is: 'integer', min: 0, max: 32_767 } as const
const release = { is: 'one-of', values: kafkaReleaseNames } as const
const partitionCount = { is: 'integer', min: 1, max: 100_000 } as const
const brokersMax = 1000

/** Every option of a topic: one row each. */
export const topicFields: readonly Field[] = [
  { key: 'partitions', type: partitionCount, doc: 'How many partitions. Default: `defaultPartitions`.' },
  {
    key: 'replicas',
    type: { is: 'integer', min: 1, max: brokersMax },
    doc: 'Replicas of each partition, at most the number of brokers. Default: 3, or fewer in a smaller cluster.',
  },
  { key: 'config', type: { is: 'object', fields: topicConfigFields }, doc: "Topic configuration under Kafka's keys." },
]

/** Every option of a broker: one row each. */
export const brokerFields: readonly Field[] = [
  { key: 'id', type: nodeId, doc: 'Node id, unique in the cluster. Default: position in the list, from 1.' },
  { key: 'host', type: { is: 'string' }, doc: 'Where it listens and what clients are told.' },
  { key: 'port', type: port, doc: '0 takes any free port at the first start and keeps it.' },
  { key: 'rack', type: { is: 'string' }, doc: '`broker.rack`.' },
  { key: 'kafka', type: release, doc: "The release of Kafka that it looks like. Default: the cluster's." },
]

/** Every option of a cluster: one row each. */
export const clusterOptionFields: readonly Field[] = [
  {
    key: 'brokers',
    type: {
      is: 'any-of',
      types: [
        { is: 'integer', min: 1, max: brokersMax },
        { is: 'list', of: { is: 'object', fields: brokerFields } },
      ],
    },
    doc: 'How many brokers, numbered from 1, or one entry for each.',
    default: 1,
  },
  {
    key: 'topics',
    type: { is: 'map', of: { is: 'any-of', types: [partitionCount, { is: 'object', fields: topicFields }] } },
    doc: 'Topics to begin with, by name; a number means so many partitions.',
  },
  { key: 'host', type: { is: 'string' }, doc: 'Where brokers listen.', default: '127.0.0.1' },
  { key: 'ports', type: { is: 'list', of: port }, doc: 'Port of each broker in order; else any free one.' },
  { key: 'defaultPartitions', type: partitionCount, doc: '`num.partitions`.', default: 1 },
  { key: 'autoCreateTopics', type: { is: 'boolean' }, doc: '`auto.create.topics.enable`.', default: true },
  {
    key: 'seed',
    type: { is: 'integer', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
    doc: 'Governs every choice the cluster makes.',
  },
  {
    key: 'kafka',
    type: release,
    doc: 'The release of Kafka that the brokers look like: what they serve, and how they replicate.',
    default: latestRelease,
  },
  { key: 'clusterId', type: { is: 'string' }, doc: 'Default: drawn from the seed.' },
  {
    key: 'apiVersions',
    type: {
      is: 'map',
      of: {
        is: 'any-of',
        types: [
          { is: 'boolean' },
          {
            is: 'object',
            fields: [
              { key: 'min', type: version, doc: 'The lowest version served.' },
              { key: 'max', type: version, doc: 'The highest version served.' },
            ],
          },
        ],
      },
    },
    doc: 'Narrows the versions that are served, by API name; false hides an API.',
  },
  {
    key: 'frameBytesMax',
    type: { is: 'size', min: 64, max: 2 ** 31 - 1 },
    doc: '`socket.request.max.bytes`.',
    default: '100MiB',
  },
  {
    key: 'connectionsMaxIdleMs',
    type: { is: 'duration' },
    doc: '`connections.max.idle.ms`; 0: never.',
    default: '10m',
  },
  {
    key: 'connectionsMax',
    type: { is: 'integer', min: 1, max: 1_000_000 },
    doc: 'Open connections per broker; one more is accepted and closed at once.',
    default: 10_000,
  },
  { key: 'producerIdExpirationMs', type: { is: 'duration' }, doc: '`producer.id.expiration.ms`.', default: '24h' },
  {
    key: 'replicationLagMs',
    type: { is: 'duration' },
    doc: 'How long after an append the followers have it.',
    default: 0,
  },
  {
    key: 'replicaLagTimeMaxMs',
    type: { is: 'duration' },
    doc: '`replica.lag.time.max.ms`: a follower that is behind for longer is not in sync.',
    default: '30s',
  },
  {
    key: 'retentionCheckIntervalMs',
    type: { is: 'duration' },
    doc: '`log.retention.check.interval.ms`: how often old segments are looked for.',
    default: '5m',
  },
  {
    key: 'brokerSessionTimeoutMs',
    type: { is: 'duration' },
    doc: '`broker.session.timeout.ms`: how long a broker that was killed counts as alive (Kafka: 9s).',
    default: 0,
  },
  {
    key: 'groupInitialRebalanceDelayMs',
    type: { is: 'duration' },
    doc: '`group.initial.rebalance.delay.ms`: how long a group that nobody was in waits for more members (Kafka: 3s).',
    default: 0,
  },
  {
    key: 'groupMinSessionTimeoutMs',
    type: { is: 'duration' },
    doc: '`group.min.session.timeout.ms`.',
    default: '6s',
  },
  {
    key: 'groupMaxSessionTimeoutMs',
    type: { is: 'duration' },
    doc: '`group.max.session.timeout.ms`.',
    default: '30m',
  },
  {
    key: 'groupMaxSize',
    type: { is: 'integer', min: 1, max: 100_000 },
    doc: '`group.max.size`: members of a group (Kafka: no limit).',
    default: 1000,
  },
  {
    key: 'groupsMax',
    type: { is: 'integer', min: 1, max: 1_000_000 },
    doc: 'Groups of the cluster; one that nobody is in and that has committed nothing gives way.',
    default: 10_000,
  },
  {
    key: 'groupBytesMax',
    type: { is: 'size', min: 0, max: Number.MAX_SAFE_INTEGER },
    doc: 'Bytes that groups and what they have committed keep.',
    default: '64MiB',
  },
  {
    key: 'journalEntriesMax',
    type: { is: 'integer', min: 0, max: 10_000_000 },
    doc: 'Requests that the journal keeps.',
    default: 100_000,
  },
  {
    key: 'journalBytesMax',
    type: { is: 'size', min: 0, max: Number.MAX_SAFE_INTEGER },
    doc: 'Bytes of request frames that the journal keeps.',
    default: '256MiB',
  },
  {
    key: 'journalOverflow',
    type: { is: 'one-of', values: ['throw', 'drop'] },
    doc: 'When the journal has dropped its oldest entries: reading it throws, or goes on.',
    default: 'throw',
  },
  {
    key: 'eventsMax',
    type: { is: 'integer', min: 0, max: 10_000_000 },
    doc: 'Events that are kept to be read later; the oldest go first.',
    default: 100_000,
  },
  {
    key: 'captureBytesMax',
    type: { is: 'size', min: 0, max: 2 ** 31 - 1 },
    doc: 'Bytes of traffic that are captured for export, from the beginning; 0 captures nothing.',
    default: '16MiB',
  },
  {
    key: 'partitionsMax',
    type: { is: 'integer', min: 1, max: 10_000_000 },
    doc: 'Partitions of all topics together; what would exceed it is refused with POLICY_VIOLATION.',
    default: 200_000,
  },
  {
    key: 'logBytesMax',
    type: { is: 'size', min: 0, max: Number.MAX_SAFE_INTEGER },
    doc: 'Bytes of all logs together.',
    default: '1GiB',
  },
  {
    key: 'logOverflow',
    type: { is: 'one-of', values: ['refuse', 'delete-oldest'] },
    doc: 'When the logs are full: answer KAFKA_STORAGE_ERROR, or delete the oldest batches of the partition.',
    default: 'refuse',
  },
  {
    key: 'validation',
    type: { is: 'one-of', values: ['full', 'headers'] },
    doc: '`full`: batches are checked as Kafka does; `headers`: checksum and records are believed, for load tests.',
    default: 'full',
  },
  {
    key: 'onUnhandledRequest',
    type: { is: 'any-of', types: [{ is: 'one-of', values: ['error', 'warn', 'close'] }, { is: 'function' }] },
    doc: 'A request that is not served closes the connection; `error`: stopping fails, `warn`: a finding, `close`: no more.',
    default: 'error',
  },
]

/** @throws ClusterOptionsError with everything that is wrong */
export function parseClusterOptions(options: ClusterOptions): ClusterConfig {
  const issues: Issue[] = []
  const parsed = parseObject(clusterOptionFields, options, [], issues) as ParsedOptions
  if (issues.length > 0) throw new ClusterOptionsError(issues)
  const brokers = brokerConfigs(parsed, issues)
  const defaultReplicas = Math.min(3, brokers.length)
  const defaultPartitions = parsed.defaultPartitions ?? 1
  const partitionsMax = parsed.partitionsMax ?? 200_000
  let partitionCount = 0
  const topics = new Map<string, TopicPlan>()
  for (const [name, written] of Object.entries(parsed.topics ?? {})) {
    const topic = typeof written === 'number' ? { partitions: written } : written
    const because = topicNameProblem(name)
    if (because !== undefined) issues.push({ path: ['topics', name], message: because })
    const replicas = topic.replicas ?? defaultReplicas
    if (replicas > brokers.length) {
      const message = `must be at most the number of brokers, ${brokers.length}, not ${replicas}`
      issues.push({ path: ['topics', name, 'replicas'], message })
    }
    partitionCount += topic.partitions ?? defaultPartitions
    topics.set(name, {
      partitions: topic.partitions ?? defaultPartitions,
      replicas,
      overrides: topicOverridesFrom(topic.config ?? {}),
    })
  }
  if (partitionCount > partitionsMax) {
    issues.push({ path: ['topics'], message: `${partitionCount} partitions exceed ${partitionsMax} (partitionsMax)` })
  }
  if (issues.length > 0) throw new ClusterOptionsError(issues)
  return {
    brokers,
    topics,
    defaultPartitions,
    defaultReplicas,
    autoCreateTopics: parsed.autoCreateTopics ?? true,
    seed: parsed.seed,
    clusterId: parsed.clusterId,
    apiVersions: parsed.apiVersions ?? {},
    frameBytesMax: parsed.frameBytesMax ?? 100 * 1024 * 1024,
    connectionsMaxIdleMs: parsed.connectionsMaxIdleMs ?? 600_000,
    connectionsMax: parsed.connectionsMax ?? 10_000,
    producerIdExpirationMs: parsed.producerIdExpirationMs ?? 86_400_000,
    replicationLagMs: parsed.replicationLagMs ?? 0,
    replicaLagTimeMaxMs: parsed.replicaLagTimeMaxMs ?? 30_000,
    retentionCheckIntervalMs: parsed.retentionCheckIntervalMs ?? 300_000,
    brokerSessionTimeoutMs: parsed.brokerSessionTimeoutMs ?? 0,
    groupInitialRebalanceDelayMs: parsed.groupInitialRebalanceDelayMs ?? 0,
    groupMinSessionTimeoutMs: parsed.groupMinSessionTimeoutMs ?? 6000,
    groupMaxSessionTimeoutMs: parsed.groupMaxSessionTimeoutMs ?? 1_800_000,
    groupMaxSize: parsed.groupMaxSize ?? 1000,
    groupsMax: parsed.groupsMax ?? 10_000,
    groupBytesMax: parsed.groupBytesMax ?? 64 * 1024 * 1024,
    journalEntriesMax: parsed.journalEntriesMax ?? 100_000,
    journalBytesMax: parsed.journalBytesMax ?? 256 * 1024 * 1024,
    journalOverflow: parsed.journalOverflow ?? 'throw',
    eventsMax: parsed.eventsMax ?? 100_000,
    captureBytesMax: parsed.captureBytesMax ?? 16 * 1024 * 1024,
    partitionsMax,
    logBytesMax: parsed.logBytesMax ?? 1024 * 1024 * 1024,
    logOverflow: parsed.logOverflow ?? 'refuse',
    validation: parsed.validation ?? 'full',
    onUnhandledRequest: parsed.onUnhandledRequest ?? 'error',
    kafka: parsed.kafka ?? latestRelease,
  }
}

/** A broker's options on their own, for one that joins later. @throws ClusterOptionsError */
export function parseBrokerOptions(
  options: BrokerOptions,
  defaults: { readonly id: number; readonly host: string; readonly kafka: KafkaReleaseName },
): BrokerConfig {
  const issues: Issue[] = []
  const parsed = parseObject(brokerFields, options, [], issues) as BrokerOptions
  if (issues.length > 0) throw new ClusterOptionsError(issues)
  const { id = defaults.id, host = defaults.host, port: listenAt = 0, rack = null, kafka = defaults.kafka } = parsed
  return { id, host, port: listenAt, rack, kafka }
}

/** A topic's options on their own, for topics made while the cluster runs. */
export function parseTopicOptions(options: TopicOptions | number, cluster: ClusterConfig): TopicPlan {
  const issues: Issue[] = []
  const written = typeof options === 'number' ? { partitions: options } : options
  const parsed = parseObject(topicFields, written, [], issues) as TopicOptions & { config?: Record<string, never> }
  const replicas = parsed.replicas ?? cluster.defaultReplicas
  if (replicas > cluster.brokers.length) {
    const message = `must be at most the number of brokers, ${cluster.brokers.length}, not ${replicas}`
    issues.push({ path: ['replicas'], message })
  }
  if (issues.length > 0) throw new ClusterOptionsError(issues)
  return {
    partitions: parsed.partitions ?? cluster.defaultPartitions,
    replicas,
    overrides: topicOverridesFrom(parsed.config ?? {}),
  }
}

/** Why Kafka refuses a topic name (Java: `Topic.validate`), undefined if it does not. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'topic name is empty'
  if (name === '.' || name === '..') return `topic name cannot be "${name}"`
  if (name.length > 249) return `topic name is ${name.length} characters long; the limit is 249`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return 'topic name has a character other than ASCII letters, digits, ".", "_" and "-"'
  return undefined
}

type ParsedOptions = Omit<
  ClusterOptions,
  'frameBytesMax' | 'journalBytesMax' | 'captureBytesMax' | 'logBytesMax' | 'groupBytesMax' | DurationKey | 'topics'
> & {
  readonly frameBytesMax?: number
  readonly journalBytesMax?: number
  readonly captureBytesMax?: number
  readonly logBytesMax?: number
  readonly groupBytesMax?: number
  readonly topics?: Readonly<Record<string, (TopicOptions & { config?: Record<string, never> }) | number>>
} & { readonly [key in DurationKey]?: number }

type DurationKey =
  | 'connectionsMaxIdleMs'
  | 'producerIdExpirationMs'
  | 'replicationLagMs'
  | 'replicaLagTimeMaxMs'
  | 'retentionCheckIntervalMs'
  | 'brokerSessionTimeoutMs'
  | 'groupInitialRebalanceDelayMs'
  | 'groupMinSessionTimeoutMs'
  | 'groupMaxSessionTimeoutMs'

function brokerConfigs(options: ParsedOptions, issues: Issue[]): BrokerConfig[] {
  const written: readonly BrokerOptions[] =
    typeof options.brokers === 'object' ? options.brokers : Array.from({ length: options.brokers ?? 1 }, () => ({}))
  if (written.length === 0) issues.push({ path: ['brokers'], message: 'must have at least one broker' })
  const brokers = written.map((broker, index) => ({
    id: broker.id ?? index + 1,
    host: broker.host ?? options.host ?? '127.0.0.1',
    port: broker.port ?? options.ports?.[index] ?? 0,
    rack: broker.rack ?? null,
    kafka: broker.kafka ?? options.kafka ?? latestRelease,
  }))
  const ids = new Set<number>()
  for (const [index, { id }] of brokers.entries()) {
    if (ids.has(id)) issues.push({ path: ['brokers', index, 'id'], message: `${id} is already taken` })
    ids.add(id)
  }
  return brokers
}
