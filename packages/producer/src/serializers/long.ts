import type { SerializerFunction } from './serializer.ts'

const limit = 2n ** 63n

/** A bigint, or a number that is a safe integer, as 8 bytes, big endian. Java's LongSerializer. */
export const longSerializer: SerializerFunction<bigint | number> = (data) => {
  const value = typeof data === 'number' && Number.isSafeInteger(data) ? BigInt(data) : data
  if (typeof value !== 'bigint' || value < -limit || value >= limit) {
    throw new TypeError(`a 64-bit integer (bigint, or a safe integer) is needed, not ${String(data)}`)
  }
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, value)
  return bytes
}
