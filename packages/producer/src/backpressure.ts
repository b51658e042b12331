import type { RecordAccumulator } from './accumulator/record-accumulator.ts'
import type { Admission } from './admission/admission.ts'
import type { ParsedProducerConfig } from './config.ts'

/**
 * Below this nobody is asked to wait. A backlog that the cache of a core holds is sent with fewer misses than one as large
 * as `buffer.memory`, fewer promises live long enough to be moved by the garbage collector, and records do not grow old.
 */
const bytesMin = 2 ** 19

/**
 * When who can wait should: Java's `send` blocks when `buffer.memory` is used up, ours tells earlier, like the
 * `highWaterMark` of a stream. `send` takes records all the same, until there is no memory.
 */
export class Backpressure {
  private readonly accumulator: RecordAccumulator
  private readonly admission: Admission
  /** What one partition can have under way: a batch in each request in flight, and the one that fills meanwhile. */
  private readonly bytesPerPartition: number

  constructor(
    config: Pick<ParsedProducerConfig, 'maxInFlightRequestsPerConnection'>,
    parts: { readonly accumulator: RecordAccumulator; readonly admission: Admission },
  ) {
    this.accumulator = parts.accumulator
    this.admission = parts.admission
    this.bytesPerPartition = (config.maxInFlightRequestsPerConnection + 1) * parts.accumulator.batchBytes
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
