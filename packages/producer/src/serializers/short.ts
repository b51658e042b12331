import { integerIn } from './integer-in.ts'
import type { SerializerFunction } from './serializer.ts'

/** A whole number as 2 bytes, big endian; from -32768 to 32767. Java's ShortSerializer. */
export const shortSerializer: SerializerFunction<number> = (data) => {
  const bytes = new Uint8Array(2)
  new DataView(bytes.buffer).setInt16(0, integerIn(data, 16))
  return bytes
}
