import {
  type CompressionCodec,
  type CompressionCodecs,
  CompressionError,
  type CompressionName,
  compressionNameById,
} from '../compression/codec.ts'
import { DecodeError } from '../wire/reader.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  batchLogOverheadBytes,
  batchMagic,
  batchHeaderOffset as offsetOf,
  readInt64AsNumber,
  viewOf,
  writeNumberAsInt64,
} from './batch-header.ts'
import { crc32c } from './crc32c.ts'
import { type DecodedRecord, locateRecord, type RecordContext, readRecord, recordPlace } from './record.ts'
import { RecordError } from './record-error.ts'
import { VarintReader } from './varint.ts'

/** A batch as its header describes it. Of a batch whose magic is not 2, only what precedes the magic is known. */
export interface RecordBatch {
  baseOffset: bigint
  /** Bytes behind this field: 12 less than `bytes.length`. */
  batchLength: number
  partitionLeaderEpoch: number
  magic: number
  crc: number
  attributes: number
  /** Undefined for an id that Kafka does not know. */
  compression: CompressionName | undefined
  compressionId: number
  timestampType: 'create' | 'log-append'
  isTransactional: boolean
  isControl: boolean
  lastOffsetDelta: number
  /** Milliseconds since 1970, like `maxTimestamp`; -1 means none. */
  baseTimestamp: number
  maxTimestamp: number
  producerId: bigint
  producerEpoch: number
  baseSequence: number
  recordCount: number
  /** The whole batch: a view, not a copy. */
  bytes: Uint8Array
}

export interface ReadLimits {
  /** What the records may take once decompressed. Default 100 MiB, which is also the largest request of a broker. */
  readonly decompressedBytesMax?: number
  /**
   * `consecutive` (default): offset deltas are 0, 1, 2 ... `any`: whatever they are, as in a log that was compacted.
   * A broker demands the former of compressed batches only, and stores uncompressed ones as they are.
   */
  readonly offsetDeltas?: 'consecutive' | 'any'
}

const decompressedBytesMaxDefault = 100 * 2 ** 20
/** Up to and including the magic: the part that is the same in every format. */
const bytesUpToMagic = 17
/** The shortest batch length of any format; Java refuses what is below. */
const batchLengthMin = 14

/**
 * The header of the batch that starts at `at`. Throws `DecodeError` when the batch is not all there, or too short to
 * be one. Trusts the rest: neither crc nor records are looked at.
 */
export function readBatchHeader(bytes: Uint8Array, at = 0): RecordBatch {
  const available = bytes.length - at
  if (available < bytesUpToMagic) throw new DecodeError('batch', `${available} bytes are less than a batch header`)
  const view = viewOf(bytes)
  const batchLength = view.getInt32(at + offsetOf.batchLength)
  const magic = view.getInt8(at + offsetOf.magic)
  const lengthMin = magic === batchMagic ? batchHeaderBytes - batchLogOverheadBytes : batchLengthMin
  if (batchLength < lengthMin) throw new DecodeError('batchLength', `is ${batchLength}, less than ${lengthMin}`)
  const batchBytes = batchLogOverheadBytes + batchLength
  if (batchBytes > available) throw new DecodeError('batchLength', `is ${batchLength}, with ${available} bytes in all`)
  const baseOffset = view.getBigInt64(at + offsetOf.baseOffset)
  const partitionLeaderEpoch = view.getInt32(at + offsetOf.partitionLeaderEpoch)
  const batch = bytes.subarray(at, at + batchBytes)
  if (magic !== batchMagic)
    return { ...unknownRest, baseOffset, batchLength, partitionLeaderEpoch, magic, bytes: batch }
  const attributes = view.getInt16(at + offsetOf.attributes)
  const compressionId = attributes & batchAttributes.compressionMask
  // HOT: one literal. Two joined by spreading were a tenth of what a broker does with a small batch.
  return {
    baseOffset,
    batchLength,
    partitionLeaderEpoch,
    magic,
    crc: view.getUint32(at + offsetOf.crc),
    attributes,
    compression: compressionNameById(compressionId),
    compressionId,
    timestampType: (attributes & batchAttributes.logAppendTime) === 0 ? 'create' : 'log-append',
    isTransactional: (attributes & batchAttributes.transactional) !== 0,
    isControl: (attributes & batchAttributes.control) !== 0,
    lastOffsetDelta: view.getInt32(at + offsetOf.lastOffsetDelta),
    baseTimestamp: readInt64AsNumber(view, at + offsetOf.baseTimestamp),
    maxTimestamp: readInt64AsNumber(view, at + offsetOf.maxTimestamp),
    producerId: view.getBigInt64(at + offsetOf.producerId),
    producerEpoch: view.getInt16(at + offsetOf.producerEpoch),
    baseSequence: view.getInt32(at + offsetOf.baseSequence),
    recordCount: view.getInt32(at + offsetOf.recordCount),
    bytes: batch,
  }
}

