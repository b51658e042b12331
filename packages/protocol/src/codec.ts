import type { DefaultValue, PlannedField, PlannedType, StructPlan } from './plan.ts'
import type { Reader } from './wire/reader.ts'
import { Writer } from './wire/writer.ts'

/** Larger arrays grow as their items come: whoever only says a large number gets no memory for it. */
const exactItemsMax = 64

/** A message or structure, as the codec sees it: the types of `schema.ts` say more to everybody else. */
export type Struct = { [name: string]: unknown }

/**
 * Writes a structure as its plan says. Throws EncodeError for a value that the wire cannot hold, for a missing field
 * without a default, and, as Kafka does, for a value other than the default in a version that cannot carry it.
 */
export function writeStruct(writer: Writer, plan: StructPlan, value: Readonly<Struct>): void {
  const { path } = writer
  const depth = path.length
  for (const field of plan.plain) {
    path[depth] = field.name
    writeValue(writer, field.type, valueOrDefault(writer, field, value))
  }
  for (const field of plan.absent) {
    path[depth] = field.name
    const given = value[field.name]
    if (given === undefined || field.isIgnorable || isDefault(field.defaultValue, given)) continue
    writer.fail('this version cannot carry a value other than the default')
  }
  path.length = depth
  if (plan.tagged !== undefined) writeTaggedFields(writer, plan.tagged, value)
}

/**
 * How many bytes of a message are byte fields: records are nearly all of a Produce request, so a writer that makes room
 * for them at once copies 160 KiB once instead of three times.
 */
export function countByteFields(plan: StructPlan, value: Readonly<Struct>): number {
  let count = 0
  for (const { name, type } of plan.plain) if (type.holdsBytes) count += countBytes(type, value[name])
  return count
}

/** Reads a structure as its plan says. Throws DecodeError; a field that the version lacks has its default. */
export function readStruct(reader: Reader, plan: StructPlan): Struct {
  const { path } = reader
  const depth = path.length
  const value: Struct = {}
  for (const field of plan.plain) {
    path[depth] = field.name
    value[field.name] = readValue(reader, field.type)
  }
  for (const field of plan.absent) value[field.name] = makeDefault(field.defaultValue)
  path.length = depth
  if (plan.tagged !== undefined) readTaggedFields(reader, plan.tagged, value)
  return value
}

function writeTaggedFields(writer: Writer, fields: readonly PlannedField[], value: Readonly<Struct>): void {
  const { path } = writer
  const depth = path.length
  let count = 0
  for (const field of fields) if (isPresent(field, value)) count++
  writer.unsignedVarint(count)
  for (const field of count === 0 ? [] : fields) {
    if (!isPresent(field, value)) continue
    // The size comes before the bytes and has no fixed width, so the value is written aside first. It is never large.
    const aside = new Writer()
    aside.path.push(...path, field.name)
    writeValue(aside, field.type, value[field.name])
    writer.unsignedVarint(field.tag)
    writer.unsignedVarint(aside.length)
    writer.raw(aside.finish())
  }
  path.length = depth
}

function isPresent(field: PlannedField, value: Readonly<Struct>): boolean {
  const given = value[field.name]
  return given !== undefined && !isDefault(field.defaultValue, given)
}

function readTaggedFields(reader: Reader, fields: readonly PlannedField[], value: Struct): void {
  const { path } = reader
  const depth = path.length
  for (const field of fields) value[field.name] = makeDefault(field.defaultValue)
  path[depth] = 'taggedFields'
  const count = reader.unsignedVarint()
  reader.checkCount(count, 2)
  for (let i = 0; i < count; i++) {
    path[depth] = 'taggedFields'
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    const field = fields.find((candidate) => candidate.tag === tag)
    if (field === undefined) {
      // A newer peer knows more: what it says is skipped by size.
      reader.byteView(size)
      continue
    }
    path[depth] = field.name
    const end = reader.offset + size
    value[field.name] = readValue(reader, field.type)
    if (reader.offset !== end) reader.fail(`a tagged field of ${size} bytes ends ${reader.offset - end} bytes off`)
  }
  path.length = depth
}

function writeValue(writer: Writer, type: PlannedType, value: unknown): void {
  if (value === null && !type.isNullable) writer.fail('must not be null in this version')
  switch (type.op) {
    case 'int8':
      writer.int8(value as number)
      break
    case 'int16':
      writer.int16(value as number)
      break
    case 'int32':
      writer.int32(value as number)
      break
    case 'int64':
      writer.int64(value as bigint)
      break
    case 'float64':
      writer.float64(value as number)
      break
    case 'boolean':
      writer.boolean(value as boolean)
      break
    case 'uuid':
      writer.uuid(value as string)
      break
    case 'string':
      writer.string(value as string | null)
      break
    case 'compact-string':
      writer.compactString(value as string | null)
      break
    case 'bytes':
      writer.lengthAndBytes(value as Uint8Array | null)
      break
    case 'compact-bytes':
      writer.compactBytes(value as Uint8Array | null)
      break
    case 'array':
      writer.int32(itemCount(writer, value))
      writeItems(writer, type.item, value)
      break
    case 'compact-array':
      writer.unsignedVarint(itemCount(writer, value) + 1)
      writeItems(writer, type.item, value)
      break
    case 'struct':
      if (type.isNullable) writer.int8(value === null ? -1 : 1)
      if (value === null) break
      if (typeof value !== 'object') writer.fail(`expected an object, got ${typeof value}`)
      writeStruct(writer, type.plan, value as Struct)
      break
  }
}

