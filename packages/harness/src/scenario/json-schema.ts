import { faultRuleSchema } from '@harrow/mock-broker/core'
import { producerConfigTable } from '@harrow/producer/core'
import { z } from 'zod'
import { expectations } from '../expect/index.ts'
import { qualifiers } from '../expect/qualifiers.ts'
import { steps } from '../workload/index.ts'
import { stepQualifiers } from '../workload/step-qualifiers.ts'
import { frameSchema } from './schema.ts'

type Json = Record<string, unknown>

const subjectToMatrix = ['network', 'cluster', 'workload', 'faults', 'expect']

/**
 * JSON Schema of a scenario file. Draft 7: the newest that the YAML language server documents support for. Producer
 * settings and faults come from the tables of their packages, so a new one needs no line here.
 */
export function jsonSchema(): Json {
  const frame = toJson(frameSchema)
  const { properties } = frame as { readonly properties: Readonly<Record<string, Json>> }
  const list = (key: string, items: Json): Json => ({ ...properties[key], items })
  const step = singleKeyMap(steps, toJson(z.strictObject(stepQualifiers)))
  const schema: Json = {
    ...frame,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'harrow scenario',
    properties: {
      ...properties,
      producer: producerSchema(),
      producers: { ...properties['producers'], additionalProperties: producerSchema() },
      workload: list('workload', { $ref: '#/definitions/step' }),
      faults: list('faults', faultRuleSchema()),
      expect: list('expect', singleKeyMap(expectations, toJson(z.strictObject(qualifiers)))),
    },
    definitions: { step: withLanes(step) },
  }
  return withPlaceholders(schema) as Json
}

/** The steps inside `parallel` are steps. */
function withLanes({ anyOf }: Json): Json {
  const lanes = (branch: Json): Json => {
    const properties = branch['properties'] as Readonly<Record<string, Json>>
    const { parallel } = properties
    if (parallel === undefined) return branch
    const items = { type: 'array', minItems: 1, items: { $ref: '#/definitions/step' } }
    return { ...branch, properties: { ...properties, parallel: { ...parallel, items } } }
  }
  return { anyOf: (anyOf as readonly Json[]).map(lanes) }
}

/** Wherever a number or a choice may stand, `$name` of a matrix may stand. */
function withPlaceholders(schema: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(schema)) return schema.map((one, i) => withPlaceholders(one, [...path, String(i)]))
  if (typeof schema !== 'object' || schema === null) return schema
  const node = schema as Json
  // The frame itself is not subject to the matrix, and names of keys are none of its business.
  const isFrame = path.length === 2 && path[0] === 'properties' && !subjectToMatrix.includes(path[1]!)
  if (isFrame || path.at(-1) === 'propertyNames') return node
  const isLeaf =
    ['integer', 'number', 'boolean'].includes(String(node['type'])) || Array.isArray(node['enum']) || 'const' in node
  if (isLeaf && typeof node['type'] === 'string') {
    const { description, ...rest } = node
    const text = description === undefined ? {} : { description }
    return { ...text, anyOf: [rest, { type: 'string', pattern: '^\\$[A-Za-z][\\w-]*$' }] }
  }
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, withPlaceholders(one, [...path, key])]))
}

/** `beside`: the schema of an object whose keys may stand beside the one key. */
function singleKeyMap(branches: Readonly<Record<string, { readonly schema: z.ZodType }>>, beside?: Json): Json {
  return {
    anyOf: Object.entries(branches).map(([name, { schema }]) => {
      const { $schema: _, ...value } = toJson(schema)
      return {
        type: 'object',
        properties: { [name]: value, ...(beside?.['properties'] as Json | undefined) },
        required: [name],
        additionalProperties: false,
      }
    }),
  }
}

function producerSchema(): Json {
  const rows = producerConfigTable.filter((row) => row.key !== 'bootstrap.servers')
  return {
    type: 'object',
    description: "Configuration of the producer under test, with Kafka's own keys.",
    additionalProperties: false,
    properties: Object.fromEntries(
      rows.map((row) => [row.key, { description: `${row.doc} Allowed: ${row.allowed}.` }]),
    ),
  }
}

function toJson(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as Json
}
