import type { Header } from '@harrow/protocol'
import { SerializationError } from '../errors.ts'
import type { ParsedSerializer, Serialized } from './serializer.ts'

export type Part = 'key' | 'value'

/** HOT: twice per record. Calls the serializer of one part. Throws SerializationError, whatever the serializer did. */
export function serialize(
  serializer: ParsedSerializer,
  data: unknown,
  topic: string,
  part: Part,
  headers: Header[],
): Serialized {
  if (data === null || data === undefined) return null
  if (serializer.passesBytes && data instanceof Uint8Array) return data
  let result: Serialized
  try {
    result = serializer.serialize(topic, data, headers)
  } catch (error) {
    throw serializationError(error, { topic, part })
  }
  if (result instanceof Uint8Array || isLater(result)) return result
  return bytesOrNull(result, { topic, part })
}

function isLater(result: Serialized): result is PromiseLike<Uint8Array | null> {
  return result !== null && typeof result === 'object' && 'then' in result
}

/** HOT. It is here, and not a promise. */
export function isSerialized(result: Serialized): result is Uint8Array | null {
  return result === null || result instanceof Uint8Array
}

function bytesOrNull(result: unknown, to: { readonly topic: string; readonly part: Part }): Uint8Array | null {
  if (result === null || result instanceof Uint8Array) return result
  const { topic, part } = to
  throw new SerializationError(
    `the ${part} serializer returned ${typeof result} for a record for ${topic}, not a Uint8Array`,
    { topic },
  )
}

function serializationError(cause: unknown, to: { readonly topic: string; readonly part: Part }): SerializationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const { topic, part } = to
  return new SerializationError(`the ${part} of a record for ${topic} cannot be serialized: ${reason}`, {
    topic,
    cause,
  })
}

/** Key and value of one record, at least one of which comes later, and its headers, to which serializers may add. */
export class PendingSerialization {
  private readonly settled: () => void
  private waitsFor = 0
  private failure: SerializationError | undefined
  private readonly bytes: Record<Part, Uint8Array | null> = { key: null, value: null }
  /** The very list that the serializers were given. */
  readonly headers: Header[]

  /** `settled` is called once, not inside this constructor, when both are there or one has failed. */
  constructor(
    parts: Readonly<Record<Part, Serialized>>,
    record: { readonly topic: string; readonly headers: Header[] },
    settled: () => void,
  ) {
    const { topic, headers } = record
    this.settled = settled
    this.headers = headers
    // The caller may write into its bytes again before everything is there.
    for (const [index, { key, value }] of headers.entries()) headers[index] = { key, value: value?.slice() ?? null }
    for (const part of ['key', 'value'] as const) this.take(part, parts[part], topic)
  }

  get isSettled(): boolean {
    return this.waitsFor === 0 || this.failure !== undefined
  }

  get error(): SerializationError | undefined {
    return this.failure
  }

  get key(): Uint8Array | null {
    return this.bytes.key
  }

  get value(): Uint8Array | null {
    return this.bytes.value
  }

  private take(part: Part, result: Serialized, topic: string): void {
    if (!isLater(result)) {
      this.bytes[part] = result?.slice() ?? null
      return
    }
    this.waitsFor++
    result.then(
      (late) =>
        this.settle(() => {
          this.bytes[part] = bytesOrNull(late, { topic, part })
        }),
      (cause: unknown) =>
        this.settle(() => {
          throw serializationError(cause, { topic, part })
        }),
    )
  }

  private settle(change: () => void): void {
    if (this.failure !== undefined) return
    this.waitsFor--
    try {
      change()
    } catch (error) {
      this.failure = error as SerializationError
    }
    if (this.isSettled) this.settled()
  }
}
