import type { History, LoggedRecord, SentRecord } from '../history.ts'
import { workedOutOnce } from '../worked-out-once.ts'
import { numberOf } from '../workload/record-value.ts'

/** The entries of the log by the number in their value, each list in log order. Foreign entries are left out: see PHANTOM. */
export const entriesByNumber = workedOutOnce((history: History): ReadonlyMap<number, readonly LoggedRecord[]> => {
  const entries = new Map<number, LoggedRecord[]>()
  for (const entry of history.log) {
    const number = numberOf(entry.value, history.run)
    if (number === undefined) continue
    // What another producer wrote is none of this one's.
    if (history.of !== undefined && recordNumbered(history, number) === undefined) continue
    const same = entries.get(number)
    if (same === undefined) entries.set(number, [entry])
    else same.push(entry)
  }
  return entries
})

/** The record that an entry of the log came from; undefined if none was sent, or by another producer. */
export function sourceOf(history: History, entry: LoggedRecord): SentRecord | undefined {
  const number = numberOf(entry.value, history.run)
  return number === undefined ? undefined : recordNumbered(history, number)
}

/** The record with this number; undefined if there is none, or it is another producer's. */
export function recordNumbered({ sent }: Pick<History, 'sent'>, number: number): SentRecord | undefined {
  // Of a run of one producer all are there.
  const inPlace = sent[number]
  if (inPlace?.number === number) return inPlace
  let [low, high] = [0, sent.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sent[middle]!.number < number) low = middle + 1
    else high = middle
  }
  return sent[low]?.number === number ? sent[low] : undefined
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return Buffer.compare(a, b) === 0
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
