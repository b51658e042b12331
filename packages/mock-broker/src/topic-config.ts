import type { CompressionName } from '@harrow/protocol'
import { type Field, type Issue, parseValue } from './field.ts'
import { brokerKeyOf } from './topic-config-synonyms.ts'
import { type TopicConfigRow, topicConfigTable } from './topic-config-table.ts'

/** What a partition's log and the rules for batches look at. */
export interface TopicConfig {
  readonly minInsyncReplicas: number
  /** Of a whole batch, compressed, with its 12 bytes of offset and length. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
  /** `producer`: batches are stored as they come. */
  readonly compressionType: CompressionName | 'producer'
  readonly isCompacted: boolean
  /** Whether old segments are deleted: `cleanup.policy` has `delete`. */
  readonly hasRetention: boolean
  /** Negative: no limit. */
  readonly retentionMs: number
  /** Negative: no limit. */
  readonly retentionBytes: number
  readonly segmentBytes: number
  readonly uncleanLeaderElection: boolean
}

/** Topic configuration under Kafka's keys, for those who write options. Values may be numbers or strings. */
export const topicConfigFields: readonly Field[] = topicConfigTable.map(({ key, type, doc, default: value }) => ({
  key,
  type,
  doc,
  default: value,
}))

/** What was said of a topic, as text under Kafka's keys. */
export type TopicOverrides = ReadonlyMap<string, string>

/** From values that `topicConfigFields` has parsed. */
export function topicOverridesFrom(parsed: Readonly<Record<string, unknown>>): TopicOverrides {
  return new Map(
    Object.entries(parsed)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, String(value)]),
  )
}

/** From an admin's request: everything is a string, and a mistake is an answer. */
export function topicOverridesFromStrings(
  entries: Iterable<{ readonly name: string; readonly value: string | null }>,
): TopicOverrides | { readonly problem: string } {
  const overrides = new Map<string, string>()
  for (const { name, value } of entries) {
    const row = rowsByKey.get(name)
    if (row === undefined) return { problem: `Unknown topic config name: ${name}` }
    if (value === null) return { problem: `Null value not supported for topic configs: ${name}` }
    const problem = valueProblem(row, value)
    if (problem !== undefined) return { problem: `Invalid value ${value} for configuration ${name}: ${problem}` }
    overrides.set(name, value)
  }
  return overrides
}

/** Why a broker cannot have this value, if it is one that topics fall back on. */
export function brokerDefaultProblem(brokerKey: string, value: string): string | undefined {
  const row = topicConfigTable.find(({ key }) => brokerKeyOf(key) === brokerKey)
  const problem = row && valueProblem(row, value)
  return problem && `Invalid value ${value} for configuration ${brokerKey}: ${problem}`
}

export function topicConfigRow(key: string): TopicConfigRow | undefined {
  return rowsByKey.get(key)
}

const rowsByKey: ReadonlyMap<string, TopicConfigRow> = new Map(topicConfigTable.map((row) => [row.key, row]))

/** Kafka reads plain numbers only, no `2s` and no `16KiB`, whatever the options of this package allow. */
function valueProblem(row: TopicConfigRow, value: string): string | undefined {
  const text = value.trim()
  if (row.kind === 'INT' || row.kind === 'LONG') {
    if (!/^[+-]?\d+$/.test(text)) return `Not a number of type ${row.kind}`
  }
  const issues: Issue[] = []
  parseValue(row.type, text, [row.key], issues)
  return issues[0]?.message
}

/** What follows for a topic: what was said of it, else what was set for all brokers, else Kafka's default. */
export function topicConfigOf(overrides: TopicOverrides, allBrokers: ReadonlyMap<string, string>): TopicConfig {
  const text = (key: string): string =>
    overrides.get(key) ?? allBrokers.get(brokerKeyOf(key) ?? '') ?? rowsByKey.get(key)?.default ?? ''
  const number = (key: string): number => Number(text(key))
  const policies = text('cleanup.policy')
    .split(',')
    .map((policy) => policy.trim())
  const compressionType = text('compression.type')
  return {
    minInsyncReplicas: number('min.insync.replicas'),
    maxMessageBytes: number('max.message.bytes'),
    messageTimestampType: text('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    compressionType: compressionType === 'uncompressed' ? 'none' : (compressionType as CompressionName | 'producer'),
    isCompacted: policies.includes('compact'),
    hasRetention: policies.includes('delete'),
    retentionMs: number('retention.ms'),
    retentionBytes: number('retention.bytes'),
    segmentBytes: number('segment.bytes'),
    uncleanLeaderElection: text('unclean.leader.election.enable').toLowerCase() === 'true',
  }
}
