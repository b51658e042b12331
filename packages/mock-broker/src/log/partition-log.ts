import { setBaseOffset, setPartitionLeaderEpoch } from '@harrow/protocol'
import { ProducerStates } from './producer-state.ts'
import type { AcceptedBatch } from './validate-batch.ts'

/** A batch in the log: as received, with the base offset and the leader epoch overwritten. */
export interface StoredBatch {
  readonly baseOffset: bigint
  readonly lastOffset: bigint
  readonly leaderEpoch: number
  readonly maxTimestamp: number
  readonly bytes: Uint8Array
}

/**
 * The records of one partition. All replicas share it: replication is instant here, so the high watermark is the end
 * of the log.
 */
export class PartitionLog {
  readonly producers: ProducerStates
  private readonly batches: StoredBatch[] = []
  private start = 0n
  private end = 0n
  private bytes = 0

  constructor(options: { readonly producerIdExpirationMs: number }) {
    this.producers = new ProducerStates({ expirationMs: options.producerIdExpirationMs })
  }

  /** Offset of the first record that can be read. */
  get startOffset(): bigint {
    return this.start
  }

  /** Offset that the next record will get. */
  get endOffset(): bigint {
    return this.end
  }

  get sizeBytes(): number {
    return this.bytes
  }

  get stored(): readonly StoredBatch[] {
    return this.batches
  }

  /** Appends and returns the base offset. The batch was judged before; its bytes become the log's own. */
  append(batch: AcceptedBatch, leaderEpoch: number): bigint {
    const baseOffset = this.end
    const { bytes } = batch
    setBaseOffset(bytes, 0, baseOffset)
    setPartitionLeaderEpoch(bytes, 0, leaderEpoch)
    const lastOffset = baseOffset + BigInt(batch.recordCount - 1)
    this.batches.push({ baseOffset, lastOffset, leaderEpoch, maxTimestamp: batch.maxTimestamp, bytes })
    this.end = lastOffset + 1n
    this.bytes += bytes.length
    if (batch.producerId >= 0n) this.producers.appended(batch, baseOffset, batch.maxTimestamp)
    return baseOffset
  }

  /**
   * Whole batches from the one that holds `offset`, up to `bytesMax`; the first is read whatever its size if
   * `atLeastOne`. The offset must be within the log.
   */
  read(offset: bigint, limits: { readonly bytesMax: number; readonly atLeastOne: boolean }): readonly StoredBatch[] {
    const first = this.indexOf(offset)
    let after = first
    let bytes = 0
    for (; after < this.batches.length; after++) {
      bytes += this.batches[after]?.bytes.length ?? 0
      if (bytes > limits.bytesMax && !(after === first && limits.atLeastOne)) break
    }
    return this.batches.slice(first, after)
  }

  /** Bytes that could be read from `offset` on, counted until `enough`. */
  readableBytes(offset: bigint, enough: number): number {
    let bytes = 0
    for (let i = this.indexOf(offset); i < this.batches.length && bytes < enough; i++) {
      bytes += this.batches[i]?.bytes.length ?? 0
    }
    return bytes
  }

  /** Deletes the oldest batch, as retention does. Producer state stays (KAFKA-7190). Returns the bytes freed. */
  deleteOldest(): number {
    const oldest = this.batches.shift()
    if (oldest === undefined) return 0
    this.start = oldest.lastOffset + 1n
    this.bytes -= oldest.bytes.length
    return oldest.bytes.length
  }

  /** Index of the first batch that ends at or after `offset`. */
  private indexOf(offset: bigint): number {
    let low = 0
    let high = this.batches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.batches[middle]?.lastOffset ?? 0n) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
