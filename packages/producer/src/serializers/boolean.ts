import type { SerializerFunction } from './serializer.ts'

/** One byte: 1 or 0. Java's BooleanSerializer. */
export const booleanSerializer: SerializerFunction<boolean> = (data) => {
  if (typeof data !== 'boolean') throw new TypeError(`a boolean is needed, not ${typeof data}`)
  return new Uint8Array([data ? 1 : 0])
}
