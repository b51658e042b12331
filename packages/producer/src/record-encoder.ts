import type { Header } from '@harrow/protocol'
import type { Clock } from '@harrow/runtime'
import type { EncodedRecord } from './accumulator/producer-batch.ts'
import type { ParsedProducerConfig } from './config.ts'
import { type OnCompletion, type ProducerRecord, toHeaders } from './record.ts'
import { isLater, PendingSerialization, serialize } from './serializers/serialize.ts'

/** A record in wire form, or on its way there. Written into again once nobody needs it: see `ProducerCore.accept`. */
export interface PreparedRecord extends EncodedRecord {
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly Header[]
  timestampMs: number
  onCompletion: OnCompletion
  /** Set while an asynchronous serializer is at work; key and value are null meanwhile. */
  serialization: PendingSerialization | undefined
}

/** What the application sends -> what goes on the wire: headers, key, value and timestamp. */
export class RecordEncoder {
  private readonly config: Pick<ParsedProducerConfig, 'keySerializer' | 'valueSerializer'>
  private readonly clock: Clock
  private readonly wake: () => void
  /** Serializers of the application may add to the headers; the built-in ones never do, which saves a list per record. */
  private readonly mayAddHeaders: boolean

  /** `wake` asks for a turn: an asynchronous serializer has answered. */
  constructor(
    config: Pick<ParsedProducerConfig, 'keySerializer' | 'valueSerializer'>,
    parts: { readonly clock: Clock; readonly wake: () => void },
  ) {
    this.config = config
    this.clock = parts.clock
    this.wake = parts.wake
    this.mayAddHeaders = config.keySerializer.mayAddHeaders || config.valueSerializer.mayAddHeaders
  }

  /** The caller's headers, as a list that serializers may add to. Throws InvalidRecordError for what is no header. */
  headersOf({ headers }: ProducerRecord<unknown, unknown>): Header[] {
    const taken = toHeaders(headers)
    return this.mayAddHeaders ? [...taken] : (taken as Header[])
  }

  /**
   * HOT: once per record, so it makes no object and writes `into` one. Throws SerializationError, or InvalidRecordError for
   * a header that a serializer added and that is none; `into` is unchanged then.
   */
  encode(
    record: ProducerRecord<unknown, unknown>,
    headers: Header[],
    onCompletion: OnCompletion,
    into: PreparedRecord,
  ): void {
    const { topic, key = null, value, timestamp } = record
    const { keySerializer, valueSerializer } = this.config
    const timestampMs = timestamp ?? this.clock.wallMs()
    const keyBytes = serialize(keySerializer, key, topic, 'key', headers)
    const valueBytes = serialize(valueSerializer, value, topic, 'value', headers)
    if (isLater(keyBytes) || isLater(valueBytes)) {
      const parts = { key: keyBytes, value: valueBytes }
      into.serialization = new PendingSerialization(parts, { topic, headers }, this.wake)
      into.key = null
      into.value = null
      into.headers = headers
    } else {
      into.headers = this.mayAddHeaders ? toHeaders(headers) : headers
      into.serialization = undefined
      into.key = keyBytes
      into.value = valueBytes
    }
    into.timestampMs = timestampMs
    into.onCompletion = onCompletion
  }
}

/**
 * An asynchronous serializer has answered. Throws its SerializationError, or InvalidRecordError for a header that it
 * added and that is none.
 */
export function completed(record: PreparedRecord): PreparedRecord {
  const { serialization } = record
  if (serialization === undefined) return record
  if (serialization.error !== undefined) throw serialization.error
  const { key, value, headers } = serialization
  return { ...record, key, value, headers: toHeaders(headers), serialization: undefined }
}
