import { integerIn } from './integer-in.ts'
import type { SerializerFunction } from './serializer.ts'

/** A whole number as 4 bytes, big endian; from -2147483648 to 2147483647. Java's IntegerSerializer. */
export const integerSerializer: SerializerFunction<number> = (data) => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, integerIn(data, 32))
  return bytes
}