/**
 * The batches in `bytes`, one after another, as `ByteBufferLogInputStream` walks them. What is left at the end and
 * too short for the batch it announces is `trailingBytes`, not an error: a fetch answer may end in the middle of a
 * batch. Throws `DecodeError` for a length that no batch has.
 */
export function splitBatches(bytes: Uint8Array): { batches: RecordBatch[]; trailingBytes: number } {
  const batches: RecordBatch[] = []
  const view = viewOf(bytes)
  let at = 0
  while (bytes.length - at >= batchLogOverheadBytes) {
    const batchLength = view.getInt32(at + offsetOf.batchLength)
    if (batchLength < batchLengthMin) {
      throw new DecodeError(`batches[${batches.length}].batchLength`, `is ${batchLength}, less than ${batchLengthMin}`)
    }
    if (batchLogOverheadBytes + batchLength > bytes.length - at) break
    batches.push(readBatchHeader(bytes, at))
    at += batchLogOverheadBytes + batchLength
  }
  return { batches, trailingBytes: bytes.length - at }
}

/** Whether the bytes behind the crc are those it was made of. */
export function isCrcValid(batch: RecordBatch): boolean {
  return batch.magic === batchMagic && crc32c(batch.bytes.subarray(offsetOf.attributes)) === batch.crc
}

/**
 * The records of a batch, with the checks that a broker makes before it appends: as many as the header says, each
 * well formed, nothing behind the last. The crc is `isCrcValid`'s business. Throws `RecordError`, or
 * `CompressionError` for a section that does not decompress, within the limit, with the codecs given.
 */
export function readRecords(batch: RecordBatch, codecs: CompressionCodecs, limits: ReadLimits = {}): DecodedRecord[] {
  checkCountable(batch)
  const section = decompressSection(batch, codecs, limits.decompressedBytesMax)
  const reader = new VarintReader(section)
  const context: RecordContext = {
    baseOffset: batch.baseOffset,
    baseTimestamp: batch.baseTimestamp,
    logAppendTime: batch.timestampType === 'log-append' ? batch.maxTimestamp : undefined,
  }
  const records: DecodedRecord[] = []
  while (records.length < batch.recordCount) {
    if (reader.at === section.length) throw tooFewRecords(records.length, batch)
    const { offsetDelta, record } = readRecordAt(reader, context, records.length)
    if (offsetDelta !== records.length && limits.offsetDeltas !== 'any') {
      throw new RecordError('offset-delta', `offset delta ${offsetDelta}`, records.length)
    }
    records.push(record)
  }
  checkEnd(reader, batch)
  return records
}

/** What a broker must know of one record: its own timestamp, and whether it has a key. */
export type SeeRecord = (index: number, timestamp: number, hasKey: boolean) => void

/**
 * HOT: over every record that a broker takes. The checks of `readRecords` with `offsetDeltas: 'any'`, without an object
 * per record; tells each one in turn. Throws what `readRecords` throws, which is its plain form.
 */
export function scanRecords(
  batch: RecordBatch,
  codecs: CompressionCodecs,
  see: SeeRecord,
  limits: Pick<ReadLimits, 'decompressedBytesMax'> = {},
): void {
  checkCountable(batch)
  const section = decompressSection(batch, codecs, limits.decompressedBytesMax)
  const reader = new VarintReader(section)
  const place = recordPlace()
  for (let index = 0; index < batch.recordCount; index++) {
    if (reader.at === section.length) throw tooFewRecords(index, batch)
    try {
      locateRecord(reader, place)
    } catch (error) {
      throw asRecordError(error, index)
    }
    see(index, batch.baseTimestamp + place.timestampDelta, place.keyBytes >= 0)
  }
  checkEnd(reader, batch)
}

