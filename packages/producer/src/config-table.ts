/** One key. `allowed` is what an error tells; `doc` is one sentence; `shownDefault` says what an absent value means. */
export type ConfigRow = {
  readonly key: string
  readonly default: unknown
  readonly shownDefault: string
  readonly allowed: string
  readonly doc: string
} & (
  | { readonly type: 'int' | 'long'; readonly min: number; readonly max: number; readonly excluded?: number }
  | { readonly type: 'boolean' | 'string' | 'list' | 'object' }
  | { readonly type: 'choice'; readonly choices: readonly (readonly [name: string, value: unknown])[] }
)

const intMax = 2 ** 31 - 1

/**
 * Every key that this producer knows, in the order of the documentation. Defaults are those of Apache Kafka 4. What is
 * a key of the Java producer and not here is in `inertConfigKeys`.
 */
export const producerConfigTable: readonly ConfigRow[] = [
  list('bootstrap.servers', 'required', 'a non-empty list of host:port', 'Where to start looking for the cluster.'),
  {
    key: 'client.id',
    type: 'string',
    default: 'harrow',
    shownDefault: 'harrow',
    allowed: 'a string',
    doc: 'Sent with each request; shown in logs, quotas and metrics.',
  },
  choice(
    'acks',
    -1,
    [
      ['all', -1],
      ['-1', -1],
      ['0', 0],
      ['1', 1],
    ],
    'Which acknowledgement counts as success.',
  ),
  boolean('enable.idempotence', true, 'Whether the broker recognises retries.'),
  int('retries', intMax, { min: 0 }, 'How often a batch is sent again at most; delivery.timeout.ms ends it before.'),
  int('max.in.flight.requests.per.connection', 5, { min: 1 }, 'Unanswered requests per connection; 1 keeps order.'),
  int('batch.size', 16_384, { min: 0 }, 'Bytes that a batch aims for; 0 means one record per batch.'),
  long('linger.ms', 5, { min: 0 }, 'How long a batch that is not full waits for more records.'),
  long('buffer.memory', 32 * 1024 * 1024, { min: 0 }, 'Bytes for records not yet acknowledged.'),
  long('max.block.ms', 60_000, { min: 0 }, 'How long a record waits for metadata and memory together.'),
  int('max.request.size', 1024 * 1024, { min: 0 }, 'Bytes of one request, and of one record uncompressed.'),
  choice('compression.type', 'none', same('none', 'gzip', 'snappy', 'lz4', 'zstd'), 'Codec of whole batches.'),
  {
    ...int('compression.gzip.level', -1, { min: -1, max: 9 }, 'From 1, fast, to 9, small; -1 is what zlib prefers.'),
    type: 'int',
    min: -1,
    max: 9,
    excluded: 0,
    allowed: '1 to 9, or -1',
  },
  int(
    'compression.lz4.level',
    9,
    { min: 1, max: 17 },
    'Only 9, which is the fast compressor (as in Java), has an effect.',
  ),
  int('compression.zstd.level', 3, { min: -131_072, max: 22 }, 'From -131072, fast, to 22, small.'),
  int('delivery.timeout.ms', 120_000, { min: 0 }, 'From a record entering a batch to success or failure.'),
  int('request.timeout.ms', 30_000, { min: 0 }, 'How long to wait for an answer before giving up the connection.'),
  long('retry.backoff.ms', 100, { min: 0 }, 'Before the first retry; doubled for each further one.'),
  long('retry.backoff.max.ms', 1_000, { min: 0 }, 'What the retry backoff grows to.'),
  long('reconnect.backoff.ms', 50, { min: 0 }, 'Before the first reconnect to a broker; doubled for each further one.'),
  long('reconnect.backoff.max.ms', 1_000, { min: 0 }, 'What the reconnect backoff grows to.'),
  long('socket.connection.setup.timeout.ms', 10_000, { min: 0 }, 'For the first attempt to connect.'),
  long('socket.connection.setup.timeout.max.ms', 30_000, { min: 0 }, 'What the setup timeout grows to.'),
  long(
    'connections.max.idle.ms',
    540_000,
    { min: Number.MIN_SAFE_INTEGER },
    'After which an unused connection is closed; negative: never.',
  ),
  choice(
    'client.dns.lookup',
    'use_all_dns_ips',
    same('use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'),
    'How a host with several addresses is tried: one after the other, with either.',
  ),
  long('metadata.max.age.ms', 300_000, { min: 0 }, 'After which metadata is refreshed without cause.'),
  long('metadata.max.idle.ms', 300_000, { min: 5_000 }, 'After which an unused topic is forgotten.'),
  choice(
    'metadata.recovery.strategy',
    'rebootstrap',
    same('none', 'rebootstrap'),
    'What to do when no known broker is reachable.',
  ),
  long(
    'metadata.recovery.rebootstrap.trigger.ms',
    300_000,
    { min: 0 },
    'Without metadata, after which to rebootstrap.',
  ),
  object(
    'partitioner.class',
    'built in',
    'an object, a function, a class or a name',
    'Chooses partitions instead of the built-in one.',
  ),
  boolean('partitioner.ignore.keys', false, 'Whether the built-in partitioner ignores keys.'),
  boolean('partitioner.adaptive.partitioning.enable', true, 'Whether keyless records prefer short queues.'),
  long(
    'partitioner.availability.timeout.ms',
    0,
    { min: 0 },
    'After which a leader that takes nothing is avoided; 0: never.',
  ),
  object('key.serializer', 'text and bytes', 'a function, an object, a class or a name', 'Key to bytes.'),
  object('value.serializer', 'text and bytes', 'a function, an object, a class or a name', 'Value to bytes.'),
  list('interceptor.classes', 'none', 'a list of objects or classes', 'See each record before, and its outcome after.'),
  int('metrics.num.samples', 2, { min: 1 }, 'Windows that rates, averages and maxima look back on.'),
  long('metrics.sample.window.ms', 30_000, { min: 0 }, 'How long one of these windows is.'),
  choice('security.protocol', 'PLAINTEXT', same('PLAINTEXT'), 'How to talk to brokers.'),
]

