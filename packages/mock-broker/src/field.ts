import { parseDurationMs, parseSizeBytes } from '@harrow/runtime'
import { suggestion } from './did-you-mean.ts'

/**
 * What a value may be. A description, not a function, so that one table parses input, explains mistakes, and later
 * prints the documentation and the JSON schema.
 */
export type FieldType =
  | { readonly is: 'integer'; readonly min: number; readonly max: number }
  | { readonly is: 'number'; readonly min: number; readonly max: number }
  | { readonly is: 'boolean' }
  | { readonly is: 'string' }
  /** Milliseconds, or `150ms`, `2s`; parsed to milliseconds. */
  | { readonly is: 'duration' }
  /** Bytes, or `16KiB`; parsed to bytes. */
  | { readonly is: 'size'; readonly min: number; readonly max: number }
  | { readonly is: 'one-of'; readonly values: readonly string[] }
  | { readonly is: 'object'; readonly fields: readonly Field[] }
  | { readonly is: 'list'; readonly of: FieldType }
  | { readonly is: 'map'; readonly of: FieldType }
  /** A value of Kafka's configuration, where a number may also be written as a string of digits. */
  | { readonly is: 'kafka'; readonly of: FieldType }
  /** Whatever JSON can say; who uses it checks it. */
  | { readonly is: 'any' }
  /** A function: only ever from TypeScript. */
  | { readonly is: 'function' }
  | { readonly is: 'any-of'; readonly types: readonly FieldType[] }

/** One key of an object that people write. */
export interface Field {
  readonly key: string
  readonly type: FieldType
  readonly doc: string
  readonly required?: true
  /** What holds when the key is left out, for documentation. */
  readonly default?: string | number | boolean
}

/** What is wrong with some input, and where in it. */
export interface Issue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** The parsed object: known keys only, units resolved. Keys that are absent or undefined stay absent. */
export function parseObject(
  fields: readonly Field[],
  input: unknown,
  path: Issue['path'],
  issues: Issue[],
): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  if (!isObject(input)) {
    issues.push({ path, message: `must be an object, not ${shown(input)}` })
    return parsed
  }
  const keys = fields.map((field) => field.key)
  for (const key of Object.keys(input)) {
    if (keys.includes(key)) continue
    issues.push({
      path: [...path, key],
      message: `unknown key "${key}"${suggestion(key, keys) || `; known: ${keys.join(', ')}`}`,
    })
  }
  for (const field of fields) {
    const value = Object.hasOwn(input, field.key) ? input[field.key] : undefined
    if (value !== undefined) parsed[field.key] = parseValue(field.type, value, [...path, field.key], issues)
    else if (field.required) issues.push({ path, message: `"${field.key}" is missing` })
  }
  return parsed
}

/** The parsed value; what it is after an issue was added does not matter. */
export function parseValue(type: FieldType, value: unknown, path: Issue['path'], issues: Issue[]): unknown {
  const wrong = (because = `must be ${describeType(type)}, not ${shown(value)}`): undefined => {
    issues.push({ path, message: because })
    return undefined
  }
  switch (type.is) {
    case 'integer':
    case 'number': {
      const fits = typeof value === 'number' && value >= type.min && value <= type.max
      return fits && (type.is === 'number' || Number.isInteger(value)) ? value : wrong()
    }
    case 'boolean':
    case 'string':
    case 'function':
      return typeof value === type.is ? value : wrong()
    case 'any':
      return value
    case 'duration':
      return parseDurationMs(value) ?? wrong()
    case 'size': {
      const bytes = parseSizeBytes(value)
      return bytes !== undefined && bytes >= type.min && bytes <= type.max ? bytes : wrong()
    }
    case 'one-of':
      if (typeof value === 'string' && type.values.includes(value)) return value
      return wrong(
        `must be ${describeType(type)}, not ${shown(value)}${typeof value === 'string' ? suggestion(value, type.values) : ''}`,
      )
    case 'object':
      return parseObject(type.fields, value, path, issues)
    case 'list':
      if (!Array.isArray(value)) return wrong()
      return value.map((item, index) => parseValue(type.of, item, [...path, index], issues))
    case 'map':
      if (!isObject(value)) return wrong()
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, parseValue(type.of, item, [...path, key], issues)]),
      )
    case 'kafka':
      return parseValue(
        type.of,
        typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
        path,
        issues,
      )
    case 'any-of':
      return parseAnyOf(type.types, value, path, issues)
  }
}

/** What a type allows, in words. */
export function describeType(type: FieldType): string {
  switch (type.is) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`
    case 'number':
      return `a number from ${type.min} to ${type.max}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return 'a string'
    case 'function':
      return 'a function'
    case 'any':
      return 'a value'
    case 'duration':
      return 'a duration such as 150, "150ms" or "2s"'
    case 'size':
      return `a size such as 4096, "16KiB" or "1MiB" (${type.min} to ${type.max} bytes)`
    case 'one-of':
      return type.values.length > 12 ? 'a known name' : `one of ${type.values.map((value) => `"${value}"`).join(', ')}`
    case 'object':
      return `an object with ${type.fields.map((field) => field.key).join(', ')}`
    case 'list':
      return `a list; each item ${describeType(type.of)}`
    case 'map':
      return `a map; each value ${describeType(type.of)}`
    case 'kafka':
      return describeType(type.of)
    case 'any-of':
      return type.types.map(describeType).join(', or ')
  }
}

/** How a wrong value is quoted in a message: short, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

function parseAnyOf(types: readonly FieldType[], value: unknown, path: Issue['path'], issues: Issue[]): unknown {
  let nearest: { issues: Issue[]; depth: number } | undefined
  for (const type of types) {
    const found: Issue[] = []
    const parsed = parseValue(type, value, path, found)
    if (found.length === 0) return parsed
    // The alternative whose mistake lies deepest, or that has a suggestion, is the one that was meant.
    const depth = Math.max(
      ...found.map((issue) => issue.path.length * 2 + (issue.message.includes('did you mean') ? 1 : 0)),
    )
    if (nearest === undefined || depth > nearest.depth) nearest = { issues: found, depth }
  }
  const isMeant = nearest !== undefined && nearest.depth > path.length * 2
  if (isMeant && nearest !== undefined) issues.push(...nearest.issues)
  else issues.push({ path, message: `must be ${describeType({ is: 'any-of', types })}, not ${shown(value)}` })
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
