import { utf8Bytes } from '../utf8.ts'
import type { SerializerFunction } from './serializer.ts'

/** Anything that JSON can carry. A bare `undefined` or a function is refused: JSON has no form for it. */
export const jsonSerializer: SerializerFunction<unknown> = (data) => {
  const text: string | undefined = JSON.stringify(data)
  if (text === undefined) throw new TypeError(`JSON has no form for ${typeof data}`)
  return utf8Bytes(text)
}
