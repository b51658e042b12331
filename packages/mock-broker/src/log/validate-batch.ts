import {
  batchHeaderOffset as at,
  batchHeaderBytes,
  batchLogOverheadBytes,
  type CompressionCodecs,
  CompressionError,
  type CompressionName,
  crc32c,
  isCrcValid,
  type KafkaErrorRow,
  kafkaErrors,
  type RecordBatch,
  RecordError,
  readBatchHeader,
  recompressBatch,
  rewriteTimestamps,
  type SeeRecord,
  scanRecords,
} from '@harrow/protocol'
import type { TopicConfig } from '../topic-config.ts'
import type { ProducerBatch } from './producer-state.ts'

/**
 * What a broker refuses, and with which error. Pure: bytes and settings in, a verdict out. The order of the checks is
 * Kafka's (`ProduceRequest.validateRecords`, `UnifiedLog.analyzeAndValidateRecords`, `LogValidator`), because the
 * order decides which error wins.
 */

/** A batch that may be appended. */
export interface AcceptedBatch extends ProducerBatch {
  /** A copy of the one batch, trailing junk trimmed, timestamps as the topic wants them. */
  readonly bytes: Uint8Array
  readonly maxTimestamp: number
  /** The broker's time on a LogAppendTime topic, -1 otherwise. */
  readonly logAppendTimeMs: number
}

export interface Refusal {
  readonly error: KafkaErrorRow
  /** Only where the table says so; Kafka leaves it null otherwise. */
  readonly errorMessage: string | null
  readonly recordErrors: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string | null }[]
  /** Whether the answer names the real log start offset, or -1. */
  readonly tellsLogStart: boolean
}

/** The first look at the records of a partition, before anything is known about the topic. */
export type FirstLook =
  /** Not even a batch: the partition is answered later. */
  | { readonly is: 'nothing' }
  | { readonly is: 'batch'; readonly isTransactional: boolean; readonly producerId: bigint }
  /** Poisons the whole request (P3). */
  | { readonly is: 'corrupt'; readonly message: string }

/** Java: `RequestUtils.flag`, which iterates to the first batch of each partition and may throw on the way. */
export function firstLook(records: Uint8Array): FirstLook {
  const size = batchSizeAt(records, 0)
  if (typeof size === 'object') return { is: 'corrupt', message: size.corrupt }
  if (size === undefined || size > records.length) return { is: 'nothing' }
  const view = viewOf(records)
  // A batch of magic 0 or 1 knows no transactions. One of magic 2 may still be too short to name a producer.
  const isTransactional = view.getInt8(at.magic) === 2 && (view.getInt16(at.attributes) & 0x10) !== 0
  const producerId = records.length >= at.producerId + 8 ? view.getBigInt64(at.producerId) : -1n
  return { is: 'batch', isTransactional, producerId }
}

/** How the records of a partition must look in a request, whatever the topic: B3 to B8. */
export function checkShape(records: Uint8Array, version: number): Refusal | undefined {
  const size = batchSizeAt(records, 0)
  if (typeof size === 'object') return refuse(kafkaErrors.CORRUPT_MESSAGE)
  if (size === undefined || size > records.length) return refuse(kafkaErrors.INVALID_RECORD)
  const view = viewOf(records)
  if (view.getInt8(at.magic) !== 2) return refuse(kafkaErrors.INVALID_RECORD)
  if (version < 7 && (view.getInt16(at.attributes) & 0x07) === zstdId) {
    return refuse(kafkaErrors.UNSUPPORTED_COMPRESSION_TYPE)
  }
  const second = batchSizeAt(records, size)
  if (typeof second === 'object') return refuse(kafkaErrors.CORRUPT_MESSAGE)
  if (second !== undefined && size + second <= records.length) return refuse(kafkaErrors.INVALID_RECORD)
  return undefined
}

/** Whether a Produce of version 3 to 6 names a compression that nobody knows, which fails the whole request (B9). */
export function hasUnknownCompression(records: Uint8Array): boolean {
  return records.length >= at.attributes + 2 && (viewOf(records).getInt16(at.attributes) & 0x07) > zstdId
}

