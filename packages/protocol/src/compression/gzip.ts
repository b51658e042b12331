import { type CompressionCodec, CompressionError, checkDecompressedBytes, compressionIds } from './codec.ts'

/** Deflate, as the platform has it. Both throw what they like. */
export interface GzipFunctions {
  /** One gzip member. */
  gzip(bytes: Uint8Array): Uint8Array
  /** Must give up, rather than allocate, as soon as the result passes `decompressedBytesMax`. */
  gunzip(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array
}

/** A codec around the platform's gzip: an entry file binds it. */
export function gzipCodec(functions: GzipFunctions): CompressionCodec {
  return {
    name: 'gzip',
    id: compressionIds.gzip,
    compress: (bytes) => functions.gzip(bytes),
    decompress(bytes, decompressedBytesMax) {
      let decompressed: Uint8Array
      try {
        decompressed = functions.gunzip(bytes, decompressedBytesMax)
      } catch (error) {
        throw new CompressionError('gzip', error instanceof Error ? error.message : `${error}`, { cause: error })
      }
      checkDecompressedBytes('gzip', decompressed.length, decompressedBytesMax)
      return decompressed
    },
  }
}
