import type { Field, Fields } from '@harrow/protocol'
import { suggestion } from '../did-you-mean.ts'
import { shown } from '../field.ts'
import { errorRow } from './error.ts'

/** Fields of answers by dotted paths, and values for them as people write them. */

type FieldType = Field<unknown, unknown, boolean>['type']

/** What is wrong with setting the field at `path` to `value`, undefined if nothing is. */
export function editIssue(fields: Fields, path: string, value: unknown): string | undefined {
  const found = fieldAt(fields, path)
  if ('problem' in found) return found.problem
  const converted = convert(found.type, found.isNullable, value)
  return 'problem' in converted ? converted.problem : undefined
}

/** Sets every field that the path finds. Returns how many. */
export function applyEdit(fields: Fields, body: Record<string, unknown>, path: string, value: unknown): number {
  const found = fieldAt(fields, path)
  if ('problem' in found) return 0
  const converted = convert(found.type, found.isNullable, value)
  return 'problem' in converted ? 0 : setAt(body, path.split('.'), converted.value)
}

type FieldAt = { readonly type: FieldType; readonly isNullable: boolean } | { readonly problem: string }

function fieldAt(fields: Fields, path: string): FieldAt {
  let type: FieldType = { kind: 'struct', fields }
  let isNullable = false
  const walked: string[] = []
  for (const part of path.split('.')) {
    const here = walked.join('.') || 'the answer'
    if (type.kind === 'array') {
      if (part !== '*' && !/^\d+$/.test(part)) return { problem: `${here} is a list: say ${here}.* or ${here}.0` }
      type = type.item
      isNullable = false
    } else if (type.kind === 'struct') {
      const names = Object.keys(type.fields)
      const field: Field<unknown, unknown, boolean> | undefined = Object.hasOwn(type.fields, part)
        ? type.fields[part]
        : undefined
      if (field === undefined) {
        return { problem: `${here} has no ${shown(part)}${suggestion(part, names) || `; it has ${names.join(', ')}`}` }
      }
      type = field.type
      isNullable = field.nullableFrom !== Number.POSITIVE_INFINITY
    } else return { problem: `${here} is ${type.kind} and has no fields` }
    walked.push(part)
  }
  return { type, isNullable }
}

function setAt(into: unknown, parts: readonly string[], value: unknown): number {
  const [part, ...rest] = parts
  if (part === undefined || typeof into !== 'object' || into === null) return 0
  if (part === '*') {
    let count = 0
    for (const index of (into as unknown[]).keys()) count += setAt(into, [String(index), ...rest], value)
    return count
  }
  const record = into as Record<string, unknown>
  if (!Object.hasOwn(record, part)) return 0
  if (rest.length > 0) return setAt(record[part], rest, value)
  record[part] = value
  return 1
}

type Converted = { readonly value: unknown } | { readonly problem: string }

const integerBits: Readonly<Record<string, number>> = { int8: 8, int16: 16, int32: 32, int64: 64 }

/** From JSON to what the codec takes. */
function convert(type: FieldType, isNullable: boolean, value: unknown): Converted {
  const wrong = (wanted: string): Converted => ({ problem: `must be ${wanted}, not ${shown(value)}` })
  if (value === null) return isNullable ? { value } : wrong(type.kind)
  switch (type.kind) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
      return convertInteger(type.kind, value) ?? wrong(type.kind)
    case 'float64':
      return typeof value === 'number' ? { value } : wrong('a number')
    case 'boolean':
      return typeof value === 'boolean' ? { value } : wrong('true or false')
    case 'string':
      return typeof value === 'string' ? { value } : wrong('a string')
    case 'uuid':
      return typeof value === 'string' && /^[\w-]{22}$/.test(value) ? { value } : wrong('22 characters of base64url')
    case 'bytes':
    case 'records':
      return typeof value === 'string' ? { value: new TextEncoder().encode(value) } : wrong('text')
    case 'array':
      return Array.isArray(value) ? convertItems(type.item, value) : wrong('a list')
    case 'struct':
      return typeof value === 'object' && !Array.isArray(value)
        ? convertFields(type.fields, value as Readonly<Record<string, unknown>>)
        : wrong(`an object with ${Object.keys(type.fields).join(', ')}`)
  }
}

function convertInteger(kind: string, value: unknown): Converted | undefined {
  const bits = integerBits[kind] ?? 0
  const number = typeof value === 'string' ? (errorRow(value)?.code ?? value) : value
  const isWhole = typeof number === 'number' ? Number.isSafeInteger(number) : /^-?\d{1,19}$/.test(String(number))
  if (!isWhole || (typeof number === 'string' && kind !== 'int64')) return undefined
  const whole = BigInt(number as number | string)
  if (BigInt.asIntN(bits, whole) !== whole) return undefined
  return { value: kind === 'int64' ? whole : Number(whole) }
}

function convertItems(item: FieldType, values: readonly unknown[]): Converted {
  const items: unknown[] = []
  for (const value of values) {
    const converted = convert(item, false, value)
    if ('problem' in converted) return converted
    items.push(converted.value)
  }
  return { value: items }
}

function convertFields(fields: Fields, written: Readonly<Record<string, unknown>>): Converted {
  const value: Record<string, unknown> = {}
  for (const key of Object.keys(written)) {
    const message = editIssue(fields, key, written[key])
    if (message !== undefined) return { problem: `${key}: ${message}` }
    const found = fieldAt(fields, key)
    if ('problem' in found) return found
    const converted = convert(found.type, found.isNullable, written[key])
    if ('value' in converted) value[key] = converted.value
  }
  return { value }
}
