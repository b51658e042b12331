import { type History, type LoggedRecord, partitionName, type SentRecord, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { groupBy, sourceOf } from './logged.ts'
import { forgottenUnbound, lossesUnbound } from './losses.ts'
import { has } from './trace-index.ts'

/**
 * ORDER: in the log of a partition the records of one producer are in the order of their `send` calls. With
 * idempotence: strictly. Without it, with one request in flight: after dropping repeats of records already seen, and those
 * that failed. (A request outlives its connection: a broker may handle it long after the producer gave it up and sent the
 * next, and nothing in it tells the broker that it is late. With idempotence the epoch does, unless epochs ran out and
 * there is another producer id: then those that failed are dropped too.) Without it, with several in flight: not promised,
 * so not judged (KIP-679 is why the default changed).
 */
export const order: Law = {
  name: 'ORDER',
  statement: 'the log of a partition holds the records in the order of their send calls',
  unbound: orderUnbound,
  judge: (history) =>
    [...groupBy(history.log, partitionName).values()].flatMap((log) => judgeOrder('ORDER', history, log)),
}

export function orderUnbound(history: History): string | undefined {
  if (history.producer.idempotent) return forgottenUnbound(history)
  if (history.producer.acks === 0 && has(history, 'connection-lost'))
    return 'acks=0, and a connection was lost: what was written to it may arrive after what followed on the next'
  // A repeat is no repeat to who looks at a log that has lost the first one (seed 90035668).
  if (history.producer.inFlightRequestsMax === 1) return lossesUnbound(history)
  return `not idempotent, and ${history.producer.inFlightRequestsMax} requests in flight`
}

/** Every place where `entries`, in log order, steps back in call order. Used for whole partitions and for single keys. */
export function judgeOrder(law: string, history: History, entries: readonly LoggedRecord[]): Violation[] {
  const violations: Violation[] = []
  const seen = new Set<number>()
  const producerIds = new Set(
    entries.filter((entry) => sourceOf(history, entry) !== undefined).map((one) => one.producerId),
  )
  const fencesLate = history.producer.idempotent && producerIds.size <= 1
  let last: { readonly entry: LoggedRecord; readonly record: SentRecord } | undefined
  for (const entry of entries) {
    const record = sourceOf(history, entry)
    if (record === undefined) continue
    // A repeat is EXACTLY1's to judge: counting it as a step back would report one mistake under two names.
    if (seen.has(record.number)) continue
    seen.add(record.number)
    if (!fencesLate && record.settlements[0]?.outcome === 'failed') continue
    if (last !== undefined && record.number < last.record.number) {
      violations.push({
        law,
        message: `record ${last.record.number} is before record ${record.number} in ${partitionName(entry)}`,
        evidence: [
          `offset ${last.entry.offset}: record ${last.record.number}, sent ${ordinalTime(last.record)}`,
          `offset ${entry.offset}: record ${record.number}, sent ${ordinalTime(record)}`,
        ],
        ...(record.settlements[0] === undefined ? {} : { atMs: record.settlements[0].atMs }),
      })
    }
    if (last === undefined || record.number > last.record.number) last = { entry, record }
  }
  return violations
}

function ordinalTime(record: SentRecord): string {
  return `at ${Math.round(record.submittedAtMs * 1000) / 1000} ms${record.key === null ? '' : ` with key ${record.key}`}`
}
