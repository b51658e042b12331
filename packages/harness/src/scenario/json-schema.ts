import { faultRuleSchema } from '@harrow/mock-broker/core'
import { producerConfigTable } from '@harrow/producer/core'
import { z } from 'zod'
import { expectations } from '../expect/index.ts'
import { qualifiers } from '../expect/qualifiers.ts'
import { steps } from '../workload/index.ts'
import { frameSchema } from './schema.ts'

type Json = Record<string, unknown>

/**
 * JSON Schema of a scenario file. Draft 7: the newest that the YAML language server documents support for. Producer
 * settings and faults come from the tables of their packages, so a new one needs no line here.
 */
export function jsonSchema(): Json {
  const frame = toJson(frameSchema)
  const { properties } = frame as { readonly properties: Readonly<Record<string, Json>> }
  const list = (key: string, items: Json): Json => ({ ...properties[key], items })
  return {
    ...frame,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'harrow scenario',
    properties: {
      ...properties,
      producer: producerSchema(),
      workload: list('workload', singleKeyMap(steps)),
      faults: list('faults', faultRuleSchema()),
      expect: list('expect', singleKeyMap(expectations, toJson(z.strictObject(qualifiers)))),
    },
  }
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
