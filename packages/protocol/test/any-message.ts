import fc from 'fast-check'
import type { DefaultValue, PlannedField, PlannedType, StructPlan } from '../src/plan.ts'

type Struct = { [name: string]: unknown }

/**
 * Any message that a version can carry: what to encode, and what decoding it must give. The two differ, because a field
 * that the version lacks is left out of the one and has its default in the other.
 */
export function anyMessage(plan: StructPlan): fc.Arbitrary<{ input: Struct; decoded: Struct }> {
  const carried = [...plan.plain, ...(plan.tagged ?? [])]
  const absent = Object.fromEntries(plan.absent.map((field) => [field.name, defaultOf(field.defaultValue)]))
  return fc.record(Object.fromEntries(carried.map((field) => [field.name, anyField(field)]))).map((pairs) => {
    const input: Struct = {}
    const decoded: Struct = { ...absent }
    for (const [name, pair] of Object.entries(pairs)) {
      input[name] = pair.input
      decoded[name] = pair.decoded
    }
    return { input, decoded }
  })
}

interface Pair {
  input: unknown
  decoded: unknown
}

function anyField(field: PlannedField): fc.Arbitrary<Pair> {
  const fallback = defaultOf(field.defaultValue)
  // The default now and then: it is what decides whether a tagged field is written at all.
  const canBeDefault = fallback !== null || field.type.isNullable
  const any = anyValue(field.type)
  return canBeDefault
    ? fc.oneof({ weight: 4, arbitrary: any }, fc.constant({ input: fallback, decoded: fallback }))
    : any
}

function anyValue(type: PlannedType): fc.Arbitrary<Pair> {
  const some = anyPresent(type)
  return type.isNullable ? fc.oneof({ weight: 4, arbitrary: some }, fc.constant({ input: null, decoded: null })) : some
}

function anyPresent(type: PlannedType): fc.Arbitrary<Pair> {
  switch (type.op) {
    case 'struct':
      return anyMessage(type.plan)
    case 'array':
    case 'compact-array':
      return fc.array(anyValue(type.item), { maxLength: 2 }).map((items) => ({
        input: items.map((item) => item.input),
        decoded: items.map((item) => item.decoded),
      }))
    default:
      return anyScalar(type.op).map((value) => ({ input: value, decoded: value }))
  }
}

function anyScalar(op: Exclude<PlannedType['op'], 'struct' | 'array' | 'compact-array'>): fc.Arbitrary<unknown> {
  switch (op) {
    case 'int8':
      return fc.integer({ min: -0x80, max: 0x7f })
    case 'int16':
      return fc.integer({ min: -0x8000, max: 0x7fff })
    case 'int32':
      return fc.integer({ min: -0x80000000, max: 0x7fffffff })
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
    case 'string':
    case 'compact-string':
      return fc.string({ unit: 'binary', maxLength: 12 })
    case 'bytes':
    case 'compact-bytes':
      return fc.uint8Array({ maxLength: 20 })
  }
}

function defaultOf(defaultValue: DefaultValue): unknown {
  switch (defaultValue.kind) {
    case 'scalar':
      return defaultValue.value
    case 'empty-bytes':
      return new Uint8Array(0)
    case 'empty-array':
      return []
    case 'struct': {
      const { plain, tagged = [], absent } = defaultValue.plan
      return Object.fromEntries(
        [...plain, ...tagged, ...absent].map((field) => [field.name, defaultOf(field.defaultValue)]),
      )
    }
  }
}
