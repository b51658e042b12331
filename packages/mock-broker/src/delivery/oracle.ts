import type { CompressionCodecs, Header } from '@harrow/protocol'
import type { JournalEntry } from '../journal.ts'
import type { StoredRecord } from '../stored-record.ts'
import { type SentRecord, sentRecords, type UnreadableBatch } from './attempts.ts'
import type {
  DeliveryAttempt,
  DeliveryCounts,
  DeliveryQuery,
  DeliveryReport,
  DeliveryStatus,
  RecordDelivery,
} from './record-delivery.ts'

/** What the oracle looks at: the wire, as the journal has it, and the logs. */
export interface Evidence {
  /** In the order of arrival. */
  readonly requests: Iterable<JournalEntry>
  readonly logs: readonly {
    readonly topic: string
    readonly partition: number
    readonly startOffset: bigint
    readonly records: readonly StoredRecord[]
  }[]
  /** By topic id, also of topics that are gone. */
  readonly topicNames: ReadonlyMap<string, string>
  readonly codecs: CompressionCodecs
}

/**
 * What became of every record that any client sent. Works for every client, because it looks at nothing but Produce
 * requests, the answers that really went out, and the log.
 *
 * The one thing that the wire does not tell is whether a record that comes again is a retry or another record that
 * looks the same. With producer id, epoch and sequence it is plain. Without them, or under a new epoch, it is a retry
 * if an equal record of the same client to the same partition had failed by then: answered with an error, or not answered,
 * on a connection that the client has left. A client that was told of success, or still waits on the same connection,
 * does not send again.
 */
export function judgeDelivery(evidence: Evidence, query: DeliveryQuery = {}): DeliveryReport {
  const wanted: Wanted[] = []
  const unreadable: UnreadableBatch[] = []
  const sends = new Sends()
  for (const entry of evidence.requests) {
    if (entry.api !== 'Produce') continue
    const sent = sentRecords(entry, evidence)
    unreadable.push(...sent.unreadable)
    for (const record of sent.records) {
      const known = sends.find(record)
      const one = known ?? { id: wanted.length + 1, first: record, attempts: [], offsets: [], overtakenBy: undefined }
      if (known === undefined) wanted.push(one)
      one.attempts.push(record.attempt)
      sends.remember(one, record)
    }
  }
  const { phantoms, starts } = findInLogs(wanted, evidence)
  findOvertaken(wanted)
  const records = wanted.map((one) => delivered(one, starts)).filter((record) => fits(record, query))
  return { records, phantoms, unreadable, counts: count(records, phantoms.length) }
}

/** A record that a client wants delivered, while its attempts are collected. */
interface Wanted {
  readonly id: number
  readonly first: SentRecord
  readonly attempts: DeliveryAttempt[]
  offsets: bigint[]
  overtakenBy: number | undefined
}

/** Recognises what was sent before. */
class Sends {
  private readonly bySequence = new Map<string, Wanted>()
  /** Not known to be acknowledged, by client, partition and content; in the order of their last attempts. */
  private readonly byContent = new Map<string, Set<Wanted>>()

  find(record: SentRecord): Wanted | undefined {
    const { attempt } = record
    if (attempt.producerId >= 0n) {
      const same = this.bySequence.get(sequenceKey(record))
      if (same !== undefined && hasSameContent(same.first, record)) return same
    }
    const open = this.byContent.get(contentKey(record))
    for (const one of open ?? []) {
      const last = one.attempts.at(-1) as DeliveryAttempt
      if (last.answer === 'acked' && (last.answeredAtMs ?? 0) <= attempt.receivedAtMs) {
        open?.delete(one)
        continue
      }
      if (mayRetry(last, attempt) && hasSameContent(one.first, record)) return one
    }
    return undefined
  }

  remember(one: Wanted, record: SentRecord): void {
    if (record.attempt.producerId >= 0n) this.bySequence.set(sequenceKey(record), one)
    if (record.attempt.answer === 'not-wanted') return
    const key = contentKey(record)
    const open = this.byContent.get(key) ?? new Set()
    this.byContent.set(key, open)
    // To the end: the next equal record is then compared with another one first.
    open.delete(one)
    open.add(one)
  }
}

/** Whether a client that made the first attempt could make the second one for the same record. */
function mayRetry(last: DeliveryAttempt, next: DeliveryAttempt): boolean {
  if (last.request === next.request) return false
  const wasIdempotent = last.producerId >= 0n
  if (wasIdempotent !== next.producerId >= 0n) return false
  // Within one epoch another sequence is another record.
  if (wasIdempotent && last.producerId === next.producerId && last.producerEpoch === next.producerEpoch) return false
  return last.answer === 'error' || last.connection !== next.connection
}

