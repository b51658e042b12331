import { type CompressionCodecs, type CompressionName, compressionIds } from '../compression/codec.ts'
import {
  batchAttributes,
  batchHeaderBytes,
  batchLogOverheadBytes,
  batchHeaderOffset as offsetOf,
  viewOf,
} from './batch-header.ts'
import { codecOf, decompressSection, readBatchHeader } from './batch-reader.ts'
import { crc32c } from './crc32c.ts'

/**
 * A copy of this batch with its records in another compression: what a broker stores when its topic has a `compression.type`
 * of its own. Java: `LogValidator`. Throws `CompressionError` when one of the codecs is not at hand.
 */
export function recompressBatch(bytes: Uint8Array, to: CompressionName, codecs: CompressionCodecs): Uint8Array {
  const batch = readBatchHeader(bytes)
  const records = decompressSection(batch, codecs)
  const section = to === 'none' ? records : codecOf(to, codecs).compress(records)
  const result = new Uint8Array(batchHeaderBytes + section.length)
  result.set(batch.bytes.subarray(0, batchHeaderBytes))
  result.set(section, batchHeaderBytes)
  const view = viewOf(result)
  view.setInt32(offsetOf.batchLength, result.length - batchLogOverheadBytes)
  view.setInt16(offsetOf.attributes, (batch.attributes & ~batchAttributes.compressionMask) | compressionIds[to])
  view.setUint32(offsetOf.crc, crc32c(result.subarray(offsetOf.attributes)))
  return result
}
