import { invariant } from '@harrow/protocol'
import type { OnCompletion } from '../record.ts'
import type { Told } from './outcome-group.ts'

/** One word a record for the sizes of key and value each, and two for its timestamp. */
const recordsAtFirst = 64
/** More than that are let go, for a producer that once had very many batches under way. */
const ledgersKept = 512

/**
 * Whom to tell of each record of one batch, and what the caller is told besides its offset. Java keeps a Thunk per record;
 * here each column is one array, and the arrays of a batch that is through serve the next one, so that a record makes no object.
 */
export class RecordLedger {
  private readonly told: Told[] = []
  private timestamps = new Float64Array(recordsAtFirst)
  /** Bytes of key and value by turns; -1 for null. */
  private sizes = new Int32Array(2 * recordsAtFirst)
  private records = 0

  get count(): number {
    return this.records
  }

  /** HOT: once per record. */
  add(told: Told, timestampMs: number, keySize: number, valueSize: number): void {
    const at = this.records
    if (at === this.timestamps.length) this.grow()
    this.timestamps[at] = timestampMs
    this.sizes[2 * at] = keySize
    this.sizes[2 * at + 1] = valueSize
    this.told[at] = told
    this.records = at + 1
  }

  toldOf(index: number): Told {
    const told = index < this.records ? this.told[index] : undefined
    // The message only when it is needed: once per record.
    if (told === undefined) invariant(false, `record ${index} of ${this.records}`)
    return told
  }

  timestampOf(index: number): number {
    return this.timestamps[index]!
  }

  keySizeOf(index: number): number {
    return this.sizes[2 * index]!
  }

  valueSizeOf(index: number): number {
    return this.sizes[2 * index + 1]!
  }

  /** For another batch: what it held may be collected. */
  clear(): void {
    this.told.fill(nobody, 0, this.records)
    this.records = 0
  }

  private grow(): void {
    const timestamps = new Float64Array(2 * this.timestamps.length)
    timestamps.set(this.timestamps)
    this.timestamps = timestamps
    const sizes = new Int32Array(2 * this.sizes.length)
    sizes.set(this.sizes)
    this.sizes = sizes
  }
}

const nobody: OnCompletion = () => {}

/** Ledgers of batches that are through; the one given back last is still in the cache. */
export class LedgerPool {
  private readonly free: RecordLedger[] = []

  take(): RecordLedger {
    return this.free.pop() ?? new RecordLedger()
  }

  /** The batch that had it must not ask it anything from now on. */
  giveBack(ledger: RecordLedger): void {
    ledger.clear()
    if (this.free.length < ledgersKept) this.free.push(ledger)
  }
}
