/** One key. `allowed` is what an error tells; `doc` is one sentence. */
export type ConfigRow = {
  readonly key: string
  readonly default: unknown
  readonly allowed: string
  readonly doc: string
} & (
  | { readonly type: 'int' | 'long'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' | 'string' | 'object' }
  | { readonly type: 'choice'; readonly choices: readonly (readonly [name: string, value: unknown])[] }
)

const intMax = 2 ** 31 - 1

/**
 * Every key that this producer knows, in the order of the documentation. Defaults are those of Apache Kafka 4.
 * Not here, because they mean nothing outside the JVM or the platform decides: `send.buffer.bytes`, `receive.buffer.bytes`,
 * `client.dns.lookup`, `security.providers`, `metric.reporters`, `metrics.*`, `enable.metrics.push`. Not here yet:
 * `interceptor.classes`, `transactional.id`, `transaction.timeout.ms`, `compression.*.level`, `ssl.*`, `sasl.*`.
 */
export const producerConfigTable: readonly ConfigRow[] = [
  object('bootstrap.servers', undefined, 'a non-empty list of host:port', 'Where to start looking for the cluster.'),
  { key: 'client.id', type: 'string', default: 'harrow', allowed: 'a string', doc: 'Sent with each request.' },
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
  int('retries', intMax, { min: 0 }, 'How often a batch is sent again at most.'),
  int('max.in.flight.requests.per.connection', 5, { min: 1 }, 'Unanswered requests per connection; 1 keeps order.'),
  int('batch.size', 16_384, { min: 0 }, 'Bytes that a batch aims for; 0 means one record per batch.'),
  long('linger.ms', 5, { min: 0 }, 'How long a batch that is not full waits for more records.'),
  long('buffer.memory', 32 * 1024 * 1024, { min: 0 }, 'Bytes for records not yet acknowledged.'),
  long('max.block.ms', 60_000, { min: 0 }, 'How long a record waits for metadata and memory together.'),
  int('max.request.size', 1024 * 1024, { min: 0 }, 'Bytes of one request, and of one record uncompressed.'),
  choice('compression.type', 'none', same('none', 'gzip', 'snappy', 'lz4', 'zstd'), 'Codec of whole batches.'),
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
    'After which an unused connection is closed.',
  ),
  long('metadata.max.age.ms', 300_000, { min: 0 }, 'After which metadata is refreshed without cause.'),
  long('metadata.max.idle.ms', 300_000, { min: 5_000 }, 'After which an unused topic is forgotten.'),
  choice(
    'metadata.recovery.strategy',
    'rebootstrap',
    same('none', 'rebootstrap'),
    'When no known broker is reachable.',
  ),
  long(
    'metadata.recovery.rebootstrap.trigger.ms',
    300_000,
    { min: 0 },
    'Without metadata, after which to rebootstrap.',
  ),
  object(
    'partitioner.class',
    undefined,
    'an object, a function, a class or a name',
    'Chooses partitions instead of the built-in one.',
  ),
  boolean('partitioner.ignore.keys', false, 'Whether the built-in partitioner ignores keys.'),
  boolean('partitioner.adaptive.partitioning.enable', true, 'Whether keyless records prefer short queues.'),
  long('partitioner.availability.timeout.ms', 0, { min: 0 }, 'After which a leader that takes nothing is avoided.'),
  object('key.serializer', undefined, 'a function or a name', 'Key to bytes.'),
  object('value.serializer', undefined, 'a function or a name', 'Value to bytes.'),
  choice('security.protocol', 'PLAINTEXT', same('PLAINTEXT'), 'How to talk to brokers.'),
]

function int(key: string, value: number, range: { readonly min: number }, doc: string): ConfigRow {
  return { key, type: 'int', default: value, min: range.min, max: intMax, allowed: `${range.min} to ${intMax}`, doc }
}

function long(key: string, value: number, range: { readonly min: number }, doc: string): ConfigRow {
  const allowed = range.min === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number from ${range.min}`
  return { key, type: 'long', default: value, min: range.min, max: Number.MAX_SAFE_INTEGER, allowed, doc }
}

function boolean(key: string, value: boolean, doc: string): ConfigRow {
  return { key, type: 'boolean', default: value, allowed: 'true or false', doc }
}

function choice(key: string, value: unknown, choices: readonly (readonly [string, unknown])[], doc: string): ConfigRow {
  return { key, type: 'choice', default: value, choices, allowed: choices.map(([name]) => name).join(', '), doc }
}

function object(key: string, value: unknown, allowed: string, doc: string): ConfigRow {
  return { key, type: 'object', default: value, allowed, doc }
}

function same(...names: readonly string[]): (readonly [string, string])[] {
  return names.map((name) => [name, name] as const)
}
