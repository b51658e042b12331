import {
  batchHeaderBytes,
  type CompressionCodecs,
  invariant,
  readBatchHeader,
  readRecords,
  recordBytesUpperBound,
} from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { RecordAccumulator } from '../accumulator/record-accumulator.ts'

/**
 * The records of a batch that a broker found too large, in batches of at most half its size, and at most `batch.size`.
 *
 * Differs from Java: always at most half. Java aims for `batch.size` again, so with a broker limit below that a batch is
 * split into itself until the delivery timeout (K16, KAFKA-8350). Here each split makes at least two parts, so it ends.
 */
export function split(
  batch: ProducerBatch,
  accumulator: RecordAccumulator,
  codecs: CompressionCodecs,
): ProducerBatch[] {
  const records = readRecords(readBatchHeader(batch.seal()), codecs)
  invariant(
    records.length === batch.recordCount && records.length > 1,
    `${batch.where}: ${records.length} records to split`,
  )
  const partBytes = Math.min(accumulator.batchBytes, batchHeaderBytes + Math.floor(batch.uncompressedBytes / 2))
  const parts: ProducerBatch[] = []
  for (const [index, { key, value, headers, timestamp }] of records.entries()) {
    const record = { key, value, headers, timestampMs: timestamp, onCompletion: batch.callbackOf(index) }
    if (parts.at(-1)?.tryAppend(record)) continue
    // Outside the pool, as in Java: the memory of the whole goes back at once, and a full pool could not give more.
    const bytes = Math.max(partBytes, batchHeaderBytes + recordBytesUpperBound(key, value, headers))
    const { createdMs, firstSend } = batch
    const part = accumulator.newBatch(new Uint8Array(bytes), batch, { createdMs, firstSend, isPooled: false })
    // Differs from Java: parts count as sent before, so that expiring in the queue leaves their numbers unresolved (K15).
    part.wasSent = true
    part.mayBeInLog = batch.mayBeInLog
    invariant(part.tryAppend(record), 'a new batch takes its first record')
    parts.push(part)
  }
  return parts
}
