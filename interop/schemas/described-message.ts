/**
 * One message at one version in a neutral form, into which both our descriptions and Kafka's definitions are brought in
 * order to be compared.
 */
export interface DescribedMessage {
  readonly isFlexible: boolean
  readonly fields: readonly DescribedField[]
}

export interface DescribedField {
  /** From the message down: `topics[].partitions[].index`. */
  readonly path: string
  /** `int32`, `[]string`, `[]struct`, `struct`. */
  readonly type: string
  /** A number for a tagged field, undefined for a plain one, `absent` when this version cannot carry it. */
  readonly place: number | 'absent' | undefined
  readonly isNullable: boolean
  readonly default: string
  readonly isIgnorable: boolean
}

/** What in the form depends on the release, and what is on the wire and so may never differ. */
export type Strictness = 'everything' | 'wire'

/** The differences, one line each; no lines when both say the same. */
export function compareMessages(
  ours: DescribedMessage,
  theirs: DescribedMessage,
  strictness: Strictness,
): readonly string[] {
  const differences: string[] = []
  if (ours.isFlexible !== theirs.isFlexible) {
    differences.push(`is ${ours.isFlexible ? '' : 'not '}flexible, Kafka: ${theirs.isFlexible}`)
  }
  const byPath = new Map(theirs.fields.map((field) => [field.path, field]))
  for (const field of ours.fields) {
    const other = byPath.get(field.path)
    byPath.delete(field.path)
    if (other !== undefined) differences.push(...compareFields(field, other, strictness))
    // A field that this version lacks on both sides needs no description.
    else if (field.place !== 'absent') differences.push(`${field.path}: Kafka has no such field`)
  }
  for (const field of byPath.values()) {
    if (field.place !== 'absent') differences.push(`${field.path}: not described by us`)
  }
  const order = (message: DescribedMessage) =>
    message.fields.filter((field) => field.place === undefined).map((field) => field.path)
  if (differences.length === 0 && order(ours).join() !== order(theirs).join()) {
    differences.push(`order is ${order(ours).join()}, Kafka: ${order(theirs).join()}`)
  }
  return differences
}

function compareFields(ours: DescribedField, theirs: DescribedField, strictness: Strictness): string[] {
  const differences: string[] = []
  const compare = (what: keyof DescribedField) => {
    if (ours[what] !== theirs[what]) differences.push(`${ours.path}: ${what} is ${ours[what]}, Kafka: ${theirs[what]}`)
  }
  compare('place')
  if (differences.length > 0) return differences
  if (ours.place !== 'absent') {
    compare('type')
    compare('isNullable')
  }
  if (strictness === 'everything') {
    compare('default')
    compare('isIgnorable')
  }
  return differences
}
