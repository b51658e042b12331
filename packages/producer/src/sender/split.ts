import {
  batchHeaderBytes,
  type CompressionCodecs,
  invariant,
  readBatchHeader,
  readRecords,
  recordBytesUpperBound,
} from '@harrow/protocol'
import type { EncodedRecord, ProducerBatch } from '../accumulator/producer-batch.ts'
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
  const half = Math.floor(batch.uncompressedBytes / 2)
  const parts: ProducerBatch[] = []
  for (const [index, { key, value, headers, timestamp }] of records.entries()) {
    const record = { key, value, headers, timestampMs: timestamp, onCompletion: batch.callbackOf(index) }
    const recordBytes = recordBytesUpperBound(key, value, headers)
    const part = parts.at(-1)
    // Checked here, too: a buffer must hold the longest encoding of its first record, which may be two short ones.
    if (part !== undefined && part.uncompressedBytes + recordBytes <= half && part.tryAppend(record)) continue
    // Outside the pool, as in Java: the memory of the whole goes back at once, and a full pool could not give more.
    const bytes = batchHeaderBytes + Math.max(Math.min(accumulator.batchBytes - batchHeaderBytes, half), recordBytes)
    parts.push(newPart(batch, accumulator, { bytes, record }))
  }
  // Their sequence numbers are taken from the whole, and their memory is not the pool's: no other record may join.
  for (const part of parts) part.refuseAppends()
  return parts
}

function newPart(
  batch: ProducerBatch,
  accumulator: RecordAccumulator,
  { bytes, record }: { readonly bytes: number; readonly record: EncodedRecord },
): ProducerBatch {
  const { createdMs, firstSend } = batch
  const part = accumulator.newBatch(new Uint8Array(bytes), batch, { createdMs, firstSend, memory: undefined })
  // The parts take over the numbers of the whole, so giving one up is noticed even before it was sent (Java: K15).
  part.mayBeInLog = batch.mayBeInLog
  invariant(part.tryAppend(record), 'a new batch takes its first record')
  return part
}