function readValue(reader: Reader, type: PlannedType): unknown {
  switch (type.op) {
    case 'int8':
      return reader.int8()
    case 'int16':
      return reader.int16()
    case 'int32':
      return reader.int32()
    case 'int64':
      return reader.int64()
    case 'float64':
      return reader.float64()
    case 'boolean':
      return reader.boolean()
    case 'uuid':
      return reader.uuid()
    case 'string':
      return readString(reader, type, reader.length16())
    case 'compact-string':
      return readString(reader, type, reader.compactLength())
    case 'bytes':
      return readBytes(reader, type, reader.length32())
    case 'compact-bytes':
      return readBytes(reader, type, reader.compactLength())
    case 'array':
      return readItems(reader, type, type.item, reader.length32())
    case 'compact-array':
      return readItems(reader, type, type.item, reader.compactLength())
    case 'struct':
      if (type.isNullable && reader.int8() < 0) return null
      return readStruct(reader, type.plan)
  }
}

function countBytes(type: PlannedType, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (value instanceof Uint8Array) return value.length
  if (type.op === 'struct') return countByteFields(type.plan, value as Struct)
  if (!('item' in type) || !Array.isArray(value)) return 0
  let count = 0
  for (const item of value) count += countBytes(type.item, item)
  return count
}

function writeItems(writer: Writer, item: PlannedType, values: unknown): void {
  if (!Array.isArray(values)) return
  const { path } = writer
  const depth = path.length
  for (let i = 0; i < values.length; i++) {
    path[depth] = i
    writeValue(writer, item, values[i])
  }
  path.length = depth
}

function readItems(reader: Reader, type: PlannedType, item: PlannedType, count: number): unknown[] | null {
  if (count < 0) return nullIfAllowed(reader, type)
  // At least one byte each, or an item without fields would be a way to ask for memory without paying for it.
  reader.checkCount(count, Math.max(1, item.bytesMin))
  const { path } = reader
  const depth = path.length
  // An array that grows begins with room for 17, and messages are kept: most arrays have one item.
  const values = count <= exactItemsMax ? new Array<unknown>(count) : []
  for (let i = 0; i < count; i++) {
    path[depth] = i
    values[i] = readValue(reader, item)
  }
  path.length = depth
  return values
}

function readString(reader: Reader, type: PlannedType, length: number): string | null {
  return length < 0 ? nullIfAllowed(reader, type) : reader.string(length)
}

function readBytes(reader: Reader, type: PlannedType, length: number): Uint8Array | null {
  return length < 0 ? nullIfAllowed(reader, type) : reader.byteView(length)
}

function nullIfAllowed(reader: Reader, type: PlannedType): null {
  return type.isNullable ? null : reader.fail('must not be null in this version')
}

function valueOrDefault(writer: Writer, field: PlannedField, value: Readonly<Struct>): unknown {
  const given = value[field.name]
  if (given !== undefined) return given
  return field.isOmittable ? makeDefault(field.defaultValue) : writer.fail('missing')
}

/** -1 stands for null. */
function itemCount(writer: Writer, value: unknown): number {
  if (value === null) return -1
  return Array.isArray(value) ? value.length : writer.fail(`expected an array, got ${typeof value}`)
}

function makeDefault(defaultValue: DefaultValue): unknown {
  switch (defaultValue.kind) {
    case 'scalar':
      return defaultValue.value
    case 'empty-bytes':
      return new Uint8Array(0)
    case 'empty-array':
      return []
    case 'struct': {
      const value: Struct = {}
      for (const field of fieldsOf(defaultValue.plan)) value[field.name] = makeDefault(field.defaultValue)
      return value
    }
  }
}

/** Whether Kafka's generated class would find the value equal to the default: by value, structures field by field. */
function isDefault(defaultValue: DefaultValue, value: unknown): boolean {
  switch (defaultValue.kind) {
    case 'scalar':
      return value === defaultValue.value
    case 'empty-bytes':
      return value instanceof Uint8Array && value.length === 0
    case 'empty-array':
      return Array.isArray(value) && value.length === 0
    case 'struct': {
      if (typeof value !== 'object' || value === null) return false
      return fieldsOf(defaultValue.plan).every((field) => {
        const given = (value as Struct)[field.name]
        return given === undefined || isDefault(field.defaultValue, given)
      })
    }
  }
}

function fieldsOf(plan: StructPlan): PlannedField[] {
  return [...plan.plain, ...(plan.tagged ?? []), ...plan.absent]
}
