import type { SerializerFunction } from './serializer.ts'

/** A number as 8 bytes IEEE 754, big endian. Java's DoubleSerializer. */
export const doubleSerializer: SerializerFunction<number> = (data) => {
  if (typeof data !== 'number') throw new TypeError(`a number is needed, not ${typeof data}`)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, data)
  return bytes
}
