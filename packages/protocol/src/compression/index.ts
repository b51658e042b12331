import type { CompressionCodecs } from './codec.ts'
import { lz4 } from './lz4.ts'
import { none } from './none.ts'
import { snappy } from './snappy.ts'
import { zstdDecompressor } from './zstd.ts'

/** What works on every platform: `gzip` is not among them, and `zstd` only decompresses. */
export const portableCodecs = { none, snappy, lz4, zstd: zstdDecompressor } as const satisfies CompressionCodecs

export {
  type CompressionCodec,
  type CompressionCodecs,
  CompressionError,
  type CompressionName,
  compressionIds,
  compressionNameById,
} from './codec.ts'
export { type GzipFunctions, gzipCodec } from './gzip.ts'
export { type ZstdFunctions, zstdCodec } from './zstd.ts'
