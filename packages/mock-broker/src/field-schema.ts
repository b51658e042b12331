import { faultKinds } from './faults/index.ts'
import { ruleFields } from './faults/rule.ts'
import type { Field, FieldType } from './field.ts'

/** A JSON Schema, of the part that draft 7 and 2020-12 have in common. */
export type JsonSchema = { readonly [key: string]: unknown }

/** The schema of an object that people write, from the table that parses it. */
export function objectSchema(fields: readonly Field[]): JsonSchema {
  const required = fields.filter((field) => field.required).map((field) => field.key)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.key, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

export function fieldSchema({ type, doc, default: fallback }: Field): JsonSchema {
  return { ...typeSchema(type), description: doc, ...(fallback === undefined ? {} : { default: fallback }) }
}

export function typeSchema(type: FieldType): JsonSchema {
  switch (type.is) {
    case 'integer':
    case 'number':
      return { type: type.is, minimum: type.min, maximum: type.max }
    case 'boolean':
    case 'string':
      return { type: type.is }
    case 'duration':
    case 'size':
      return { type: ['number', 'string'] }
    case 'one-of':
      return { enum: [...type.values] }
    case 'object':
      return objectSchema(type.fields)
    case 'list':
      return { type: 'array', items: typeSchema(type.of) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.of) }
    case 'kafka':
      return { anyOf: [typeSchema(type.of), { type: 'string' }] }
    case 'any-of':
      return { anyOf: type.types.map(typeSchema) }
    case 'function':
      return {}
  }
}

/** The schema of a fault rule: its conditions, and every kind of fault. */
export function faultRuleSchema(): JsonSchema {
  const rule = objectSchema(ruleFields)
  const actions = faultKinds.map((kind) => ({ ...objectSchema(kind.fields), description: kind.doc }))
  const { properties } = rule as { readonly properties: JsonSchema }
  return { ...rule, properties: { ...properties, do: { anyOf: actions, description: 'What happens.' } } }
}
