import CRC32C from 'crc-32/crc32c.js'

/**
 * CRC-32C (Castagnoli) of `bytes`, unsigned. With `seed`, the checksum of what came before, it goes on from there:
 * `crc32c(b, crc32c(a))` is the checksum of a and b without joining them.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return CRC32C.buf(bytes, seed) >>> 0
}
