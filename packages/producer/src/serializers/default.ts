import { utf8Bytes } from '../utf8.ts'
import type { SerializerFunction } from './serializer.ts'

/**
 * Strings as UTF-8 and bytes as they are.
 * Differs from Java: there a missing serializer is an error; here this one is the default, and it refuses the rest.
 */
export const defaultSerializer: SerializerFunction<unknown> = (data) => {
  if (typeof data === 'string') return utf8Bytes(data)
  if (data instanceof Uint8Array) return data
  throw new TypeError(`a string or a Uint8Array is needed, not ${typeof data}; set a serializer for anything else`)
}
