// The first bytes of a record batch of format 2 (KIP-98), the only one that a broker of Kafka 4 takes. Big endian.
// What is before the crc may be rewritten by a broker without a new checksum; the crc covers all that is behind it.

/** Bytes of a batch before its records section. */
export const batchHeaderBytes = 61

/** The format that this header belongs to. 0 and 1 are older, and have `magic` at the same place. */
export const batchMagic = 2

/** `baseOffset` and `batchLength`: what the length of a batch does not count. */
export const batchLogOverheadBytes = 12

/** Where each field of the header starts. */
export const batchHeaderOffset = {
  baseOffset: 0, // int64
  batchLength: 8, // int32, of all that follows it
  partitionLeaderEpoch: 12, // int32
  magic: 16, // int8
  crc: 17, // uint32
  attributes: 21, // int16: the first byte under the crc
  lastOffsetDelta: 23, // int32
  baseTimestamp: 27, // int64
  maxTimestamp: 35, // int64
  producerId: 43, // int64
  producerEpoch: 51, // int16
  baseSequence: 53, // int32
  recordCount: 57, // int32
} as const

/** What the bits of `attributes` mean. */
export const batchAttributes = {
  compressionMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  /** Set by log compaction: the base timestamp is a time of deletion then (KIP-534). */
  deleteHorizon: 0x40,
} as const

/** A view of the whole array, for header fields. Small Node buffers live inside shared pools: mind the offset. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** An int64 as a number: exact for safe integers. Timestamps need no more, and a bigint costs an allocation. */
export function readInt64AsNumber(view: DataView, at: number): number {
  return view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4)
}

/** The safe integer `value` as an int64. */
export function writeNumberAsInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 2 ** 32))
  view.setUint32(at + 4, value >>> 0)
}
