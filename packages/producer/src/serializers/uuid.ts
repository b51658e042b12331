import { utf8Bytes } from '../utf8.ts'
import type { SerializerFunction } from './serializer.ts'

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID as its 36 characters in lower case, like Java's UUIDSerializer: text, not 16 bytes. */
export const uuidSerializer: SerializerFunction<string> = (data) => {
  const text = typeof data === 'string' ? data.toLowerCase() : ''
  if (!pattern.test(text)) throw new TypeError(`a UUID such as 123e4567-e89b-12d3-a456-426614174000 is needed`)
  return utf8Bytes(text)
}
