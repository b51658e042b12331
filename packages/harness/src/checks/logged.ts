import type { History, LoggedRecord, SentRecord } from '../history.ts'
import { isOfRun, numberIn } from '../workload/record-value.ts'

/** What laws ask of a log again and again, worked out once. */
interface LogIndex {
  /** Beside each entry of the log, the record that it came from; undefined if none was sent. */
  readonly sources: readonly (SentRecord | undefined)[]
  readonly byNumber: Map<number, LoggedRecord[]>
  /** By topic and partition, in log order. */
  readonly partitions: readonly LoggedPartition[]
}

/** The log of one partition. */
export interface LoggedPartition {
  readonly topic: string
  readonly partition: number
  readonly entries: readonly LoggedRecord[]
  /** Beside each entry. */
  readonly sources: readonly (SentRecord | undefined)[]
  /** By offset. */
  readonly at: ReadonlyMap<bigint, LoggedRecord>
}

const indexes = new WeakMap<History['log'], LogIndex>()

/** The entries of the log by the number in their value, each list in log order. Foreign entries are left out: see PHANTOM. */
export function entriesByNumber(history: History): Map<number, LoggedRecord[]> {
  return indexOf(history).byNumber
}

/** Beside each entry of the log, the record that it came from; undefined if none was sent. */
export function sourcesOf(history: History): readonly (SentRecord | undefined)[] {
  return indexOf(history).sources
}

/** The log, partition by partition. */
export function loggedPartitions(history: History): readonly LoggedPartition[] {
  return indexOf(history).partitions
}

/** What is stored there. */
export function storedAt(
  history: History,
  at: { readonly topic: string; readonly partition: number; readonly offset: bigint },
): LoggedRecord | undefined {
  return indexOf(history)
    .partitions.find(({ topic, partition }) => partition === at.partition && topic === at.topic)
    ?.at.get(at.offset)
}

function indexOf({ log, sent, run }: History): LogIndex {
  const known = indexes.get(log)
  if (known !== undefined) return known
  const sources: (SentRecord | undefined)[] = []
  const byNumber = new Map<number, LoggedRecord[]>()
  const partitions: Mutable<LoggedPartition>[] = []
  let current: Mutable<LoggedPartition> | undefined
  for (const entry of log) {
    const number = numberIn(entry.value)
    const isOurs = number !== undefined && isOfRun(entry.value!, run)
    const source = isOurs ? sent[number] : undefined
    sources.push(source)
    if (isOurs) {
      const same = byNumber.get(number)
      if (same === undefined) byNumber.set(number, [entry])
      else same.push(entry)
    }
    if (current === undefined || current.partition !== entry.partition || current.topic !== entry.topic) {
      const { topic, partition } = entry
      current = partitions.find((one) => one.partition === partition && one.topic === topic)
      if (current === undefined) {
        current = { topic, partition, entries: [], sources: [], at: new Map() }
        partitions.push(current)
      }
    }
    current.entries.push(entry)
    current.sources.push(source)
    current.at.set(entry.offset, entry)
  }
  const index = { sources, byNumber, partitions }
  indexes.set(log, index)
  return index
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer Item)[]
    ? Item[]
    : T[K] extends ReadonlyMap<infer Key, infer Value>
      ? Map<Key, Value>
      : T[K]
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
