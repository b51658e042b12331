import type { RecordAccumulator } from './accumulator/record-accumulator.ts'
import type { Admission } from './admission/admission.ts'
import type { ParsedProducerConfig } from './config.ts'

/**
 * Below this nobody is asked to wait. A backlog that the cache of a core holds is sent with fewer misses than one as large
 * as `buffer.memory`, fewer promises live long enough to be moved by the garbage collector, and records do not grow old.
 */
const bytesMin = 2 ** 19

/**
 * What one partition has on the wire need not be more, if it is a batch: five batches of 1 MiB for each of six partitions
 * were 30 MiB, and 270,000 promises that the garbage collector had to move; two keep a connection as busy.
 */
const inFlightBytesPerPartition = 2 ** 18

/**
 * When who can wait should: Java's `send` blocks when `buffer.memory` is used up, ours tells earlier, like the
 * `highWaterMark` of a stream. `send` takes records all the same, until there is no memory.
 */
export class Backpressure {
  private readonly accumulator: RecordAccumulator
  private readonly admission: Admission
  /** What is enough for one partition: batches in requests in flight, and the one that fills meanwhile. */
  private readonly bytesPerPartition: number

  constructor(
    config: Pick<ParsedProducerConfig, 'maxInFlightRequestsPerConnection'>,
    parts: { readonly accumulator: RecordAccumulator; readonly admission: Admission },
  ) {
    this.accumulator = parts.accumulator
    this.admission = parts.admission
    const { batchBytes } = parts.accumulator
    const inFlightBytes = Math.min(config.maxInFlightRequestsPerConnection * batchBytes, inFlightBytesPerPartition)
    this.bytesPerPartition = batchBytes + Math.max(batchBytes, inFlightBytes)
  }

  /** HOT: callers ask once per record. Enough is under way, or the next record might have to wait for memory. */
  get isHigh(): boolean {
    const { accumulator, admission } = this
    const usedBytes = accumulator.pool.usedBytes + admission.waitingBytes
    if (usedBytes >= bytesMin && usedBytes >= this.enoughBytes) return true
    return admission.memoryWaiters > 0 || accumulator.pool.totalBytes - usedBytes < accumulator.batchBytes
  }

  /** So little is under way that asking for more is worth it: half of what is enough. */
  get isOver(): boolean {
    if (this.isHigh) return false
    const { accumulator, admission } = this
    return accumulator.pool.usedBytes + admission.waitingBytes <= this.enoughBytes / 2
  }

  private get enoughBytes(): number {
    return Math.max(bytesMin, this.bytesPerPartition * this.accumulator.queuedPartitionCount)
  }
}
