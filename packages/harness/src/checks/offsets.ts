import { type History, type LoggedRecord, partitionName, type SentRecord, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { groupBy } from './logged.ts'
import { lossesUnbound } from './losses.ts'
import { orderUnbound } from './order.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/**
 * OFFSETS: what acknowledgements say is consistent. Over a partition the acknowledged offsets are unique and, where
 * ORDER binds, increase with call order; the timestamp is the stored one; the partition is the one the caller chose. In an
 * explored run, where no broker answers DUPLICATE_SEQUENCE_NUMBER, no batch is completed without an offset.
 * (A retry that the broker recognised is answered with the largest timestamp of the batch as its log append time,
 * whatever the topic's timestamp type: Kafka's UnifiedLog does that, so it is accepted.)
 *
 * Jepsen's "inconsistent offsets" is the same thing seen from the consumer: one offset, two values.
 */
export const offsets: Law = {
  name: 'OFFSETS',
  statement:
    'acknowledged offsets of a partition are unique and increase in call order, with the stored timestamp and the chosen partition',
  unbound(history) {
    const { producer, losesLeaders } = history
    if (producer.acks === 0) return 'acks=0 learns no offset'
    // What was truncated is written over.
    if (producer.acks === 1 && losesLeaders) return 'acks=1, and the scenario takes a leader away'
    return lossesUnbound(history)
  },
  judge(history) {
    const acknowledged: Acknowledged[] = []
    for (const record of history.sent) {
      for (const end of record.settlements) if (end.outcome === 'acknowledged') acknowledged.push({ record, end })
    }
    return [
      ...acknowledged.flatMap(judgePartition),
      ...judgeCompleted(history),
      ...judgeTimestamps(history, acknowledged),
      ...[...groupBy(acknowledged, nameOf).values()].flatMap((group) => judgeOffsets(history, group)),
    ]
  },
}

interface Acknowledged {
  readonly record: SentRecord
  readonly end: Extract<SentRecord['settlements'][number], { outcome: 'acknowledged' }>
}

function nameOf({ record, end }: Acknowledged): string {
  return partitionName({ topic: record.topic, partition: end.partition })
}

function judgePartition({ record, end }: Acknowledged): Violation[] {
  // A client may not tell: -1.
  if (record.partition === undefined || end.partition < 0 || record.partition === end.partition) return []
  const message = `record ${record.number} was sent to partition ${record.partition} and acknowledged by ${end.partition}`
  return [{ law: 'OFFSETS', message, evidence: [], atMs: end.atMs }]
}

function judgeCompleted(history: History): Violation[] {
  if (!history.isStrict) return []
  return eventsOf(history, 'batch-completed').flatMap((event): Violation[] => {
    if (event.details['offset'] !== -1n) return []
    const message = `a batch of ${whereOf(event)} was completed without an offset`
    return [{ law: 'OFFSETS', message, evidence: [], atMs: event.atMs }]
  })
}

function judgeTimestamps(history: History, acknowledged: readonly Acknowledged[]): Violation[] {
  const stored = new Map<string, LoggedRecord>()
  for (const entry of history.log) stored.set(`${partitionName(entry)}@${entry.offset}`, entry)
  return acknowledged.flatMap((one): Violation[] => {
    const entry = stored.get(`${nameOf(one)}@${one.end.offset}`)
    const { timestamp } = one.end
    if (
      entry === undefined ||
      timestamp === undefined ||
      timestamp === entry.timestamp ||
      timestamp === entry.batchTimestampMax
    )
      return []
    return [
      {
        law: 'OFFSETS',
        message: `record ${one.record.number} was acknowledged with another timestamp than the stored one`,
        evidence: [`acknowledged: ${timestamp}`, `stored:       ${entry.timestamp}`],
        atMs: one.end.atMs,
      },
    ]
  })
}

function judgeOffsets(history: History, group: readonly Acknowledged[]): Violation[] {
  const violations: Violation[] = []
  const owners = new Map<bigint, Acknowledged>()
  const isOrdered = orderUnbound(history) === undefined
  let last: Acknowledged | undefined
  for (const one of group) {
    const { offset, partition, atMs } = one.end
    if (offset < 0n || partition < 0) continue
    const where = `${nameOf(one)}@${offset}`
    const owner = owners.get(offset)
    if (owner !== undefined) {
      const message = `records ${owner.record.number} and ${one.record.number} were both acknowledged as ${where}`
      violations.push({ law: 'OFFSETS', message, evidence: [], atMs })
    } else if (isOrdered && last !== undefined && offset < last.end.offset) {
      const message = `record ${one.record.number} was acknowledged as ${where}, before record ${last.record.number} at ${last.end.offset}`
      violations.push({ law: 'OFFSETS', message, evidence: [], atMs })
    }
    owners.set(offset, one)
    last = one
  }
  return violations
}
