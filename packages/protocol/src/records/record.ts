import { unsignedVarintSize, VarintReader, varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts'

/** A record header. Keys may repeat and keep their order; a key is never null (KIP-82). */
export interface Header {
  readonly key: string
  readonly value: Uint8Array | null
}

/** One record of a batch, as a reader gives it: key, value and header values are views into the batch, not copies. */
export interface DecodedRecord {
  offset: bigint
  /** Milliseconds since 1970: the record's own, or the broker's when the batch says `log-append`. -1 means none. */
  timestamp: number
  key: Uint8Array | null
  value: Uint8Array | null
  headers: Header[]
}

/** The most that the fixed part of a record can take: length 5, attributes 1, timestamp delta 10, offset delta 5. */
export const recordOverheadBytesMax = 21

/**
 * The most bytes that a record can take in any batch, batch header excluded. What Java calls
 * `recordSizeUpperBound`: a batch for this record alone needs `batchHeaderBytes` more.
 */
export function recordBytesUpperBound(
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly Header[],
): number {
  return recordOverheadBytesMax + payloadBytes(key, value, headers)
}

/**
 * HOT: once per record. The exact size of a record behind its own length varint. Timestamp deltas are safe integers;
 * `payload` is what `payloadBytes` says.
 */
export function recordBodyBytes(timestampDelta: number, offsetDelta: number, payload: number): number {
  return 1 + varlongSize(timestampDelta) + varintSize(offsetDelta) + payload
}

/**
 * HOT: once per record. Writes one record; returns the position behind it. `bodyBytes` is what `recordBodyBytes` said
 * for the same arguments, and `bytes` has room for it and its length. Plain stores, no allocation.
 */
export function writeRecord(
  bytes: Uint8Array,
  at: number,
  bodyBytes: number,
  timestampDelta: number,
  offsetDelta: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly Header[],
): number {
  at = writeVarint(bytes, at, bodyBytes)
  bytes[at++] = 0 // attributes: none are defined
  at = writeVarlong(bytes, at, timestampDelta)
  at = writeVarint(bytes, at, offsetDelta)
  at = writeNullableBytes(bytes, at, key)
  at = writeNullableBytes(bytes, at, value)
  at = writeVarint(bytes, at, headers.length)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i]!
    at = writeText(bytes, at, header.key)
    at = writeNullableBytes(bytes, at, header.value)
  }
  return at
}

/** What a batch tells its records. */
export interface RecordContext {
  readonly baseOffset: bigint
  readonly baseTimestamp: number
  /** The one timestamp of all records, when the broker stamped the batch. */
  readonly logAppendTime: number | undefined
}

/** The record at the reader's position, with its offset delta. Leaves the reader behind it. */
export interface RecordAt {
  readonly offsetDelta: number
  readonly record: DecodedRecord
}

/**
 * Reads one record, as strictly as `DefaultRecord.readFrom` and no stricter: a negative key or value length of any
 * size means null there, and record attributes are ignored. Throws `DecodeError` for everything that does not fit.
 */
export function readRecord(reader: VarintReader, context: RecordContext): RecordAt {
  const at = locateRecord(reader, place)
  const record = {
    offset: context.baseOffset + BigInt(at.offsetDelta),
    timestamp: context.logAppendTime ?? context.baseTimestamp + at.timestampDelta,
    key: slice(reader, at.keyAt, at.keyBytes),
    value: slice(reader, at.valueAt, at.valueBytes),
    headers: at.headerCount === 0 ? [] : readHeaders(new VarintReader(reader.bytes, at.headersAt, at.end)),
  }
  return { offsetDelta: at.offsetDelta, record }
}

/** Where the parts of a record are. Bytes of -1: null. */
export interface RecordPlace {
  offsetDelta: number
  timestampDelta: number
  keyAt: number
  keyBytes: number
  valueAt: number
  valueBytes: number
  headerCount: number
  /** Where the header count starts. */
  headersAt: number
  /** Behind the last byte. */
  end: number
}

/** An empty one, to be written into. */
export function recordPlace(): RecordPlace {
  return {
    offsetDelta: 0,
    timestampDelta: 0,
    keyAt: 0,
    keyBytes: -1,
    valueAt: 0,
    valueBytes: -1,
    headerCount: 0,
    headersAt: 0,
    end: 0,
  }
}

/**
 * HOT: once per record that a broker takes. All checks of `readRecord`, and no object: what a broker must know of a record
 * it can tell without its key and value. Writes `into` and returns it. Its plain form is `readRecord`.
 */
