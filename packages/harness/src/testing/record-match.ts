import type { StoredRecord } from '@harrow/mock-broker'

/**
 * What a record in a log should look like: only what is given must hold. Strings are compared with the UTF-8 text of key,
 * value or header; a pattern with the same; bytes byte for byte; an object as a part of the JSON value; null with null.
 */
export interface RecordExpectation {
  readonly key?: string | Uint8Array | RegExp | null
  readonly value?: string | Uint8Array | RegExp | null | { readonly [field: string]: unknown }
  readonly headers?: Readonly<Record<string, string | Uint8Array | RegExp | null>>
  readonly partition?: number
}

/** An expectation, or any question about the record. */
export type RecordMatch = RecordExpectation | ((record: StoredRecord) => boolean)

export function matchesRecord(record: StoredRecord, match: RecordMatch): boolean {
  if (typeof match === 'function') return match(record)
  if (match.partition !== undefined && match.partition !== record.partition) return false
  if (match.key !== undefined && !matchesBytes(record.key, match.key)) return false
  if (match.value !== undefined && !matchesBytes(record.value, match.value)) return false
  return Object.entries(match.headers ?? {}).every(([key, wanted]) =>
    record.headers.some((header) => header.key === key && matchesBytes(header.value, wanted)),
  )
}

/** For messages: `{"key":"o-1","value":{"total":3}}`. */
export function describeMatch(match: RecordMatch): string {
  if (typeof match === 'function') return match.name === '' ? 'a record of which the function says yes' : match.name
  return JSON.stringify(match, (_, value: unknown) => {
    if (value instanceof RegExp) return String(value)
    return value instanceof Uint8Array ? previewBytes(value) : value
  })
}

/** Text if it is text, else hex; cut short. */
export function previewBytes(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null'
  const text = textOf(bytes)
  const shown =
    text ?? `0x${[...bytes.subarray(0, previewMax)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
  return shown.length > previewMax ? `${shown.slice(0, previewMax)}... (${bytes.length} bytes)` : shown
}

const previewMax = 60

function matchesBytes(bytes: Uint8Array | null, wanted: unknown): boolean {
  if (wanted === null || bytes === null) return wanted === bytes
  if (wanted instanceof Uint8Array)
    return wanted.length === bytes.length && wanted.every((byte, i) => byte === bytes[i])
  const text = textOf(bytes)
  if (text === undefined) return false
  if (typeof wanted === 'string') return text === wanted
  // A pattern with the flag g remembers where it was.
  if (wanted instanceof RegExp) return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(text)
  try {
    return isPartOf(wanted, JSON.parse(text))
  } catch {
    return false
  }
}

/** Objects may have more fields than wanted, at any depth; arrays and everything else must be equal. */
function isPartOf(wanted: unknown, actual: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return Object.is(wanted, actual)
  if (typeof actual !== 'object' || actual === null) return false
  if (Array.isArray(wanted) || Array.isArray(actual)) {
    if (!Array.isArray(wanted) || !Array.isArray(actual) || wanted.length !== actual.length) return false
    return wanted.every((item, i) => isPartOf(item, actual[i]))
  }
  return Object.entries(wanted).every(
    ([field, value]) => Object.hasOwn(actual, field) && isPartOf(value, (actual as Record<string, unknown>)[field]),
  )
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
