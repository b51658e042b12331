import { type Field, type Issue, parseValue } from './field.ts'
import { type TopicConfigRow, topicConfigTable } from './topic-config-table.ts'

/** What a partition's log and the rules for batches look at. */
export interface TopicConfig {
  readonly minInsyncReplicas: number
  /** Of a whole batch, compressed, with its 12 bytes of offset and length. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
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

/** The configuration of a topic: what was said, as text, and what follows from it. */
export interface TopicSettings {
  readonly config: TopicConfig
  readonly overrides: ReadonlyMap<string, string>
}

/** From values that `topicConfigFields` has parsed. */
export function topicSettingsFrom(parsed: Readonly<Record<string, unknown>>): TopicSettings {
  const overrides = new Map(
    Object.entries(parsed)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, String(value)]),
  )
  return { config: configOf(overrides), overrides }
}

/** From an admin's request: everything is a string, and a mistake is an answer. */
export function topicSettingsFromStrings(
  entries: Iterable<{ readonly name: string; readonly value: string | null }>,
): TopicSettings | { readonly problem: string } {
  const overrides = new Map<string, string>()
  for (const { name, value } of entries) {
    const row = rowsByKey.get(name)
    if (row === undefined) return { problem: `Unknown topic config name: ${name}` }
    if (value === null) return { problem: `Null value not supported for topic configs: ${name}` }
    const problem = valueProblem(row, value)
    if (problem !== undefined) return { problem: `Invalid value ${value} for configuration ${name}: ${problem}` }
    overrides.set(name, value)
  }
  return { config: configOf(overrides), overrides }
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

function configOf(overrides: ReadonlyMap<string, string>): TopicConfig {
  const text = (key: string): string => overrides.get(key) ?? rowsByKey.get(key)?.default ?? ''
  const number = (key: string): number => Number(text(key))
  const policies = text('cleanup.policy')
    .split(',')
    .map((policy) => policy.trim())
  return {
    minInsyncReplicas: number('min.insync.replicas'),
    maxMessageBytes: number('max.message.bytes'),
    messageTimestampType: text('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    isCompacted: policies.includes('compact'),
    hasRetention: policies.includes('delete'),
    retentionMs: number('retention.ms'),
    retentionBytes: number('retention.bytes'),
    segmentBytes: number('segment.bytes'),
    uncleanLeaderElection: text('unclean.leader.election.enable').toLowerCase() === 'true',
  }
}
