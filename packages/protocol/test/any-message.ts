import fc from 'fast-check'
import type { DefaultValue, PlannedField, PlannedType, StructPlan } from '../src/plan.ts'

type Struct = { [name: string]: unknown }

/** Values that a receiver knows, to be drawn half of the time: random names alone never get past "no such topic". */
export interface Likely {
  readonly strings?: readonly string[]
  readonly uuids?: readonly string[]
  readonly bytes?: readonly Uint8Array[]
  /** For whole numbers of up to 32 bits; within the range of each. */
  readonly integers?: readonly number[]
  readonly longs?: readonly bigint[]
}

/**
 * Any message that a version can carry: what to encode, and what decoding it must give. The two differ, because a field
 * that the version lacks is left out of the one and has its default in the other.
 */
export function anyMessage(plan: StructPlan, likely: Likely = {}): fc.Arbitrary<{ input: Struct; decoded: Struct }> {
  const carried = [...plan.plain, ...(plan.tagged ?? [])]
  const absent = Object.fromEntries(plan.absent.map((field) => [field.name, defaultOf(field.defaultValue)]))
  return fc.record(Object.fromEntries(carried.map((field) => [field.name, anyField(field, likely)]))).map((pairs) => {
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

function anyField(field: PlannedField, likely: Likely): fc.Arbitrary<Pair> {
  const fallback = defaultOf(field.defaultValue)
  // The default now and then: it is what decides whether a tagged field is written at all.
  const canBeDefault = fallback !== null || field.type.isNullable
  const any = anyValue(field.type, likely)
  return canBeDefault
    ? fc.oneof({ weight: 4, arbitrary: any }, fc.constant({ input: fallback, decoded: fallback }))
    : any
}

function anyValue(type: PlannedType, likely: Likely): fc.Arbitrary<Pair> {
  const some = anyPresent(type, likely)
  return type.isNullable ? fc.oneof({ weight: 4, arbitrary: some }, fc.constant({ input: null, decoded: null })) : some
}

function anyPresent(type: PlannedType, likely: Likely): fc.Arbitrary<Pair> {
  switch (type.op) {
    case 'struct':
      return anyMessage(type.plan, likely)
    case 'array':
    case 'compact-array':
      return fc.array(anyValue(type.item, likely), { maxLength: 2 }).map((items) => ({
        input: items.map((item) => item.input),
        decoded: items.map((item) => item.decoded),
      }))
    default:
      return withLikely(type.op, likely).map((value) => ({ input: value, decoded: value }))
  }
}

type ScalarOp = Exclude<PlannedType['op'], 'struct' | 'array' | 'compact-array'>

function withLikely(op: ScalarOp, likely: Likely): fc.Arbitrary<unknown> {
  const any = anyScalar(op)
  const known = likelyValues(op, likely)
  return known.length === 0 ? any : fc.oneof(any, fc.constantFrom(...known))
}

function likelyValues(op: ScalarOp, likely: Likely): readonly unknown[] {
  const { strings = [], uuids = [], bytes = [], integers = [], longs = [] } = likely
  const within = (bits: number) => integers.filter((one) => one >= -(2 ** (bits - 1)) && one < 2 ** (bits - 1))
  switch (op) {
    case 'int8':
      return within(8)
    case 'int16':
      return within(16)
    case 'int32':
      return within(32)
    case 'int64':
      return longs
    case 'uuid':
      return uuids
    case 'string':
    case 'compact-string':
      return strings
    case 'bytes':
    case 'compact-bytes':
      return bytes
    default:
      return []
  }
}

function anyScalar(op: ScalarOp): fc.Arbitrary<unknown> {
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