/**
 * Keys of the Java producer that have no effect here, and why: so that a configuration can be carried over, and its
 * owner knows. A key that ends in a dot is a prefix.
 */
export const inertConfigKeys: Readonly<Record<string, string>> = {
  'send.buffer.bytes': 'Node leaves it to the operating system, which is what -1 means',
  'receive.buffer.bytes': 'Node leaves it to the operating system, which is what -1 means',
  'metric.reporters': 'read producer.metrics() instead',
  'metrics.recording.level': 'everything is measured',
  'metrics.context.': 'there are no reporters to hand it to',
  'enable.metrics.push': 'metrics are not pushed to brokers (KIP-714)',
  'auto.include.jmx.reporter': 'there is no JMX',
  'security.providers': 'there is no JVM',
  'transaction.timeout.ms': 'transactions are not supported yet',
  'transaction.two.phase.commit.enable': 'transactions are not supported yet',
  'config.providers': 'values are taken as they are',
  'serializer.encoding': 'strings become UTF-8; a serializer of your own may do otherwise',
  'key.serializer.encoding': 'strings become UTF-8; a serializer of your own may do otherwise',
  'value.serializer.encoding': 'strings become UTF-8; a serializer of your own may do otherwise',
  'ssl.': 'TLS is not supported yet',
  'sasl.': 'SASL is not supported yet',
}

/** Keys that must not be ignored, because what they promise would not hold. */
export const refusedConfigKeys: Readonly<Record<string, string>> = {
  'transactional.id': 'nothing: transactions are not supported yet',
}

function int(
  key: string,
  value: number,
  { min, max = intMax }: { readonly min: number; readonly max?: number },
  doc: string,
): ConfigRow {
  return { key, type: 'int', default: value, shownDefault: `${value}`, min, max, allowed: `${min} to ${max}`, doc }
}

function long(key: string, value: number, range: { readonly min: number }, doc: string): ConfigRow {
  const allowed = range.min === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number from ${range.min}`
  const { MAX_SAFE_INTEGER: max } = Number
  return { key, type: 'long', default: value, shownDefault: `${value}`, min: range.min, max, allowed, doc }
}

function boolean(key: string, value: boolean, doc: string): ConfigRow {
  return { key, type: 'boolean', default: value, shownDefault: `${value}`, allowed: 'true or false', doc }
}

function choice(key: string, value: unknown, choices: readonly (readonly [string, unknown])[], doc: string): ConfigRow {
  const allowed = choices.map(([name]) => name).join(', ')
  const shownDefault = choices.find(([, of]) => of === value)?.[0] ?? ''
  return { key, type: 'choice', default: value, shownDefault, choices, allowed, doc }
}

function list(key: string, shownDefault: string, allowed: string, doc: string): ConfigRow {
  return { key, type: 'list', default: undefined, shownDefault, allowed, doc }
}

function object(key: string, shownDefault: string, allowed: string, doc: string): ConfigRow {
  return { key, type: 'object', default: undefined, shownDefault, allowed, doc }
}

function same(...names: readonly string[]): (readonly [string, string])[] {
  return names.map((name) => [name, name] as const)
}
