import { utf8Bytes } from '../utf8.ts'
import type { SerializerFunction } from './serializer.ts'

/** Strings as UTF-8. */
export const stringSerializer: SerializerFunction<string> = (data) => {
  if (typeof data !== 'string') throw new TypeError(`a string is needed, not ${typeof data}`)
  return utf8Bytes(data)
}
