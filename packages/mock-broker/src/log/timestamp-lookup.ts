import { type CompressionCodecs, type DecodedRecord, readBatchHeader, readRecords } from '@harrow/protocol'
import type { PartitionLog, StoredBatch } from './partition-log.ts'

/** A record, as ListOffsets names it. */
export interface FoundOffset {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly leaderEpoch: number
}

/** The first record whose timestamp is `timestampMs` or later. */
export function offsetOfTimestamp(
  log: PartitionLog,
  timestampMs: number,
  codecs: CompressionCodecs,
): FoundOffset | undefined {
  for (const batch of log.stored) {
    if (batch.maxTimestamp < timestampMs) continue
    const found = firstIn(batch, timestampMs, { log, codecs })
    if (found !== undefined) return found
  }
  return undefined
}

/** The first record that has the largest timestamp of all (KIP-734). */
export function offsetOfMaxTimestamp(log: PartitionLog, codecs: CompressionCodecs): FoundOffset | undefined {
  let latest: StoredBatch | undefined
  for (const batch of log.stored) if (latest === undefined || batch.maxTimestamp > latest.maxTimestamp) latest = batch
  return latest === undefined ? undefined : firstIn(latest, latest.maxTimestamp, { log, codecs })
}

function firstIn(
  batch: StoredBatch,
  timestampMs: number,
  { log, codecs }: { readonly log: PartitionLog; readonly codecs: CompressionCodecs },
): FoundOffset | undefined {
  const records: DecodedRecord[] = readRecords(readBatchHeader(batch.bytes), codecs, { offsetDeltas: 'any' })
  // The log may begin inside of a batch.
  const deleted = Number(log.startOffset - batch.baseOffset)
  const index = records.findIndex((record, at) => at >= deleted && record.timestamp >= timestampMs)
  const record = records[index]
  if (record === undefined) return undefined
  const { leaderEpoch } = batch
  return { offset: batch.baseOffset + BigInt(index), timestamp: BigInt(record.timestamp), leaderEpoch }
}
