import { fieldSchema, type JsonSchema } from '../field-schema.ts'
import type { Parameter, Route } from './route.ts'
import { schemaOf, schemas } from './schemas.ts'

/** The OpenAPI 3.1 document of these routes. */
export function openApi(routes: readonly Route[]): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const route of routes) {
    const path = paths[route.path] ?? {}
    path[route.method.toLowerCase()] = operation(route)
    paths[route.path] = path
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'harrow control API',
      version: '1',
      description:
        'Controls a mock Kafka cluster from any language. Durations are milliseconds or "150ms", "2s"; sizes are bytes or "16KiB". 64-bit integers are plain numbers.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas },
  }
}

function operation(route: Route): JsonSchema {
  const { operationId, summary, parameters = [], body, answer } = route
  const type = answer.type ?? 'application/json'
  const media = answer.schema === undefined ? {} : { schema: answer.schema }
  return {
    operationId,
    summary,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameter) }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.isRequired, content: { 'application/json': { schema: body.schema } } } }),
    responses: {
      [answer.status]: { description: answer.doc, content: { [type]: media } },
      default: {
        description: 'What is wrong: 404 not there, 409 not now, 422 not like this.',
        content: { 'application/json': { schema: schemaOf('Error') } },
      },
    },
  }
}

function parameter(field: Parameter): JsonSchema {
  const { description, ...schema } = fieldSchema(field)
  // Everything in an address is text; the schema says what it stands for.
  const plain = field.type.is === 'kafka' ? { ...schema, ...fieldSchema({ ...field, type: field.type.of }) } : schema
  const { anyOf: _, description: __, ...rest } = plain as JsonSchema
  return { name: field.key, in: field.in, description, required: field.in === 'path', schema: rest }
}
