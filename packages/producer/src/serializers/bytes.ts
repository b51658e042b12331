import type { SerializerFunction } from './serializer.ts'

/** Bytes as they are. They are copied into the batch, so the caller may use them again as soon as `send` returns. */
export const bytesSerializer: SerializerFunction<Uint8Array> = (data) => {
  if (!(data instanceof Uint8Array)) throw new TypeError(`a Uint8Array is needed, not ${typeof data}`)
  return data
}
