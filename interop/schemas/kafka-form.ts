import type { DescribedField, DescribedMessage } from './described-message.ts'
import { includes, type KafkaDefinition, type KafkaField, parseVersions } from './kafka-definition.ts'

const scalars = new Set('bool int8 int16 uint16 int32 uint32 int64 float64 string bytes records uuid'.split(' '))

/** One of Kafka's definitions at one version, ready to be compared. Rules: FieldSpec and StructSpec of its generator. */
export function kafkaForm(definition: KafkaDefinition, version: number): DescribedMessage {
  const fields: DescribedField[] = []
  const common = new Map((definition.commonStructs ?? []).map((struct) => [struct.name, struct.fields]))
  walk(definition.fields, '', version, true, common, fields)
  return { isFlexible: includes(parseVersions(definition.flexibleVersions), version), fields }
}

function walk(
  fields: readonly KafkaField[],
  prefix: string,
  version: number,
  present: boolean,
  common: ReadonlyMap<string, readonly KafkaField[]>,
  into: DescribedField[],
): void {
  for (const field of fields) {
    const path = `${prefix}${field.name.charAt(0).toLowerCase()}${field.name.slice(1)}`
    const isHere = present && includes(parseVersions(field.versions), version)
    const isTagged = field.tag !== undefined && includes(parseVersions(field.taggedVersions), version)
    const isArray = field.type.startsWith('[]')
    const itemType = isArray ? field.type.slice(2) : field.type
    const isStruct = !scalars.has(itemType)
    into.push({
      path,
      type: `${isArray ? '[]' : ''}${isStruct ? 'struct' : itemType === 'bool' ? 'boolean' : itemType}`,
      place: !isHere ? 'absent' : isTagged ? field.tag : undefined,
      isNullable: includes(parseVersions(field.nullableVersions), version),
      default: defaultText(field, isArray, isStruct, itemType),
      isIgnorable: field.ignorable === true || String(field.ignorable) === 'true',
    })
    if (isStruct) {
      const inner = field.fields ?? common.get(itemType) ?? []
      walk(inner, `${path}${isArray ? '[].' : '.'}`, version, isHere, common, into)
    }
  }
}

/** FieldSpec.fieldDefault. */
function defaultText(field: KafkaField, isArray: boolean, isStruct: boolean, itemType: string): string {
  const text = field.default === undefined ? '' : String(field.default)
  if (text === 'null') return 'null'
  if (isArray || isStruct || itemType === 'bytes' || itemType === 'uuid') return 'empty'
  if (itemType === 'records') return 'null'
  if (itemType === 'string') return text
  if (itemType === 'bool') return text === '' ? 'false' : text
  if (text === '') return '0'
  return String(
    itemType === 'float64'
      ? Number(text)
      : BigInt(text.replace(/^-(0x.*)/, '$1')) * (text.startsWith('-0x') ? -1n : 1n),
  )
}
