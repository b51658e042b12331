import { type Field, type Issue, parseValue } from './field.ts'

/** What a partition's log and the rules for batches look at. */
export interface TopicConfig {
  readonly minInsyncReplicas: number
  /** Of a whole batch, compressed, with its 12 bytes of offset and length. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
  readonly isCompacted: boolean
  readonly segmentBytes: number
}

const longMax = Number.MAX_SAFE_INTEGER

/** Topic configuration that changes what this cluster does, under Kafka's keys. Values may be numbers or strings. */
export const topicConfigFields: readonly Field[] = [
  {
    key: 'min.insync.replicas',
    type: { is: 'kafka', of: { is: 'integer', min: 1, max: 2 ** 31 - 1 } },
    doc: 'Replicas that must be in sync for acks=all.',
    default: 1,
  },
  {
    key: 'max.message.bytes',
    type: { is: 'kafka', of: { is: 'size', min: 0, max: 2 ** 31 - 1 } },
    doc: 'The largest record batch, as it comes over the wire.',
    default: 1_048_588,
  },
  {
    key: 'message.timestamp.type',
    type: { is: 'one-of', values: ['CreateTime', 'LogAppendTime'] },
    doc: 'Whose clock the records carry.',
    default: 'CreateTime',
  },
  {
    key: 'message.timestamp.before.max.ms',
    type: { is: 'kafka', of: { is: 'duration' } },
    doc: 'How much older than the broker clock a record may be.',
    default: 'unlimited',
  },
  {
    key: 'message.timestamp.after.max.ms',
    type: { is: 'kafka', of: { is: 'duration' } },
    doc: 'How much newer than the broker clock a record may be (1 hour since Kafka 4.0, KIP-1030).',
    default: 3_600_000,
  },
  {
    key: 'cleanup.policy',
    type: { is: 'one-of', values: ['delete', 'compact', 'compact,delete', 'delete,compact'] },
    doc: 'Compacted topics refuse records without a key. Nothing is ever compacted here.',
    default: 'delete',
  },
  {
    key: 'segment.bytes',
    type: { is: 'kafka', of: { is: 'size', min: 14, max: 2 ** 31 - 1 } },
    doc: 'A batch larger than a segment is refused.',
    default: '1GiB',
  },
]

/** Keys that a real broker takes and that change nothing here: accepted in CreateTopics. */
const inertKeys: ReadonlySet<string> = new Set([
  'compression.type',
  'compression.gzip.level',
  'compression.lz4.level',
  'compression.zstd.level',
  'delete.retention.ms',
  'file.delete.delay.ms',
  'flush.messages',
  'flush.ms',
  'follower.replication.throttled.replicas',
  'index.interval.bytes',
  'leader.replication.throttled.replicas',
  'local.retention.bytes',
  'local.retention.ms',
  'max.compaction.lag.ms',
  'min.cleanable.dirty.ratio',
  'min.compaction.lag.ms',
  'preallocate',
  'remote.storage.enable',
  'retention.bytes',
  'retention.ms',
  'segment.index.bytes',
  'segment.jitter.ms',
  'segment.ms',
  'unclean.leader.election.enable',
])

/** From values that `topicConfigFields` has parsed. */
export function topicConfigFrom(parsed: Readonly<Record<string, unknown>>): TopicConfig {
  const number = (key: string, otherwise: number): number => {
    const value = parsed[key]
    return typeof value === 'number' ? value : otherwise
  }
  return {
    minInsyncReplicas: number('min.insync.replicas', 1),
    maxMessageBytes: number('max.message.bytes', 1_048_588),
    messageTimestampType: parsed['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms', longMax),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms', 3_600_000),
    isCompacted: String(parsed['cleanup.policy'] ?? '').includes('compact'),
    segmentBytes: number('segment.bytes', 2 ** 30),
  }
}

/** From a CreateTopics request: everything is a string, and a mistake is an answer. */
export function topicConfigFromStrings(
  entries: readonly { readonly name: string; readonly value: string | null }[],
): { readonly config: TopicConfig } | { readonly problem: string } {
  const parsed: Record<string, unknown> = {}
  for (const { name, value } of entries) {
    if (inertKeys.has(name)) continue
    const field = topicConfigFields.find((one) => one.key === name)
    if (field === undefined) return { problem: `Unknown topic config name: ${name}` }
    if (value === null) return { problem: `Null value not supported for topic configs: ${name}` }
    const issues: Issue[] = []
    parsed[name] = parseValue(field.type, value, [name], issues)
    const issue = issues[0]
    if (issue !== undefined) return { problem: `Invalid value ${value} for configuration ${name}: ${issue.message}` }
  }
  return { config: topicConfigFrom(parsed) }
}
