import { invariant } from './invariant.ts'
import type { AnyField, Fields, FieldType, ScalarKind, VersionRange } from './schema.ts'
import { zeroUuid } from './wire/uuid.ts'

/**
 * What one version of a message looks like on the wire. This file is the only one that compares a version with a
 * number, next to `negotiate.ts`: the codec walks a plan and asks no questions.
 */
export interface StructPlan {
  /** The fields that are always written, in their order on the wire. */
  readonly plain: readonly PlannedField[]
  /** The tagged fields in the order of their tags; undefined where the version has none at all. */
  readonly tagged: readonly PlannedField[] | undefined
  /** The fields that this version cannot carry: a reader sees their default. */
  readonly absent: readonly PlannedField[]
  /** No value of this structure takes fewer bytes. */
  readonly bytesMin: number
}

export interface PlannedField {
  readonly name: string
  readonly type: PlannedType
  /** Only meaningful among the tagged fields. */
  readonly tag: number
  /** May be left out when encoding, because Kafka gives it a default or binds it to versions. */
  readonly isOmittable: boolean
  /** In a version that cannot carry it, a value other than the default is dropped in silence. */
  readonly isIgnorable: boolean
  readonly defaultValue: DefaultValue
}

/** Empty arrays and structures are made afresh for every message: they are mutable. */
export type DefaultValue =
  | { readonly kind: 'scalar'; readonly value: null | number | bigint | boolean | string }
  | { readonly kind: 'empty-bytes' }
  | { readonly kind: 'empty-array' }
  | { readonly kind: 'struct'; readonly plan: StructPlan }

interface TypeColumns {
  readonly isNullable: boolean
  /** No value takes fewer bytes. */
  readonly bytesMin: number
  /** There are bytes or records in it, somewhere: most of the size of a message that has any. */
  readonly holdsBytes: boolean
}

export type PlannedType = TypeColumns &
  (
    | { readonly op: Exclude<ScalarKind, 'string' | 'bytes' | 'records'> }
    | { readonly op: 'string' | 'compact-string' | 'bytes' | 'compact-bytes' }
    | { readonly op: 'array' | 'compact-array'; readonly item: PlannedType }
    | { readonly op: 'struct'; readonly plan: StructPlan }
  )

/** What an API has that matters to a plan. */
interface Versioned {
  readonly name: string
  readonly versions: VersionRange
  readonly flexibleFrom: number
  readonly request: Fields
  readonly response: Fields
}

/**
 * The plans of one API, each made when it is first asked for. It remembers pure results and nothing else, so two users
 * of an API cannot influence each other.
 */
export class PlanCache {
  private readonly api: Versioned
  private readonly made = { request: [] as StructPlan[], response: [] as StructPlan[] }

  constructor(api: Versioned) {
    this.api = api
  }

  /** The plan of one side at one version, which must be one of the API's. */
  of(side: 'request' | 'response', version: number): StructPlan {
    const known = this.made[side][version]
    if (known !== undefined) return known
    invariant(hasVersion(this.api, version), `${this.api.name} v${version} is not described`)
    const plan = planStruct(this.api[side], version, isFlexible(this.api, version))
    this.made[side][version] = plan
    return plan
  }
}

/** Whether this is a version of the API that is described here, and so can be encoded and decoded. */
export function hasVersion(api: { readonly versions: VersionRange }, version: number): boolean {
  return Number.isInteger(version) && contains(api.versions, version)
}

/** Whether this version has compact lengths and tagged fields. Also answers for versions that are not described. */
export function isFlexible(api: { readonly flexibleFrom: number }, version: number): boolean {
  return version >= api.flexibleFrom
}

/** Whether a client has to wait out `throttleTimeMs` itself, because the broker answered before throttling. KIP-219. */
export function throttlesAfterAnswering(api: { readonly throttlesAfterAnswering: number }, version: number): boolean {
  return version >= api.throttlesAfterAnswering
}

function planStruct(fields: Fields, version: number, flexible: boolean): StructPlan {
  const plain: PlannedField[] = []
  const tagged: PlannedField[] = []
  const absent: PlannedField[] = []
  for (const [name, field] of Object.entries(fields)) {
    const planned = planField(name, field, version, flexible)
    if (!contains(field.versions, version)) absent.push(planned)
    else if (field.tag !== undefined && version >= field.taggedFrom) tagged.push(planned)
    else plain.push(planned)
  }
  invariant(flexible || tagged.length === 0, `tagged fields need a flexible version: ${tagged[0]?.name} v${version}`)
  tagged.sort((a, b) => a.tag - b.tag)
  const bytesMin = plain.reduce((sum, field) => sum + field.type.bytesMin, flexible ? 1 : 0)
  return { plain, tagged: flexible ? tagged : undefined, absent, bytesMin }
}

function planField(name: string, field: AnyField, version: number, flexible: boolean): PlannedField {
  return {
    name,
    type: planType(field.type, version, flexible, version >= field.nullableFrom),
    tag: field.tag ?? -1,
    isOmittable: field.defaultValue !== undefined || field.tag !== undefined || isVersionBound(field),
    isIgnorable: field.isIgnorable,
    defaultValue: planDefault(field, version, flexible),
  }
}

function planType(type: FieldType, version: number, flexible: boolean, isNullable: boolean): PlannedType {
  switch (type.kind) {
    case 'array': {
      const item = planType(type.item, version, flexible, false)
      const { holdsBytes } = item
      return { op: flexible ? 'compact-array' : 'array', item, isNullable, bytesMin: flexible ? 1 : 4, holdsBytes }
    }
    case 'struct': {
      const plan = planStruct(type.fields, version, flexible)
      // A nullable structure starts with a byte that says whether there is one.
      const holdsBytes = plan.plain.some((field) => field.type.holdsBytes)
      return { op: 'struct', plan, isNullable, bytesMin: isNullable ? 1 : plan.bytesMin, holdsBytes }
    }
    case 'string':
      return { op: flexible ? 'compact-string' : 'string', isNullable, bytesMin: flexible ? 1 : 2, holdsBytes: false }
    case 'bytes':
    case 'records':
      return { op: flexible ? 'compact-bytes' : 'bytes', isNullable, bytesMin: flexible ? 1 : 4, holdsBytes: true }
    default:
      return { op: type.kind, isNullable, bytesMin: scalarBytes[type.kind], holdsBytes: false }
  }
}

const scalarBytes = { int8: 1, boolean: 1, int16: 2, int32: 4, int64: 8, float64: 8, uuid: 16 } as const

/** Kafka's rule (FieldSpec.fieldDefault): what `default` says, else the zero of the type; null for records. */
function planDefault(field: AnyField, version: number, flexible: boolean): DefaultValue {
  const { type, defaultValue } = field
  if (defaultValue !== undefined) return { kind: 'scalar', value: defaultValue as null | number | string }
  switch (type.kind) {
    case 'array':
      return { kind: 'empty-array' }
    case 'struct':
      return { kind: 'struct', plan: planStruct(type.fields, version, flexible) }
    case 'bytes':
      return { kind: 'empty-bytes' }
    default:
      return { kind: 'scalar', value: scalarDefaults[type.kind] }
  }
}

const scalarDefaults = {
  int8: 0,
  int16: 0,
  int32: 0,
  int64: 0n,
  float64: 0,
  boolean: false,
  string: '',
  records: null,
  uuid: zeroUuid,
} as const

function isVersionBound(field: AnyField): boolean {
  return field.versions.min > 0 || field.versions.max !== Number.POSITIVE_INFINITY
}

function contains(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max
}
