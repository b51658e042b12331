import { type CompressionCodec, checkDecompressedBytes, compressionIds } from './codec.ts'

/** No compression: the same bytes, not copied. */
export const none: CompressionCodec = {
  name: 'none',
  id: compressionIds.none,
  compress: (bytes) => bytes,
  decompress(bytes, decompressedBytesMax) {
    checkDecompressedBytes('none', bytes.length, decompressedBytesMax)
    return bytes
  },
}