/** Looks every attempt up in the log: what it claims to have written counts only if it is there. */
function findInLogs(
  wanted: readonly Wanted[],
  evidence: Evidence,
): { phantoms: StoredRecord[]; starts: Map<string, bigint> } {
  const starts = new Map<string, bigint>()
  const stored = new Map<string, Map<bigint, StoredRecord>>()
  for (const { topic, partition, startOffset, records } of evidence.logs) {
    const where = `${topic}/${partition}`
    starts.set(where, startOffset)
    stored.set(where, new Map(records.map((record) => [record.offset, record])))
  }
  for (const one of wanted) {
    const log = stored.get(`${one.first.topic}/${one.first.partition}`)
    const offsets = new Set(one.attempts.flatMap(({ offset }) => (offset === undefined ? [] : [offset])))
    one.offsets = [...offsets].filter((offset) => {
      const found = log?.get(offset)
      return found !== undefined && hasSameContent(found, one.first)
    })
    one.offsets.sort((a, b) => (a < b ? -1 : 1))
  }
  for (const one of wanted) {
    const log = stored.get(`${one.first.topic}/${one.first.partition}`)
    for (const offset of one.offsets) log?.delete(offset)
  }
  return { phantoms: [...stored.values()].flatMap((log) => [...log.values()]), starts }
}

/** By partition and producer: a record must not lie behind one that was first sent after it. */
function findOvertaken(wanted: readonly Wanted[]): void {
  const latest = new Map<string, Wanted>()
  const present = wanted.filter(({ offsets }) => offsets.length > 0)
  const byOffset = present.toSorted((a, b) => ((a.offsets[0] as bigint) < (b.offsets[0] as bigint) ? -1 : 1))
  for (const one of byOffset) {
    const { topic, partition, clientId, attempt } = one.first
    const producer = attempt.producerId < 0n ? `client ${clientId ?? ''}` : `producer ${attempt.producerId}`
    const key = `${topic}/${partition}/${producer}`
    const before = latest.get(key)
    if (before !== undefined && before.id > one.id) one.overtakenBy = before.id
    else latest.set(key, one)
  }
}

function delivered(one: Wanted, starts: ReadonlyMap<string, bigint>): RecordDelivery {
  const { topic, partition, clientId, key, value, headers } = one.first
  const appends = one.attempts.filter(({ how, offset }) => how === 'appended' && one.offsets.includes(offset as bigint))
  return {
    id: one.id,
    topic,
    partition,
    clientId,
    key,
    value,
    headers,
    status: statusOf(one, starts.get(`${topic}/${partition}`)),
    attempts: one.attempts,
    offsets: one.offsets,
    duplicatedBy: one.offsets.length > 1 ? appends.map(({ request }) => request) : [],
    overtakenBy: one.overtakenBy,
  }
}

function statusOf(one: Wanted, startOffset: bigint | undefined): DeliveryStatus {
  const isAcked = one.attempts.some(({ answer }) => answer === 'acked')
  if (one.offsets.length > 0) return isAcked ? 'acked-and-present' : 'present-but-unacked'
  if (!isAcked) return 'absent-and-unacked'
  const isDeleted = one.attempts.some(({ offset }) => offset !== undefined && offset < (startOffset ?? 0n))
  return isDeleted ? 'acked-and-deleted' : 'acked-but-lost'
}

function count(records: readonly RecordDelivery[], phantoms: number): DeliveryCounts {
  const having = (status: DeliveryStatus): number => records.filter((record) => record.status === status).length
  return {
    records: records.length,
    ackedAndPresent: having('acked-and-present'),
    ackedButLost: having('acked-but-lost'),
    ackedAndDeleted: having('acked-and-deleted'),
    presentButUnacked: having('present-but-unacked'),
    absentAndUnacked: having('absent-and-unacked'),
    duplicated: records.filter(({ offsets }) => offsets.length > 1).length,
    reordered: records.filter(({ overtakenBy }) => overtakenBy !== undefined).length,
    phantoms,
  }
}

function fits(record: RecordDelivery, { topic, partition, clientId }: DeliveryQuery): boolean {
  if (topic !== undefined && record.topic !== topic) return false
  if (partition !== undefined && record.partition !== partition) return false
  return clientId === undefined || record.clientId === clientId
}

function sequenceKey({ topic, partition, attempt }: SentRecord): string {
  return `${topic}/${partition}/${attempt.producerId}/${attempt.producerEpoch}/${attempt.sequence}`
}

function contentKey(record: SentRecord): string {
  const { topic, partition, clientId, key, value, headers } = record
  let hash = hashed(fnvBasis, key)
  hash = hashed(hash, value)
  for (const header of headers) hash = hashed(hash, header.value)
  return `${topic}/${partition}/${hash >>> 0}/${clientId ?? ''}`
}

const fnvBasis = 0x811c9dc5
const fnvPrime = 0x01000193

/** FNV-1a: only sorts equal records together; they are compared byte by byte. */
function hashed(start: number, bytes: Uint8Array | null): number {
  let hash = Math.imul(start ^ (bytes === null ? 256 : bytes.length), fnvPrime)
  for (const byte of bytes ?? []) hash = Math.imul(hash ^ byte, fnvPrime)
  return hash
}

interface Content {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
}

/** Timestamps aside: a client may stamp a retry anew, and a broker may overwrite them. */
function hasSameContent(a: Content, b: Content): boolean {
  if (!sameBytes(a.key, b.key) || !sameBytes(a.value, b.value) || a.headers.length !== b.headers.length) return false
  return a.headers.every((header, index) => {
    const other = b.headers[index]
    return other !== undefined && header.key === other.key && sameBytes(header.value, other.value)
  })
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
