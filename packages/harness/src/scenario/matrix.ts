import { didYouMean } from './nearest.ts'
import type { ScenarioIssue } from './schema.ts'

type Path = readonly (string | number)[]
type Value = string | number | boolean

/** More than this is a campaign: `harrow explore`. */
const combinationsMax = 256
const placeholder = /\$([A-Za-z][\w-]*)/g

/** One of the scenarios that a file with a matrix stands for. */
export interface Variant {
  /** `[acks=all, codec=gzip]`; empty without a matrix. */
  readonly label: string
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * Every combination of the values of a `matrix`, with `$name` replaced. A text that is nothing but a placeholder
 * becomes the value itself, so that a number stays one; inside a longer text it is inserted.
 */
export function expandMatrix(
  input: Readonly<Record<string, unknown>>,
): { readonly variants: readonly Variant[] } | { readonly issues: readonly ScenarioIssue[] } {
  const { matrix, ...rest } = input
  // Without a matrix a dollar is a dollar.
  if (matrix === undefined) return { variants: [{ label: '', input }] }
  const axes = Object.entries(matrix as Readonly<Record<string, readonly Value[]>>)
  const issues: ScenarioIssue[] = []
  const names = axes.map(([name]) => name)
  const used = new Set<string>()
  for (const { path, name } of placeholdersIn(rest, [])) {
    used.add(name)
    if (names.includes(name)) continue
    issues.push({ path, at: 'value', message: `$${name} is not in the matrix${didYouMean(name, names)}` })
  }
  for (const name of names) {
    if (!used.has(name))
      issues.push({ path: ['matrix', name], at: 'key', message: `nothing uses $${name}: every run would be the same` })
  }
  const total = axes.reduce((product, [, values]) => product * values.length, 1)
  if (total > combinationsMax)
    issues.push({ path: ['matrix'], at: 'key', message: `${total} combinations, at most ${combinationsMax} are run` })
  if (issues.length > 0) return { issues }
  return { variants: combinations(axes).map((chosen) => variantOf(rest, chosen)) }
}

function combinations(axes: readonly (readonly [string, readonly Value[]])[]): ReadonlyMap<string, Value>[] {
  return axes.reduce<ReadonlyMap<string, Value>[]>(
    (made, [name, values]) => made.flatMap((one) => values.map((value) => new Map([...one, [name, value]]))),
    [new Map()],
  )
}

function variantOf(input: Readonly<Record<string, unknown>>, chosen: ReadonlyMap<string, Value>): Variant {
  const parts = [...chosen].map(([name, value]) => `${name}=${value}`)
  return {
    label: parts.length === 0 ? '' : `[${parts.join(', ')}]`,
    input: replaced(input, chosen) as Variant['input'],
  }
}

function replaced(value: unknown, chosen: ReadonlyMap<string, Value>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$([A-Za-z][\w-]*)$/.exec(value)?.[1]
    if (whole !== undefined) return chosen.get(whole)
    return value.replaceAll(placeholder, (_, name: string) => String(chosen.get(name)))
  }
  if (Array.isArray(value)) return value.map((item) => replaced(item, chosen))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, chosen)]))
}

function* placeholdersIn(value: unknown, path: Path): Generator<{ readonly path: Path; readonly name: string }> {
  if (typeof value === 'string') {
    for (const [, name = ''] of value.matchAll(placeholder)) yield { path, name }
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value)
    for (const [key, inner] of Object.entries(value))
      yield* placeholdersIn(inner, [...path, isList ? Number(key) : key])
  }
}