/**
 * Whether a batch that passed `checkShape` ends before its producer id. Kafka asks every batch for it before any is
 * appended, and the request as a whole dies of the question (ReplicaManager.handleProduceAppend). Seen on 3.9.2 and 4.3.1.
 */
export function isTooShortForProducer(records: Uint8Array): boolean {
  const size = viewOf(records).getInt32(at.batchLength) + batchLogOverheadBytes
  return size < at.producerId + 8
}

export interface ValidationSettings {
  readonly config: TopicConfig
  readonly wallMs: number
  readonly codecs: CompressionCodecs
  /** `headers`: neither checksum nor records are looked at, and the batch is believed. */
  readonly validation: 'full' | 'headers'
}

/** Everything a log checks before it looks at sequences. `records` has passed `checkShape`. */
export function validateBatch(records: Uint8Array, settings: ValidationSettings): AcceptedBatch | Refusal {
  const { config, wallMs } = settings
  const view = viewOf(records)
  const size = view.getInt32(at.batchLength) + batchLogOverheadBytes
  if (view.getBigInt64(0) !== 0n) return refuse(kafkaErrors.INVALID_RECORD, 'tells log start')
  if (size > config.maxMessageBytes) return refuse(kafkaErrors.MESSAGE_TOO_LARGE)
  if (size < batchHeaderBytes) return refuse(kafkaErrors.CORRUPT_MESSAGE)
  // The log keeps the bytes and overwrites some; the request, and the journal with it, must not change.
  let bytes: Uint8Array = records.slice(0, size)
  const batch = readBatchHeader(bytes)
  const isFull = settings.validation === 'full'
  if (isFull && !isCrcValid(batch)) return refuse(kafkaErrors.CORRUPT_MESSAGE)
  if (batch.compression === undefined) return refuse(kafkaErrors.UNKNOWN_SERVER_ERROR, 'tells log start')
  const isCountWrong = batch.recordCount <= 0 || batch.lastOffsetDelta + 1 !== batch.recordCount
  const isSequenceWrong = batch.producerId >= 0n && batch.baseSequence < 0
  if (isCountWrong || batch.isControl || isSequenceWrong) return refuse(kafkaErrors.INVALID_RECORD, 'tells log start')
  const found = isFull ? checkRecords(batch, settings) : { maxTimestamp: batch.maxTimestamp }
  if ('error' in found) return found
  const isLogAppendTime = config.messageTimestampType === 'LogAppendTime'
  const maxTimestamp = isLogAppendTime ? wallMs : found.maxTimestamp
  if (isLogAppendTime) rewriteTimestamps(bytes, 0, wallMs)
  else setCreateTime(bytes, batch, maxTimestamp)
  if (isFull && config.compressionType !== 'producer' && config.compressionType !== batch.compression) {
    bytes = recompressed(bytes, config.compressionType, settings.codecs)
    // Java: `UnifiedLog.append`, where the size of a batch may have changed.
    if (bytes.length > config.maxMessageBytes) return refuse(kafkaErrors.MESSAGE_TOO_LARGE)
  }
  if (bytes.length > config.segmentBytes) return refuse(kafkaErrors.RECORD_LIST_TOO_LARGE)
  return {
    bytes,
    maxTimestamp,
    logAppendTimeMs: isLogAppendTime ? wallMs : -1,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    firstSequence: batch.baseSequence,
    recordCount: batch.recordCount,
  }
}

/** Java: `LegacyRecord.RECORD_OVERHEAD_V0`. */
const batchLengthMin = 14
/** Java: `Records.HEADER_SIZE_UP_TO_MAGIC`. */
const bytesUpToMagic = 17
const zstdId = 4

/**
 * Size of the batch at `from` with its prefix; undefined if too few bytes are left to tell. Java:
 * `ByteBufferLogInputStream.nextBatchSize`, with the same order of checks.
 */
function batchSizeAt(records: Uint8Array, from: number): number | undefined | { readonly corrupt: string } {
  const left = records.length - from
  if (left < batchLogOverheadBytes) return undefined
  const view = viewOf(records)
  const length = view.getInt32(from + at.batchLength)
  if (length < batchLengthMin) {
    return { corrupt: `Record size ${length} is less than the minimum record overhead (${batchLengthMin})` }
  }
  if (left < bytesUpToMagic) return undefined
  const magic = view.getInt8(from + at.magic)
  if (magic < 0 || magic > 2) return { corrupt: `Invalid magic found in record: ${magic}` }
  return length + batchLogOverheadBytes
}

