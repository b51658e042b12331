const entryBytes = 16

/**
 * What was acknowledged beside what was read, number by number, in typed arrays: ten million of both fit. It holds the
 * laws of the harness that a log alone can show: ACKED (acknowledged, so it is there), EXACTLY1 (and once), OFFSETS
 * (where the acknowledgement said), ORDER (per partition, in the order of the sends) and PHANTOM (nothing else is).
 */
export class Ledger {
  readonly records: number
  /** -1: not acknowledged. */
  private readonly partitionOf: Int32Array
  private readonly offsetOf: Float64Array
  private readonly timesRead: Uint8Array
  private readonly lastNumber = new Map<number, number>()
  private rest = Buffer.alloc(0)
  private entries = 0
  private readonly violations: string[] = []

  constructor(records: number) {
    this.records = records
    this.partitionOf = new Int32Array(records).fill(-1)
    this.offsetOf = new Float64Array(records).fill(-1)
    this.timesRead = new Uint8Array(records)
  }

  acknowledged(number: number, partition: number, offset: bigint): void {
    if (this.partitionOf[number] !== -1) this.violation(`ONCE: ${number} was acknowledged twice`)
    this.partitionOf[number] = partition
    this.offsetOf[number] = Number(offset)
  }

  /** Entries of 16 bytes as they come: partition (int32), offset (int64), number (int32), big-endian; cut anywhere. */
  read(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk])
    const end = bytes.length - (bytes.length % entryBytes)
    for (let at = 0; at < end; at += entryBytes) {
      this.entry(bytes.readInt32BE(at), Number(bytes.readBigInt64BE(at + 4)), bytes.readInt32BE(at + 12))
    }
    this.rest = bytes.subarray(end)
  }

  /** Throws with the first violations of a law, if there is one. */
  mustBalance(): void {
    if (this.rest.length > 0) this.violation(`the reader stopped inside an entry`)
    for (let number = 0; number < this.records; number++) {
      if (this.partitionOf[number] === -1) this.violation(`ONCE: ${number} was never acknowledged`)
      else if (this.timesRead[number] === 0) this.violation(`ACKED: ${number} was acknowledged and is not there`)
    }
    if (this.violations.length > 0) throw new Error(`${this.entries} read; ${this.violations.join('; ')}`)
  }

  private entry(partition: number, offset: number, number: number): void {
    this.entries++
    if (!(number >= 0 && number < this.records)) {
      this.violation(`PHANTOM: ${number} at ${partition}:${offset}`)
      return
    }
    if (++this.timesRead[number]! > 1) this.violation(`EXACTLY1: ${number} again at ${partition}:${offset}`)
    if (this.partitionOf[number] !== partition || this.offsetOf[number] !== offset) {
      const told = `${this.partitionOf[number]}:${this.offsetOf[number]}`
      this.violation(`OFFSETS: ${number} is at ${partition}:${offset}, acknowledged at ${told}`)
    }
    const before = this.lastNumber.get(partition) ?? -1
    if (number <= before) this.violation(`ORDER: ${number} behind ${before} in partition ${partition}`)
    this.lastNumber.set(partition, number)
  }

  private violation(text: string): void {
    if (this.violations.length < 10) this.violations.push(text)
  }
}
