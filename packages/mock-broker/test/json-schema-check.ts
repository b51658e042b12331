/** A checker of the part of JSON Schema that the control API's document uses. Says what is wrong first, or nothing. */
export function schemaProblem(document: Json, schema: Json, value: unknown, path = ''): string | undefined {
  const { $ref, anyOf, enum: allowed, type, properties, required = [], items, additionalProperties } = schema
  if ($ref !== undefined) {
    const target = String($ref)
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Json)[key], document)
    if (target === undefined) return `${path}: ${String($ref)} leads nowhere`
    return schemaProblem(document, target as Json, value, path)
  }
  if (Array.isArray(anyOf)) {
    if (anyOf.some((one) => schemaProblem(document, one, value, path) === undefined)) return undefined
    return `${path}: fits none of ${anyOf.length}`
  }
  if (Array.isArray(allowed)) return allowed.includes(value) ? undefined : `${path}: ${String(value)} is not allowed`
  const types = type === undefined ? [] : [type].flat()
  if (types.length > 0 && !types.some((one) => isOf(one, value))) {
    return `${path}: ${JSON.stringify(value)} is no ${types.join(' or ')}`
  }
  if (Array.isArray(value)) {
    return value
      .map((item, index) => schemaProblem(document, (items ?? {}) as Json, item, `${path}[${index}]`))
      .find(Boolean)
  }
  if (typeof value !== 'object' || value === null || properties === undefined) return undefined
  const missing = (required as string[]).find((key) => !Object.hasOwn(value, key))
  if (missing !== undefined) return `${path}: ${missing} is missing`
  for (const [key, item] of Object.entries(value)) {
    const known = (properties as Json)[key] as Json | undefined
    // Stricter than the schema: what an answer has and the document does not know is forgotten documentation.
    if (known === undefined && (additionalProperties ?? false) === false) return `${path}: ${key} is not described`
    const problem = known && schemaProblem(document, known, item, `${path}.${key}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

export type Json = { readonly [key: string]: unknown }

function isOf(type: unknown, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
