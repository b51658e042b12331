import type { FieldType } from './field.ts'

/** A key of topic configuration. */
export interface TopicConfigRow {
  readonly key: string
  /** Kafka's type of it, as DescribeConfigs tells. */
  readonly kind: 'BOOLEAN' | 'STRING' | 'INT' | 'LONG' | 'DOUBLE' | 'LIST'
  /** What it may be. */
  readonly type: FieldType
  /** As text, of Kafka 4.1. */
  readonly default: string
  readonly doc: string
  /** Kept and told, and changes nothing here. */
  readonly isInert?: true
}

const int32Max = 2 ** 31 - 1
/** Kafka's longest time; not exact as a number, and it does not matter. */
const longMax = '9223372036854775807'

const flag = { is: 'any-of', types: [{ is: 'boolean' }, { is: 'one-of', values: ['true', 'false'] }] } as const
const text = { is: 'string' } as const
const duration = { is: 'kafka', of: { is: 'any-of', types: [{ is: 'duration' }, integer(-2, 2 ** 63)] } } as const

function integer(min: number, max: number) {
  return { is: 'integer', min, max } as const
}

function whole(min: number, max: number = int32Max) {
  return { is: 'kafka', of: integer(min, max) } as const
}

function size(min: number, max: number = int32Max) {
  return {
    is: 'kafka',
    of: { is: 'any-of', types: [{ is: 'size', min: Math.max(min, 0), max }, integer(min, max)] },
  } as const
}

/** A key that a real broker takes and that changes nothing here. */
function inert(key: string, kind: TopicConfigRow['kind'], value: string): TopicConfigRow {
  const types = { BOOLEAN: flag, STRING: text, LIST: text, INT: whole(-(2 ** 31)), LONG: whole(-2, 2 ** 63) } as const
  const type =
    kind === 'DOUBLE'
      ? ({ is: 'kafka', of: { is: 'any-of', types: [{ is: 'number', min: 0, max: 1 }, text] } } as const)
      : types[kind]
  return { key, kind, type, default: value, doc: 'Accepted and described, and changes nothing here.', isInert: true }
}

/** Every key of topic configuration of Kafka 4.1, in Kafka's order. Java: `LogConfig`. */
export const topicConfigTable: readonly TopicConfigRow[] = [
  {
    key: 'cleanup.policy',
    kind: 'LIST',
    type: { is: 'one-of', values: ['delete', 'compact', 'compact,delete', 'delete,compact'] },
    default: 'delete',
    doc: 'Compacted topics refuse records without a key. Nothing is ever compacted here.',
  },
  inert('compression.gzip.level', 'INT', '-1'),
  inert('compression.lz4.level', 'INT', '9'),
  {
    key: 'compression.type',
    kind: 'STRING',
    type: { is: 'one-of', values: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] },
    default: 'producer',
    doc: 'What batches are stored in, whatever they come in. One that is too large then is refused.',
  },
  inert('compression.zstd.level', 'INT', '3'),
  inert('delete.retention.ms', 'LONG', '86400000'),
  inert('file.delete.delay.ms', 'LONG', '60000'),
  inert('flush.messages', 'LONG', longMax),
  inert('flush.ms', 'LONG', longMax),
  inert('follower.replication.throttled.replicas', 'LIST', ''),
  inert('index.interval.bytes', 'INT', '4096'),
  inert('leader.replication.throttled.replicas', 'LIST', ''),
  inert('local.retention.bytes', 'LONG', '-2'),
  inert('local.retention.ms', 'LONG', '-2'),
  inert('max.compaction.lag.ms', 'LONG', longMax),
  {
    key: 'max.message.bytes',
    kind: 'INT',
    type: size(0),
    default: '1048588',
    doc: 'The largest record batch, as it comes over the wire.',
  },
  {
    key: 'message.timestamp.after.max.ms',
    kind: 'LONG',
    type: duration,
    default: '3600000',
    doc: 'How much newer than the broker clock a record may be (1 hour since Kafka 4.0, KIP-1030).',
  },
  {
    key: 'message.timestamp.before.max.ms',
    kind: 'LONG',
    type: duration,
    default: longMax,
    doc: 'How much older than the broker clock a record may be.',
  },
  {
    key: 'message.timestamp.type',
    kind: 'STRING',
    type: { is: 'one-of', values: ['CreateTime', 'LogAppendTime'] },
    default: 'CreateTime',
    doc: 'Whose clock the records carry.',
  },
  inert('min.cleanable.dirty.ratio', 'DOUBLE', '0.5'),
  inert('min.compaction.lag.ms', 'LONG', '0'),
  {
    key: 'min.insync.replicas',
    kind: 'INT',
    type: whole(1),
    default: '1',
    doc: 'Replicas that must be in sync for acks=all; never more than there are replicas.',
  },
  inert('preallocate', 'BOOLEAN', 'false'),
  inert('remote.log.copy.disable', 'BOOLEAN', 'false'),
  inert('remote.log.delete.on.disable', 'BOOLEAN', 'false'),
  inert('remote.storage.enable', 'BOOLEAN', 'false'),
  {
    key: 'retention.bytes',
    kind: 'LONG',
    type: size(-1, 2 ** 63),
    default: '-1',
    doc: 'Whole segments are deleted, oldest first, while the log is larger; -1: no limit.',
  },
  {
    key: 'retention.ms',
    kind: 'LONG',
    type: duration,
    default: '604800000',
    doc: 'Whole segments are deleted when their newest record is older; -1: no limit.',
  },
  {
    key: 'segment.bytes',
    kind: 'INT',
    type: size(14),
    default: '1073741824',
    doc: 'A segment begins when the one before would be larger. A batch larger than a segment is refused.',
  },
  inert('segment.index.bytes', 'INT', '10485760'),
  inert('segment.jitter.ms', 'LONG', '0'),
  inert('segment.ms', 'LONG', '604800000'),
  {
    key: 'unclean.leader.election.enable',
    kind: 'BOOLEAN',
    type: flag,
    default: 'false',
    doc: 'Whether a replica that is not in sync may lead when no other can. What it lacks is lost then.',
  },
]
