import type { Header } from '@harrow/protocol'
import type { Clock } from '@harrow/runtime'
import type { EncodedRecord } from './accumulator/producer-batch.ts'
import type { ParsedProducerConfig } from './config.ts'
import { type OnCompletion, type ProducerRecord, toHeaders } from './record.ts'
import type { Serialized } from './serializers/index.ts'
import { PendingSerialization, serialize } from './serializers/serialize.ts'
import type { ParsedSerializer } from './serializers/serializer.ts'

/** A record in wire form, or on its way there. */
export interface PreparedRecord extends EncodedRecord {
  /** Set while an asynchronous serializer is at work; key and value are null meanwhile. */
  readonly serialization: PendingSerialization | undefined
}

/** What serializers returned, one of which at least will answer later. */
export interface SerializedParts {
  readonly key: Serialized
  readonly value: Serialized
  /** The very list that the serializers were given. */
  readonly headers: Header[]
}

/** What the application sends -> what goes on the wire: headers, key, value and timestamp. */
export class RecordEncoder {
  // Not the configuration itself: it has more fields than V8 keeps fast, and every look into it costs 10 ns.
  private readonly keySerializer: ParsedSerializer
  private readonly valueSerializer: ParsedSerializer
  private readonly clock: Clock
  private readonly wake: () => void
  /** Serializers of the application may add to the headers; the built-in ones never do, which saves a list per record. */
  private readonly mayAddHeaders: boolean

  /** `wake` asks for a turn: an asynchronous serializer has answered. */
  constructor(
    config: Pick<ParsedProducerConfig, 'keySerializer' | 'valueSerializer'>,
    parts: { readonly clock: Clock; readonly wake: () => void },
  ) {
    this.keySerializer = config.keySerializer
    this.valueSerializer = config.valueSerializer
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
    return serialize(this.keySerializer, key, topic, 'key', headers)
  }

  /** HOT. May add to `headers`. Throws SerializationError. */
  valueOf({ topic, value }: ProducerRecord<unknown, unknown>, headers: Header[]): Serialized {
    return serialize(this.valueSerializer, value, topic, 'value', headers)
  }

  /** HOT. The headers when both serializers are through. Throws InvalidRecordError for one that a serializer added and that is none. */
  completeHeaders(headers: Header[]): readonly Header[] {
    return this.mayAddHeaders ? toHeaders(headers) : headers
  }

  /** A record whose serializers, or one of them, will answer later; see `completed`. */
  prepareLater(topic: string, parts: SerializedParts, timestampMs: number, onCompletion: OnCompletion): PreparedRecord {
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
