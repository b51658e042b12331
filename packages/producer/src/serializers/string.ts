import type { SerializerFunction } from './serializer.ts'

const utf8 = new TextEncoder()

/** Strings as UTF-8. */
export const stringSerializer: SerializerFunction<string> = (data) => {
  if (typeof data !== 'string') throw new TypeError(`a string is needed, not ${typeof data}`)
  return utf8.encode(data)
}
