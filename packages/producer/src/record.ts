import type { Header } from '@harrow/protocol'
import { InvalidRecordError, type ProducerError } from './errors.ts'
import { utf8Bytes } from './utf8.ts'

/** What to send. Everything but `topic` and `value` may be left out. */
export interface ProducerRecord<K = string | Uint8Array, V = string | Uint8Array> {
  readonly topic: string
  /** Records with the same key go to the same partition, as long as the partition count stays. */
  readonly key?: K | null
  /** `null` is a tombstone on a compacted topic. */
  readonly value: V | null
  /** Chooses the partition directly, from 0. Waits up to `max.block.ms` for a partition that does not exist yet. */
  readonly partition?: number
  /** Create time in milliseconds since the Unix epoch. Default: when `send` was called. */
  readonly timestamp?: number
  /** As an object (strings become UTF-8), or as a list when keys repeat. */
  readonly headers?: Readonly<Record<string, string | Uint8Array | null>> | readonly Header[]
}

/** Where a record ended up. */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1n when the broker did not say: `acks` 0, or a retry of something that it already had. */
  readonly offset: bigint
  /** The broker's append time if the topic uses that, else the record's own. */
  readonly timestamp: number
  /** Bytes, -1 for no key. */
  readonly serializedKeySize: number
  /** Bytes, -1 for a null value. */
  readonly serializedValueSize: number
}

/** Called exactly once per accepted record; exactly one of the two is defined. */
export type OnCompletion = (metadata: RecordMetadata | undefined, error: ProducerError | undefined) => void

const noHeaders: readonly Header[] = []

/** Throws InvalidRecordError for what no producer could send (Java: IllegalArgumentException). */
export function checkRecord(record: ProducerRecord<unknown, unknown>): void {
  const { topic, partition, timestamp } = record
  checkTopic(topic)
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0 && partition <= 0x7fffffff)) {
    throw new InvalidRecordError(`record.partition = ${String(partition)}: a partition is a whole number from 0`)
  }
  if (timestamp !== undefined && !(Number.isSafeInteger(timestamp) && timestamp >= 0)) {
    throw new InvalidRecordError(`record.timestamp = ${String(timestamp)}: whole milliseconds since 1970, from 0`)
  }
}

/** Throws InvalidRecordError for what is no topic (Java: NullPointerException). */
export function checkTopic(topic: unknown): void {
  if (typeof topic !== 'string' || topic.length === 0) {
    throw new InvalidRecordError(`topic = ${String(topic)}: a topic is a non-empty string`)
  }
}

/** A snapshot in wire form: later changes to the caller's object change nothing. */
export function toHeaders(headers: ProducerRecord['headers']): readonly Header[] {
  if (headers === undefined || headers === null) return noHeaders
  if (Array.isArray(headers)) {
    return (headers as readonly (Header | null | undefined)[]).map((header) => {
      if (typeof header !== 'object' || header === null) {
        throw new InvalidRecordError(`header ${String(header)}: a header is { key, value }`)
      }
      return { key: headerKey(header.key), value: headerValue(header.key, header.value) }
    })
  }
  return Object.entries(headers).map(([key, value]) => ({ key, value: headerValue(key, value) }))
}

function headerKey(key: unknown): string {
  if (typeof key !== 'string') throw new InvalidRecordError(`header key ${String(key)}: a header key is a string`)
  return key
}

function headerValue(key: string, value: unknown): Uint8Array | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return utf8Bytes(value)
  if (value instanceof Uint8Array) return value
  throw new InvalidRecordError(`header ${key}: a header value is a string, a Uint8Array or null`)
}
