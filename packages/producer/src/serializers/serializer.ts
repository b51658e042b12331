/** Turns a key or a value into bytes. May throw: the record then fails with a SerializationError. */
export type Serializer<T> = (data: T, topic: string) => Uint8Array | null
