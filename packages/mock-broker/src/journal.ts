import { type Api, decodeResponse } from '@harrow/protocol'
import type { Target } from './handlers/handler.ts'

/** A request that reached a handler's API, decoded. */
export interface JournalEntry {
  /** Ordinal among all requests of the cluster, from 1, in the order of arrival; events name requests by it. */
  readonly id: number
  /** Node id. */
  readonly broker: number
  /** Ordinal of the connection within the cluster, from 1. */
  readonly connection: number
  readonly clientId: string | null
  /** What ApiVersions said on this connection; undefined if it did not. */
  readonly softwareName: string | undefined
  readonly softwareVersion: string | undefined
  /** Kafka's name. */
  readonly api: string
  readonly version: number
  readonly correlationId: number
  /** On the monotonic clock. */
  readonly receivedAtMs: number
  /** When the answer was written; undefined as long as there is none, and for ever if there never was. */
  readonly answeredAtMs: number | undefined
  /**
   * The answer that really went out, decoded when it is read; undefined if none did, and for Fetch, whose answers are
   * the log over again.
   */
  readonly answer: unknown
  /** As the protocol package decodes it. Byte fields share memory with the frame as it came. */
  readonly body: unknown
  /** Name of the fault rule that acted on it. */
  readonly fault: string | undefined
  /** Whether it took effect, at least in part: for Produce, whether a batch was appended or recognised. */
  readonly applied: boolean
  /** What a Produce did to the logs: the batches it appended, and those that were there already. */
  readonly batches: readonly WrittenBatch[]
  /** Of the frame. */
  readonly bytes: number
}

/** A batch of a Produce request that is in a log because of it, or was already. */
export interface WrittenBatch {
  readonly topic: string
  readonly partition: number
  /** Of its first record in the log. */
  readonly baseOffset: bigint
  /** `duplicate`: the broker knew it by producer id and sequence, and appended nothing. */
  readonly how: 'appended' | 'duplicate'
}

/** Which entries; all that is given must hold. */
export interface JournalQuery {
  readonly api?: string
  readonly topic?: string
  readonly partition?: number
  readonly broker?: number
  readonly clientId?: string
  readonly connection?: number
  readonly version?: number
  /** Name of the fault rule that acted. */
  readonly fault?: string
  readonly applied?: boolean
}

/** The journal was read although it had to drop its oldest entries. */
export class JournalOverflowError extends Error {
  override readonly name = 'JournalOverflowError'
}

/** An entry as the pipeline fills it in. */
export class OpenEntry implements JournalEntry {
  id = 0
  readonly broker: number
  readonly connection: number
  readonly clientId: string | null
  softwareName: string | undefined
  softwareVersion: string | undefined
  readonly api: string
  readonly version: number
  readonly correlationId: number
  readonly receivedAtMs: number
  answeredAtMs: number | undefined
  readonly body: unknown
  fault: string | undefined
  applied = false
  batches: readonly WrittenBatch[] = noBatches
  readonly bytes: number
  /** Of the request and, once it went out, of the answer that is kept. */
  keptBytes: number
  // HOT: fields instead of closures, which each keep what they see: there is an entry for every request, and it is kept.
  private readonly targetsOf: (body: unknown) => readonly Target[]
  private answered: KeptAnswer | undefined

  constructor(request: RequestOnArrival) {
    this.broker = request.broker
    this.connection = request.connection
    this.clientId = request.clientId
    this.softwareName = request.softwareName
    this.softwareVersion = request.softwareVersion
    this.api = request.api
    this.version = request.version
    this.correlationId = request.correlationId
    this.receivedAtMs = request.receivedAtMs
    this.body = request.body
    this.bytes = request.bytes
    this.keptBytes = request.bytes
    this.targetsOf = request.targets
  }

  get answer(): unknown {
    if (this.answered === undefined) return undefined
    const { api, version, frame } = this.answered
    return decodeResponse(api, version, frame.subarray(4)).body
  }

  get targets(): readonly Target[] {
    return this.targetsOf(this.body)
  }

  wrote(batch: WrittenBatch): void {
    this.batches = this.batches.length === 0 ? [batch] : [...this.batches, batch]
  }

  /** The whole frame with its length prefix, as it was handed to the connection. */
  keepAnswer(api: Api, version: number, frame: Uint8Array): void {
    this.answered = { api, version, frame }
    this.keptBytes += frame.length
  }
}

