export {
  batchAttributes,
  batchHeaderBytes,
  batchHeaderOffset,
  batchLogOverheadBytes,
  batchMagic,
} from './batch-header.ts'
export {
  isCrcValid,
  type ReadLimits,
  type RecordBatch,
  readBatchHeader,
  readRecords,
  rewriteTimestamps,
  type SeeRecord,
  scanRecords,
  setBaseOffset,
  setPartitionLeaderEpoch,
  splitBatches,
} from './batch-reader.ts'
export { BatchWriter, type MemoryBudget, type ProducerState } from './batch-writer.ts'
export { type Crc32c, crc32c, useCrc32c } from './crc32c.ts'
export { recompressBatch } from './recompress.ts'
export { type DecodedRecord, type Header, recordBytesUpperBound, recordOverheadBytesMax } from './record.ts'
export { RecordError, type RecordErrorKind } from './record-error.ts'
