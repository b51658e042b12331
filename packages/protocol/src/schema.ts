/**
 * The language in which `apis/` describes Kafka's messages. A description is data: it says for every field what Kafka's
 * own JSON definition says (type, versions, nullable versions, tag, default, ignorable), and TypeScript infers the type
 * of the message from it.
 *
 *     topics: array({
 *       name: string.nullable(12),            // null is allowed from version 12
 *       topicId: uuid.from(10).ignorable(),   // exists from version 10; dropped in silence before
 *     }),
 *     currentLeader: struct({ ... }).from(10).tagged(0),
 *
 * Nothing here compares versions: `plan.ts` does, once per API and version.
 */

/** Inclusive. `max` is Infinity for "until further notice". */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What a field holds. */
export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'array'; readonly item: FieldType }
  | { readonly kind: 'struct'; readonly fields: Fields }

export type ScalarKind =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'boolean'
  | 'string'
  | 'bytes'
  | 'records'
  | 'uuid'

/** The fields of a message or structure, in the order of Kafka's definition, which is the order on the wire. */
export type Fields = { readonly [name: string]: AnyField }

/** Any field: for code that walks descriptions. */
export type AnyField = Field<unknown, unknown, boolean>

interface FieldColumns {
  readonly versions: VersionRange
  readonly nullableFrom: number
  readonly tag: number | undefined
  readonly taggedFrom: number
  readonly defaultValue: unknown
  readonly isIgnorable: boolean
}

const plainColumns: FieldColumns = {
  versions: { min: 0, max: Number.POSITIVE_INFINITY },
  nullableFrom: Number.POSITIVE_INFINITY,
  tag: undefined,
  taggedFrom: Number.POSITIVE_INFINITY,
  defaultValue: undefined,
  isIgnorable: false,
}

/**
 * One field of a message. `Value` is what a decoded message holds, `Input` what may be given for encoding, `Omittable`
 * whether the field may be left out there. Immutable: every method returns another field.
 */
export class Field<Value, Input = Value, Omittable extends boolean = false> {
  /** Only for the type checker; never set. */
  declare readonly inferred: { value: Value; input: Input; omittable: Omittable }
  readonly type: FieldType
  /** The versions in which the field exists. */
  readonly versions: VersionRange
  /** First version in which it may be null; Infinity if never. */
  readonly nullableFrom: number
  /** Its number among the tagged fields, from `taggedFrom` on. See KIP-482. */
  readonly tag: number | undefined
  readonly taggedFrom: number
  /** What `.or()` said; undefined means the default of the type: 0, false, '', no bytes, no items, the zero UUID. */
  readonly defaultValue: unknown
  readonly isIgnorable: boolean

  constructor(type: FieldType, columns: FieldColumns = plainColumns) {
    this.type = type
    this.versions = columns.versions
    this.nullableFrom = columns.nullableFrom
    this.tag = columns.tag
    this.taggedFrom = columns.taggedFrom
    this.defaultValue = columns.defaultValue
    this.isIgnorable = columns.isIgnorable
  }

  /** Exists from this version on. */
  from(first: number): Field<Value, Input, true> {
    return new Field(this.type, { ...this, versions: { min: first, max: this.versions.max } })
  }

  /** Exists up to and including this version. */
  upTo(last: number): Field<Value, Input, true> {
    return new Field(this.type, { ...this, versions: { min: this.versions.min, max: last } })
  }

  /** May be null, from version `first` on; without it, in every version in which the field exists. */
  nullable(first = 0): Field<Value | null, Input | null, Omittable> {
    return new Field(this.type, { ...this, nullableFrom: first })
  }

  /** A tagged field: written only when it is not the default. From version `first` on; without it, in every version. */
  tagged(tag: number, first = 0): Field<Value, Input, true> {
    return new Field(this.type, { ...this, tag, taggedFrom: first })
  }

  /** What a reader sees when the field is absent, and what is written when it is left out. */
  or(value: Value & Scalar): Field<Value, Input, true> {
    return new Field(this.type, { ...this, defaultValue: value })
  }

  /** A value other than the default may be dropped in silence in a version that cannot carry it. */
  ignorable(): Field<Value, Input, Omittable> {
    return new Field(this.type, { ...this, isIgnorable: true })
  }
}

type Scalar = number | bigint | boolean | string | null

export const int8 = new Field<number>({ kind: 'int8' })
export const int16 = new Field<number>({ kind: 'int16' })
export const int32 = new Field<number>({ kind: 'int32' })
/** A bigint, for exactness: an offset or a producer id may pass 2^53. */
export const int64 = new Field<bigint>({ kind: 'int64' })
export const float64 = new Field<number>({ kind: 'float64' })
export const boolean = new Field<boolean>({ kind: 'boolean' })
export const string = new Field<string>({ kind: 'string' })
export const bytes = new Field<Uint8Array>({ kind: 'bytes' })
/** Record batches as bytes. On the wire the same as bytes; its default is null, as in Kafka. */
export const records = new Field<Uint8Array>({ kind: 'records' })
/** 22 characters of base64url, Kafka's way to print one. */
export const uuid = new Field<string>({ kind: 'uuid' })

/** A structure. Inside it, versions are those of the message. */
export function struct<const F extends Fields>(fields: F): Field<Decoded<F>, Encodable<F>> {
  return new Field({ kind: 'struct', fields })
}

/** A list of scalars (`array(int32)`), or of structures (`array({ name: string })`). */
export function array<Value>(item: Field<Value>): Field<Value[], readonly Value[]>
export function array<const F extends Fields>(fields: F): Field<Decoded<F>[], readonly Encodable<F>[]>
export function array(item: AnyField | Fields): Field<unknown[], readonly unknown[]> {
  const itemType: FieldType = item instanceof Field ? item.type : { kind: 'struct', fields: item }
  return new Field({ kind: 'array', item: itemType })
}

/** What decoding gives: every field is there, with its default where the version does not carry it. */
export type Decoded<F extends Fields> = Flat<{ -readonly [Name in keyof F]: F[Name]['inferred']['value'] }>

/** What encoding takes: a field that has a default or is bound to versions may be left out. */
export type Encodable<F extends Fields> = Flat<
  { readonly [Name in Required<F>]: F[Name]['inferred']['input'] } & {
    readonly [Name in Exclude<keyof F, Required<F>>]?: F[Name]['inferred']['input'] | undefined
  }
>

type Required<F extends Fields> = {
  [Name in keyof F]: F[Name]['inferred']['omittable'] extends true ? never : Name
}[keyof F]

/** Written out, so that an editor shows the fields and not the arithmetic. */
type Flat<T> = { [Name in keyof T]: T[Name] } & {}