export interface RequestOnArrival {
  readonly broker: number
  readonly connection: number
  readonly clientId: string | null
  readonly softwareName: string | undefined
  readonly softwareVersion: string | undefined
  readonly api: string
  readonly version: number
  readonly correlationId: number
  readonly receivedAtMs: number
  readonly body: unknown
  readonly bytes: number
  readonly targets: (body: unknown) => readonly Target[]
}

interface KeptAnswer {
  readonly api: Api
  readonly version: number
  readonly frame: Uint8Array
}

const noBatches: readonly WrittenBatch[] = []

/** Every request of a cluster in the order of arrival, up to a limit. */
export class RequestJournal implements Iterable<JournalEntry> {
  private entries: OpenEntry[] = []
  private head = 0
  private bytes = 0
  private droppedCount = 0
  private added = 0
  private readonly limits: { entriesMax: number; bytesMax: number; overflow: 'throw' | 'drop' }

  constructor(limits: { readonly entriesMax: number; readonly bytesMax: number; readonly overflow: 'throw' | 'drop' }) {
    this.limits = limits
  }

  /** Entries that are there. */
  get length(): number {
    this.checkWhole()
    return this.entries.length - this.head
  }

  /** What is there, even if the oldest had to go. Never throws. */
  get kept(): JournalEntry[] {
    return this.entries.slice(this.head)
  }

  /** How many of the oldest had to go. Never throws. */
  get dropped(): number {
    return this.droppedCount
  }

  /** The entry at `index`, from the end if negative. */
  at(index: number): JournalEntry | undefined {
    this.checkWhole()
    return index < 0 ? this.entries.slice(this.head).at(index) : this.entries[this.head + index]
  }

  /** @throws JournalOverflowError if entries were dropped and `journalOverflow` is `throw` */
  filter(which: JournalQuery | ((entry: JournalEntry) => boolean)): JournalEntry[] {
    const fits = typeof which === 'function' ? which : (entry: JournalEntry) => answers(entry as OpenEntry, which)
    return [...this].filter(fits)
  }

  [Symbol.iterator](): Iterator<JournalEntry> {
    this.checkWhole()
    return this.entries.slice(this.head)[Symbol.iterator]()
  }

  /** For the pipeline. */
  add(entry: OpenEntry): void {
    entry.id = ++this.added
    this.entries.push(entry)
    this.bytes += entry.keptBytes
    this.makeRoom()
  }

  /** For the pipeline: keeps the answer that goes out with the entry, if the entry is still there. */
  answered(entry: OpenEntry, api: Api, version: number, frame: Uint8Array): void {
    const oldest = this.entries[this.head]
    if (oldest === undefined || entry.id < oldest.id) return
    entry.keepAnswer(api, version, frame)
    this.bytes += frame.length
    this.makeRoom()
  }

  clear(): void {
    this.entries = []
    this.head = 0
    this.bytes = 0
    this.droppedCount = 0
  }

  private makeRoom(): void {
    while (this.entries.length - this.head > this.limits.entriesMax || this.bytes > this.limits.bytesMax) {
      this.bytes -= this.entries[this.head]?.keptBytes ?? 0
      // Only counted now; the array is cut when half of it is gone, so dropping stays cheap.
      this.head++
      this.droppedCount++
    }
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head)
      this.head = 0
    }
  }

  private checkWhole(): void {
    if (this.droppedCount === 0 || this.limits.overflow === 'drop') return
    const { entriesMax, bytesMax } = this.limits
    throw new JournalOverflowError(
      `the journal dropped its ${this.droppedCount} oldest requests (journalEntriesMax ${entriesMax}, journalBytesMax ${bytesMax}); raise the limits, or say journalOverflow: 'drop' to read what is left`,
    )
  }
}

function answers(entry: OpenEntry, query: JournalQuery): boolean {
  const { topic, partition, ...plain } = query
  for (const [key, wanted] of Object.entries(plain)) {
    if (wanted !== undefined && entry[key as keyof typeof plain] !== wanted) return false
  }
  if (topic === undefined && partition === undefined) return true
  return entry.targets.some(
    (target) => (topic ?? target.topic) === target.topic && (partition ?? target.partition) === target.partition,
  )
}
