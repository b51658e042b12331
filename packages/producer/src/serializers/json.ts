import type { SerializerFunction } from './serializer.ts'

const utf8 = new TextEncoder()

/** Anything that JSON can carry. A bare `undefined` or a function is refused: JSON has no form for it. */
export const jsonSerializer: SerializerFunction<unknown> = (data) => {
  const text: string | undefined = JSON.stringify(data)
  if (text === undefined) throw new TypeError(`JSON has no form for ${typeof data}`)
  return utf8.encode(text)
}
