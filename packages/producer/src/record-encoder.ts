import type { Header } from '@harrow/protocol'
import type { Clock } from '@harrow/runtime'
import type { EncodedRecord } from './accumulator/producer-batch.ts'
import type { ParsedProducerConfig } from './config.ts'
import { type OnCompletion, type ProducerRecord, toHeaders } from './record.ts'
import type { Serialized } from './serializers/index.ts'
import { PendingSerialization, serialize } from './serializers/serialize.ts'

/** A record in wire form, or on its way there. */
export interface PreparedRecord extends EncodedRecord {
  /** Set while an asynchronous serializer is at work; key and value are null meanwhile. */
  readonly serialization: PendingSerialization | undefined
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

  /** HOT. The record's own time, or now. */
  timestampOf({ timestamp }: ProducerRecord<unknown, unknown>): number {
    return timestamp ?? this.clock.wallMs()
  }

  /** HOT. May add to `headers`. Throws SerializationError. */
  keyOf({ topic, key }: ProducerRecord<unknown, unknown>, headers: Header[]): Serialized {
    return serialize(this.config.keySerializer, key, topic, 'key', headers)
  }

  /** HOT. May add to `headers`. Throws SerializationError. */
  valueOf({ topic, value }: ProducerRecord<unknown, unknown>, headers: Header[]): Serialized {
    return serialize(this.config.valueSerializer, value, topic, 'value', headers)
  }

  /** HOT. The headers when both serializers are through. Throws InvalidRecordError for one that a serializer added and that is none. */
  completeHeaders(headers: Header[]): readonly Header[] {
    return this.mayAddHeaders ? toHeaders(headers) : headers
  }

  /** A record whose serializers, or one of them, will answer later; see `completed`. */
  prepareLater(
    topic: string,
    parts: { readonly key: Serialized; readonly value: Serialized; readonly headers: Header[] },
    timestampMs: number,
    onCompletion: OnCompletion,
  ): PreparedRecord {
    const { headers } = parts
    const serialization = new PendingSerialization(parts, { topic, headers }, this.wake)
    return { key: null, value: null, headers, timestampMs, onCompletion, serialization }
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
