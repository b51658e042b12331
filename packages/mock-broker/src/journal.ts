import type { Target } from './handlers/handler.ts'

/** A request that reached a handler's API, decoded. */
export interface JournalEntry {
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
  /** As the protocol package decodes it. Byte fields share memory with the frame as it came. */
  readonly body: unknown
  /** Name of the fault rule that acted on it. */
  readonly fault: string | undefined
  /** Whether it took effect, at least in part: for Produce, whether a batch was appended or recognised. */
  readonly applied: boolean
  /** Of the frame. */
  readonly bytes: number
}

/** Which entries; all that is given must hold. */
export interface JournalQuery {
  readonly api?: string
  readonly topic?: string
  readonly partition?: number
  readonly broker?: number
  readonly clientId?: string
}

/** The journal was read although it had to drop its oldest entries. */
export class JournalOverflowError extends Error {
  override readonly name = 'JournalOverflowError'
}

/** The same entry, as the pipeline fills it in. */
export type OpenEntry = { -readonly [Key in keyof JournalEntry]: JournalEntry[Key] } & {
  readonly targets: () => readonly Target[]
}

/** Every request of a cluster in the order of arrival, up to a limit. */
export class RequestJournal implements Iterable<JournalEntry> {
  private entries: OpenEntry[] = []
  private head = 0
  private bytes = 0
  private droppedCount = 0
  private readonly limits: { entriesMax: number; bytesMax: number; overflow: 'throw' | 'drop' }

  constructor(limits: { readonly entriesMax: number; readonly bytesMax: number; readonly overflow: 'throw' | 'drop' }) {
    this.limits = limits
  }

  /** Entries that are there. */
  get length(): number {
    this.checkWhole()
    return this.entries.length - this.head
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
    this.entries.push(entry)
    this.bytes += entry.bytes
    while (this.entries.length - this.head > this.limits.entriesMax || this.bytes > this.limits.bytesMax) {
      this.bytes -= this.entries[this.head]?.bytes ?? 0
      // Only counted now; the array is cut when half of it is gone, so dropping stays cheap.
      this.head++
      this.droppedCount++
    }
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head)
      this.head = 0
    }
  }

  clear(): void {
    this.entries = []
    this.head = 0
    this.bytes = 0
    this.droppedCount = 0
  }

  private checkWhole(): void {
    if (this.droppedCount === 0 || this.limits.overflow === 'drop') return
    const { entriesMax, bytesMax } = this.limits
    throw new JournalOverflowError(
      `the journal dropped its ${this.droppedCount} oldest requests (journalEntriesMax ${entriesMax}, journalBytesMax ${bytesMax}); raise the limits, or say journalOverflow: 'drop' to read what is left`,
    )
  }
}

function answers(entry: OpenEntry, { api, topic, partition, broker, clientId }: JournalQuery): boolean {
  if (api !== undefined && entry.api !== api) return false
  if (broker !== undefined && entry.broker !== broker) return false
  if (clientId !== undefined && entry.clientId !== clientId) return false
  if (topic === undefined && partition === undefined) return true
  return entry
    .targets()
    .some((target) => (topic ?? target.topic) === target.topic && (partition ?? target.partition) === target.partition)
}