export function locateRecord(reader: VarintReader, into: RecordPlace): RecordPlace {
  const bodyBytes = reader.varint('record length')
  const sectionEnd = reader.end
  if (bodyBytes < 0 || bodyBytes > sectionEnd - reader.at) {
    reader.fail('record length', `is ${bodyBytes}, with ${sectionEnd - reader.at} bytes left`)
  }
  const end = reader.at + bodyBytes
  reader.end = end
  reader.skipByte('record attributes')
  into.timestampDelta = reader.varlong('timestamp delta')
  into.offsetDelta = reader.varint('offset delta')
  into.keyBytes = reader.varint('key')
  into.keyAt = reader.at
  reader.skip('key', into.keyBytes)
  into.valueBytes = reader.varint('value')
  into.valueAt = reader.at
  reader.skip('value', into.valueBytes)
  into.headersAt = reader.at
  into.headerCount = skipHeaders(reader)
  if (reader.at !== end)
    reader.fail('record length', `is ${bodyBytes}, but the fields end ${end - reader.at} bytes earlier`)
  reader.end = sectionEnd
  into.end = end
  return into
}

const place = recordPlace()

function slice(reader: VarintReader, at: number, bytes: number): Uint8Array | null {
  return bytes < 0 ? null : reader.bytes.subarray(at, at + bytes)
}

/** Checks them; returns how many. */
function skipHeaders(reader: VarintReader): number {
  const count = reader.varint('header count')
  if (count < 0 || count > reader.end - reader.at) {
    reader.fail('header count', `is ${count}, with ${reader.end - reader.at} bytes left`)
  }
  for (let i = 0; i < count; i++) {
    const keyBytes = reader.varint('header key length')
    if (keyBytes < 0) reader.fail('header key length', `is ${keyBytes}: a header key is never null`)
    reader.skip('header key', keyBytes)
    reader.skip('header value', reader.varint('header value'))
  }
  return count
}

/** Of a record that was located, so nothing is checked again. */
function readHeaders(reader: VarintReader): Header[] {
  const count = reader.varint('header count')
  const headers: Header[] = []
  for (let i = 0; i < count; i++) {
    headers.push({
      key: utf8.decode(reader.take('header key', reader.varint('header key length'))),
      value: readNullableBytes(reader, 'header value'),
    })
  }
  return headers
}

function readNullableBytes(reader: VarintReader, field: string): Uint8Array | null {
  const length = reader.varint(field)
  return length < 0 ? null : reader.take(field, length)
}

/** HOT. Everything of a record that does not depend on its place in the batch. */
export function payloadBytes(key: Uint8Array | null, value: Uint8Array | null, headers: readonly Header[]): number {
  let bytes = nullableBytesSize(key) + nullableBytesSize(value)
  // Nearly every record: a count of 0.
  if (headers.length === 0) return bytes + 1
  bytes += varintSize(headers.length)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i]!
    const keyBytes = utf8Length(header.key)
    bytes += unsignedVarintSize(keyBytes * 2) + keyBytes + nullableBytesSize(header.value)
  }
  return bytes
}

/** HOT. */
function nullableBytesSize(bytes: Uint8Array | null): number {
  if (bytes === null) return 1
  const length = bytes.length
  return unsignedVarintSize(length * 2) + length
}

/** HOT. */
function writeNullableBytes(into: Uint8Array, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) {
    into[at] = 1 // zig-zag of -1
    return at + 1
  }
  const length = bytes.length
  at = writeVarint(into, at, length)
  // Below this a loop beats the call into the runtime that `set` is.
  if (length <= 16) for (let i = 0; i < length; i++) into[at + i] = bytes[i]!
  else into.set(bytes, at)
  return at + length
}

function writeText(into: Uint8Array, at: number, text: string): number {
  const length = utf8Length(text)
  at = writeVarint(into, at, length)
  if (length === text.length) for (let i = 0; i < length; i++) into[at + i] = text.charCodeAt(i)
  else utf8Encoder.encodeInto(text, into.subarray(at, at + length))
  return at + length
}

/** Bytes of `text` as `TextEncoder` writes it: a lone surrogate becomes U+FFFD, three bytes like any other. */
function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    // A pair is two units and four bytes.
    if (isPair) i++
  }
  return length
}

const utf8Encoder = new TextEncoder()
/** Like Java, malformed text is replaced, not refused; and a byte order mark is text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
