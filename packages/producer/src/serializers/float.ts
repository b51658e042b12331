import type { SerializerFunction } from './serializer.ts'

/** A number as 4 bytes IEEE 754, big endian, rounded to single precision. Java's FloatSerializer. */
export const floatSerializer: SerializerFunction<number> = (data) => {
  if (typeof data !== 'number') throw new TypeError(`a number is needed, not ${typeof data}`)
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, data)
  return bytes
}