/** Overwrites the base offset of the batch at `at`. It is outside the crc. */
export function setBaseOffset(bytes: Uint8Array, at: number, offset: bigint): void {
  viewOf(bytes).setBigInt64(at + offsetOf.baseOffset, offset)
}

/** Overwrites the partition leader epoch of the batch at `at`. It is outside the crc. */
export function setPartitionLeaderEpoch(bytes: Uint8Array, at: number, epoch: number): void {
  viewOf(bytes).setInt32(at + offsetOf.partitionLeaderEpoch, epoch)
}

/**
 * Makes the batch at `at` one of LogAppendTime, as a broker does whose topic says so: the attribute, the maximum
 * timestamp, which every record then has, and a new crc. The records themselves stay as they are.
 */
export function rewriteTimestamps(bytes: Uint8Array, at: number, logAppendTimeMs: number): void {
  const batch = readBatchHeader(bytes, at).bytes
  const view = viewOf(batch)
  view.setInt16(offsetOf.attributes, view.getInt16(offsetOf.attributes) | batchAttributes.logAppendTime)
  writeNumberAsInt64(view, offsetOf.maxTimestamp, logAppendTimeMs)
  view.setUint32(offsetOf.crc, crc32c(batch.subarray(offsetOf.attributes)))
}

/** What a batch of an older format leaves unknown. */
const unknownRest: Omit<RecordBatch, 'baseOffset' | 'batchLength' | 'partitionLeaderEpoch' | 'magic' | 'bytes'> = {
  crc: 0,
  attributes: 0,
  compression: undefined,
  compressionId: 0,
  timestampType: 'create',
  isTransactional: false,
  isControl: false,
  lastOffsetDelta: 0,
  baseTimestamp: -1,
  maxTimestamp: -1,
  producerId: -1n,
  producerEpoch: -1,
  baseSequence: -1,
  recordCount: 0,
}

/** The records section as it was before compression. Throws `CompressionError`. */
export function decompressSection(
  batch: RecordBatch,
  codecs: CompressionCodecs,
  decompressedBytesMax = decompressedBytesMaxDefault,
): Uint8Array {
  const section = batch.bytes.subarray(batchHeaderBytes)
  if (batch.compression === undefined) {
    throw new CompressionError(`${batch.compressionId}`, 'no compression has this id')
  }
  if (batch.compression === 'none') return section
  return codecOf(batch.compression, codecs).decompress(section, decompressedBytesMax)
}

export function codecOf(name: CompressionName, codecs: CompressionCodecs): CompressionCodec {
  const codec = codecs[name]
  if (codec === undefined) throw new CompressionError(name, 'no codec for it was given')
  return codec
}

function readRecordAt(reader: VarintReader, context: RecordContext, index: number) {
  try {
    return readRecord(reader, context)
  } catch (error) {
    throw asRecordError(error, index)
  }
}

function checkCountable(batch: RecordBatch): void {
  if (batch.magic !== batchMagic) throw new RecordError('magic', `magic ${batch.magic}, where 2 is understood`)
  if (batch.recordCount < 0) throw new RecordError('record-count', `a record count of ${batch.recordCount}`)
}

function tooFewRecords(found: number, batch: RecordBatch): RecordError {
  return new RecordError('record-count', `${found} records, where the header says ${batch.recordCount}`)
}

function checkEnd(reader: VarintReader, batch: RecordBatch): void {
  const trailing = reader.bytes.length - reader.at
  if (trailing === 0) return
  throw new RecordError('trailing-bytes', `${trailing} bytes behind the ${batch.recordCount} records of the header`)
}

function asRecordError(error: unknown, index: number): unknown {
  if (!(error instanceof DecodeError)) return error
  return new RecordError('malformed-record', error.message, index, { cause: error })
}
