import { type Api, type Field, type Fields, isFlexible } from '@harrow/protocol'
import type { DescribedField, DescribedMessage } from './described-message.ts'

type AnyField = Field<unknown, unknown, boolean>
type FieldType = AnyField['type']

/** One of our descriptions at one version, ready to be compared. */
export function ourForm(api: Api, side: 'request' | 'response', version: number): DescribedMessage {
  const fields: DescribedField[] = []
  walk(api[side], '', version, true, fields)
  return { isFlexible: isFlexible(api, version), fields }
}

function walk(fields: Fields, prefix: string, version: number, present: boolean, into: DescribedField[]): void {
  for (const [name, field] of Object.entries(fields)) {
    const path = `${prefix}${name}`
    const isHere = present && version >= field.versions.min && version <= field.versions.max
    const isTagged = field.tag !== undefined && version >= field.taggedFrom
    into.push({
      path,
      type: typeName(field.type),
      place: !isHere ? 'absent' : isTagged ? field.tag : undefined,
      isNullable: version >= field.nullableFrom,
      default: defaultText(field),
      isIgnorable: field.isIgnorable,
    })
    const inner = innerFields(field.type)
    if (inner !== undefined) {
      walk(inner, `${path}${field.type.kind === 'array' ? '[].' : '.'}`, version, isHere, into)
    }
  }
}

function typeName(type: FieldType): string {
  return type.kind === 'array' ? `[]${typeName(type.item)}` : type.kind
}

function innerFields(type: FieldType): Fields | undefined {
  if (type.kind === 'struct') return type.fields
  return type.kind === 'array' ? innerFields(type.item) : undefined
}

function defaultText(field: AnyField): string {
  if (field.defaultValue !== undefined) return String(field.defaultValue)
  switch (field.type.kind) {
    case 'array':
    case 'struct':
    case 'bytes':
    case 'uuid':
      return 'empty'
    case 'records':
      return 'null'
    case 'string':
      return ''
    case 'boolean':
      return 'false'
    default:
      return '0'
  }
}
