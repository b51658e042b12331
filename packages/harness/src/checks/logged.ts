import type { History, LoggedRecord, SentRecord } from '../history.ts'
import { marksOf } from '../workload/record-value.ts'

/** The entries of the log by the number in their value, each list in log order. Foreign entries are left out: see PHANTOM. */
export function entriesByNumber(history: History): Map<number, LoggedRecord[]> {
  const entries = new Map<number, LoggedRecord[]>()
  for (const entry of history.log) {
    const marks = marksOf(entry.value)
    if (marks?.run !== history.run) continue
    const same = entries.get(marks.number)
    if (same === undefined) entries.set(marks.number, [entry])
    else same.push(entry)
  }
  return entries
}

/** The record that an entry of the log came from; undefined if none was sent. */
export function sourceOf(history: History, entry: LoggedRecord): SentRecord | undefined {
  const marks = marksOf(entry.value)
  return marks?.run === history.run ? history.sent[marks.number] : undefined
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((byte, i) => byte === b[i])
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
