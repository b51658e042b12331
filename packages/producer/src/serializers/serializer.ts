import type { Header } from '@harrow/protocol'

/** What a serializer gives: bytes, `null` for a null key or a tombstone, or either of them later. */
export type Serialized = Uint8Array | null | PromiseLike<Uint8Array | null>

/**
 * Turns a key or a value into bytes. May throw or reject: that record then fails with a SerializationError. May add to
 * `headers`, which are those of the record. Not called for `null` and `undefined`, which are null on the wire.
 */
export type SerializerFunction<T> = (data: T, topic: string, headers: Header[]) => Serialized

/** The same as an object, in the argument order of Java and of the schema registry clients. */
export interface SerializerObject<T> {
  serialize(topic: string, data: T, headers: Header[]): Serialized
  /** Called once, when the producer closes. */
  close?(): void
}

/** `key.serializer` and `value.serializer` take a function, an object or a class without constructor arguments. */
export type Serializer<T> = SerializerFunction<T> | SerializerObject<T> | (new () => SerializerObject<T>)

/** As the producer sees it. */
export interface ParsedSerializer extends SerializerObject<unknown> {
  /** The built-in ones never do, which saves a list per record. */
  readonly mayAddHeaders: boolean
  /** It gives bytes back as they are, so that it need not be asked about them. */
  readonly passesBytes: boolean
}

export function toSerializer<T>(option: Serializer<T>): SerializerObject<T> {
  if (typeof option !== 'function') return option
  if (isClass(option)) return new option()
  return { serialize: (topic, data, headers) => option(data, topic, headers) }
}

function isClass<T>(option: Serializer<T>): option is new () => SerializerObject<T> {
  const prototype: unknown = typeof option === 'function' ? option.prototype : undefined
  return typeof prototype === 'object' && prototype !== null && 'serialize' in prototype
}
