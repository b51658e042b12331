import type { Clock } from '@harrow/runtime'
import type { ClusterCore } from '../cluster-core.ts'
import { ClusterOptionsError } from '../config.ts'
import { FaultRuleError } from '../faults/rule.ts'
import { type Issue, parseValue } from '../field.ts'
import { JournalOverflowError } from '../journal.ts'
import { jsonText } from '../json-text.ts'
import { decodedPart } from './address.ts'
import { openApi } from './openapi.ts'
import { type ControlCall, ControlError, type GiveUp, type Reply, type Route } from './route.ts'
import { routes } from './routes/index.ts'
import { ToxiproxyApi } from './toxiproxy/toxiproxy-api.ts'

export interface ControlRequest {
  readonly method: string
  /** Path and query, as they came. */
  readonly target: string
  readonly body: Uint8Array
}

export interface ControlResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/**
 * The control API of a cluster, without a socket: a request goes in, a response comes out, now or, for what waits, later.
 * `server.ts` puts it on a port.
 */
export class ControlApi {
  private readonly cluster: ClusterCore
  private readonly clock: Clock
  private readonly toxiproxy: ToxiproxyApi

  constructor(cluster: ClusterCore, clock: Clock) {
    this.cluster = cluster
    this.clock = clock
    this.toxiproxy = new ToxiproxyApi(cluster)
  }

  /** Calls `respond` exactly once, unless what it returns is called before: the client is gone. Throws nothing. */
  take(request: ControlRequest, respond: (response: ControlResponse) => void): GiveUp {
    const reply: Reply = (answer) => {
      if ('json' in answer) respond(json(answer.status, answer.json))
      else respond({ status: answer.status, headers: { 'content-type': answer.type }, body: answer.content })
    }
    try {
      return this.dispatch(request, reply) ?? (() => {})
    } catch (error) {
      reply(errorAnswer(error))
      return () => {}
    }
  }

  private dispatch({ method, target, body }: ControlRequest, reply: Reply): GiveUp | undefined {
    const [path = '', query = ''] = target.split('?', 2)
    if (path === '/openapi.json' && method === 'GET') {
      reply({ status: 200, json: openApi(routes) })
      return undefined
    }
    if (this.toxiproxy.take(method, path, () => parsedBody(body), reply)) return undefined
    const fitting = routes.flatMap((route) => {
      const values = pathValues(route, path)
      return values === undefined ? [] : [{ route, values }]
    })
    const found = fitting.find(({ route }) => route.method === method)
    if (found === undefined) {
      if (fitting.length === 0) throw new ControlError(404, `nothing at ${path}; GET /openapi.json lists what there is`)
      throw new ControlError(405, `${path} takes ${fitting.map(({ route }) => route.method).join(', ')}, not ${method}`)
    }
    const call: ControlCall = {
      cluster: this.cluster,
      clock: this.clock,
      parameters: parametersOf(found.route, found.values, query),
      body: bodyOf(found.route, body),
    }
    return found.route.run(call, reply)
  }
}

/** The values of the path parameters; undefined if the path is another one. */
function pathValues(route: Route, path: string): Record<string, string> | undefined {
  const wanted = route.path.split('/')
  const actual = path.split('/')
  if (wanted.length !== actual.length) return undefined
  const values: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const text = actual[index] ?? ''
    if (!segment.startsWith('{')) {
      if (segment !== text) return undefined
    } else if (text === '') return undefined
    else values[segment.slice(1, -1)] = decodedPart(text)
  }
  return values
}

function parametersOf(
  route: Route,
  values: Readonly<Record<string, string>>,
  query: string,
): ControlCall['parameters'] {
  const issues: Issue[] = []
  const parsed: Record<string, string | number | undefined> = {}
  const fields = route.parameters ?? []
  const written = { ...queryValues(query), ...values }
  for (const key of Object.keys(written)) {
    if (!fields.some((field) => field.key === key)) {
      const known = fields.map((field) => field.key).join(', ') || 'none'
      issues.push({ path: [key], message: `unknown parameter "${key}"; known: ${known}` })
    }
  }
  for (const { key, type, default: fallback } of fields) {
    const value = written[key]
    if (value !== undefined) parsed[key] = parseValue(type, value, [key], issues) as string | number | undefined
    else if (fallback !== undefined) parsed[key] = fallback as string | number
  }
  if (issues.length > 0) throw new ParameterError(issues)
  return parsed
}

function queryValues(query: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [key = '', value = ''] = pair.split('=', 2)
    values[decodedPart(key.replaceAll('+', ' '))] = decodedPart(value.replaceAll('+', ' '))
  }
  return values
}

function bodyOf(route: Route, bytes: Uint8Array): unknown {
  if (bytes.length === 0) {
    if (route.body?.isRequired !== true) return undefined
    throw new ControlError(422, 'a JSON object is wanted as the body')
  }
  const body = parsedBody(bytes)
  return route.body === undefined ? undefined : body
}

/** Undefined if there is none. */
function parsedBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ControlError(400, `the body is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

class ParameterError extends Error {
  override readonly name = 'ParameterError'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
    this.issues = issues
  }
}

function errorAnswer(error: unknown): { status: number; json: unknown } {
  if (error instanceof ControlError) return { status: error.status, json: { message: error.message } }
  if (error instanceof FaultRuleError || error instanceof ClusterOptionsError || error instanceof ParameterError) {
    return { status: 422, json: { message: error.message, issues: error.issues } }
  }
  if (error instanceof JournalOverflowError) return { status: 409, json: { message: error.message } }
  // No such broker, topic or partition.
  if (error instanceof RangeError) return { status: 404, json: { message: error.message } }
  return { status: 500, json: { message: error instanceof Error ? (error.stack ?? error.message) : String(error) } }
}

function json(status: number, value: unknown): ControlResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${jsonText(value)}\n` }
}
