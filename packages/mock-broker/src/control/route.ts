import type { Clock } from '@harrow/runtime'
import type { ClusterCore } from '../cluster-core.ts'
import type { Field } from '../field.ts'
import type { JsonSchema } from '../field-schema.ts'

/** One operation of the control API: data for the router and for the OpenAPI document alike. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Segments in braces are path parameters: `/v1/brokers/{broker}/stop`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  /** Path parameters and query parameters. A number may come as digits, since everything in an address is text. */
  readonly parameters?: readonly Parameter[]
  readonly body?: { readonly schema: JsonSchema; readonly isRequired: boolean }
  /** What it answers when all is well; errors are the same everywhere. */
  readonly answer: {
    readonly status: number
    readonly doc: string
    readonly schema?: JsonSchema
    readonly type?: string
  }
  /** Replies once, now or later. What it returns is called if the client goes before. */
  run(call: ControlCall, reply: Reply): GiveUp | undefined
}

export type Parameter = Field & { readonly in: 'path' | 'query' }

export type GiveUp = () => void

export type Reply = (
  answer:
    | { readonly status: number; readonly json: unknown }
    | { readonly status: number; readonly type: string; readonly content: string | Uint8Array },
) => void

export interface ControlCall {
  readonly cluster: ClusterCore
  readonly clock: Clock
  /** By name, as the route's table has parsed them; a default is filled in. */
  readonly parameters: Readonly<Record<string, string | number | undefined>>
  /** Parsed JSON, not checked any further. Undefined if there was none. */
  readonly body: unknown
}

/** Something that the caller asked for is not there or not as it should be. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A path or query parameter that is always there: a path parameter, or one with a default. */
export function textOfParameter(call: ControlCall, name: string): string {
  return String(call.parameters[name])
}

export function numberOfParameter(call: ControlCall, name: string): number {
  return Number(call.parameters[name])
}

/** The parameters of these names that were given: for queries whose fields have the same names. */
export function given<Name extends string>(call: ControlCall, names: readonly Name[]): { [Key in Name]?: never } {
  const found: Record<string, unknown> = {}
  for (const name of names) if (call.parameters[name] !== undefined) found[name] = call.parameters[name]
  return found as { [Key in Name]?: never }
}

const nodeId = { is: 'kafka', of: { is: 'integer', min: 0, max: 2 ** 31 - 1 } } as const

export const brokerParameter: Parameter = {
  key: 'broker',
  in: 'path',
  type: nodeId,
  doc: 'Node id.',
  required: true,
}

export const topicParameter: Parameter = {
  key: 'topic',
  in: 'path',
  type: { is: 'string' },
  doc: 'Topic name.',
  required: true,
}

export const partitionParameter: Parameter = {
  key: 'partition',
  in: 'path',
  type: nodeId,
  doc: 'Its number.',
  required: true,
}

export function queryText(key: string, doc: string): Parameter {
  return { key, in: 'query', type: { is: 'string' }, doc }
}

export function queryNumber(key: string, doc: string, fallback?: number): Parameter {
  const type = { is: 'kafka', of: { is: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } } as const
  return { key, in: 'query', type, doc, ...(fallback === undefined ? {} : { default: fallback }) }
}