/** HOT: over every record. What only the records themselves can tell: B18 to B23. Also finds the largest timestamp. */
function checkRecords(batch: RecordBatch, settings: ValidationSettings): { readonly maxTimestamp: number } | Refusal {
  const { isCompacted } = settings.config
  const isStamped = batch.timestampType === 'log-append'
  const recordErrors: { batchIndex: number; batchIndexErrorMessage: string }[] = []
  let isTimestampWrong = false
  let maxTimestamp = -1
  const see: SeeRecord = (batchIndex, ownTimestamp, hasKey) => {
    const timestamp = isStamped ? batch.maxTimestamp : ownTimestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
    if (isCompacted && !hasKey) {
      recordErrors.push({ batchIndex, batchIndexErrorMessage: 'Compacted topic cannot accept message without key' })
      return
    }
    const problem = timestampProblem(timestamp, batch, settings)
    if (problem === undefined) return
    isTimestampWrong = true
    recordErrors.push({ batchIndex, batchIndexErrorMessage: problem })
  }
  try {
    // Kafka does not look at offset deltas, and numbers the records by itself.
    scanRecords(batch, settings.codecs, see)
  } catch (error) {
    // The checksum was right, so the sender itself wrote what cannot be decompressed (B19) or counted (B18).
    const isRecordWrong = error instanceof RecordError
    return refuse(isRecordWrong ? kafkaErrors.INVALID_RECORD : kafkaErrors.UNKNOWN_SERVER_ERROR, 'tells log start')
  }
  if (recordErrors.length === 0) return { maxTimestamp }
  return {
    error: isTimestampWrong ? kafkaErrors.INVALID_TIMESTAMP : kafkaErrors.INVALID_RECORD,
    errorMessage: `One or more records have been rejected due to ${isTimestampWrong ? 'invalid timestamp' : `${recordErrors.length} record errors`}`,
    recordErrors,
    tellsLogStart: true,
  }
}

function timestampProblem(
  timestamp: number,
  batch: RecordBatch,
  { config, wallMs }: { readonly config: TopicConfig; readonly wallMs: number },
): string | undefined {
  if (config.messageTimestampType === 'CreateTime' && timestamp !== -1) {
    const earliest = wallMs - config.messageTimestampBeforeMaxMs
    const latest = wallMs + config.messageTimestampAfterMaxMs
    if (timestamp >= earliest && timestamp <= latest) return undefined
    return `Timestamp ${timestamp} is out of range: it should be within [${earliest}, ${latest}]`
  }
  // On a CreateTime topic the attribute only matters for records without a timestamp (B23): odd, and Kafka's.
  if (batch.timestampType !== 'log-append') return undefined
  return 'Invalid timestamp type in message: a producer should not set it to LogAppendTime'
}

/** As it was where the platform has no compressor: zstd before Node 22.15. */
function recompressed(bytes: Uint8Array, to: CompressionName, codecs: CompressionCodecs): Uint8Array {
  try {
    return recompressBatch(bytes, to, codecs)
  } catch (error) {
    if (error instanceof CompressionError) return bytes
    throw error
  }
}

/** A broker sets type and largest timestamp itself and does not compare them with what the client wrote. */
function setCreateTime(bytes: Uint8Array, batch: RecordBatch, maxTimestamp: number): void {
  if (batch.maxTimestamp === maxTimestamp && batch.timestampType === 'create') return
  const view = viewOf(bytes)
  view.setInt16(at.attributes, batch.attributes & ~0x08)
  view.setBigInt64(at.maxTimestamp, BigInt(maxTimestamp))
  view.setUint32(at.crc, crc32c(bytes.subarray(at.attributes)) >>> 0)
}

function refuse(error: KafkaErrorRow, log?: 'tells log start'): Refusal {
  return { error, errorMessage: null, recordErrors: [], tellsLogStart: log !== undefined }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
