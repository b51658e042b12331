import { type Field, type Issue, parseObject } from '../../field.ts'

/** A toxic as toxiproxy's clients write it. */
export interface Toxic {
  readonly name: string
  readonly type: string
  readonly stream: 'upstream' | 'downstream'
  /** Share of connections there, of requests here. */
  readonly toxicity: number
  readonly attributes: Readonly<Record<string, number>>
}

/** How a type of toxic is played: what a fault rule does, or why there is none for it. */
interface ToxicType {
  readonly attributes: readonly string[]
  action(attributes: Readonly<Record<string, number>>, stream: Toxic['stream']): object | string
}

/**
 * Toxiproxy's toxics as actions of fault rules. Toxiproxy pushes bytes about and knows no requests; here a toxic acts on
 * requests and their answers, so an answer is never cut by accident in the middle.
 */
export const toxicTypes: Readonly<Record<string, ToxicType>> = {
  latency: {
    attributes: ['latency', 'jitter'],
    action({ latency = 0, jitter = 0 }, stream) {
      // Toxiproxy's goes both ways, ours adds.
      const least = Math.max(0, latency - jitter)
      return { delay: least, jitter: latency + jitter - least, side: stream === 'upstream' ? 'request' : 'response' }
    },
  },
  timeout: {
    attributes: ['timeout'],
    action({ timeout = 0 }, stream) {
      if (timeout !== 0) return 'only timeout 0 is played: silence until the client gives up'
      return { drop: stream === 'upstream' ? 'request' : 'response' }
    },
  },
  reset_peer: {
    attributes: ['timeout'],
    action({ timeout = 0 }, stream) {
      if (timeout !== 0) return { accept: 'then-reset', after: timeout }
      return { disconnect: stream === 'upstream' ? 'before-handling' : 'after-handling', how: 'reset' }
    },
  },
  bandwidth: {
    attributes: ['rate'],
    action({ rate = 0 }, stream) {
      if (rate === 0) return 'a rate of 0 is not played: use timeout'
      // Toxiproxy counts kilobytes of 1000 bytes.
      return { bandwidth: rate * 1000, side: stream === 'upstream' ? 'request' : 'response' }
    },
  },
  slicer: {
    attributes: ['average_size', 'size_variation', 'delay'],
    action({ average_size = 0, size_variation = 0, delay = 0 }, stream) {
      if (stream === 'upstream') return 'only answers are sliced: use downstream'
      if (size_variation !== 0) return 'size_variation is not played: leave it at 0'
      // Toxiproxy counts this one in microseconds.
      return delay === 0 ? { slice: average_size } : { drip: average_size, every: delay / 1000 }
    },
  },
  slow_close: { attributes: ['delay'], action: () => 'slow_close is not played' },
  limit_data: {
    attributes: ['bytes'],
    action({ bytes = 0 }, stream) {
      if (stream !== 'upstream') return 'only requests are limited: use upstream, or the fault "truncate"'
      if (bytes === 0) return 'a limit of 0 is not played: disable the proxy'
      return { accept: 'then-close', bytes }
    },
  },
}

const number = { is: 'number', min: 0, max: Number.MAX_SAFE_INTEGER } as const

/** A toxic and the rule that plays it, or what is wrong. `known` is what stood there before an update. */
export function toxicRule(
  body: unknown,
  broker: number,
  known?: Toxic,
): { readonly toxic: Toxic; readonly rule: Record<string, unknown> } | { readonly problem: string } {
  const issues: Issue[] = []
  const written = parseObject(toxicFields, { ...known, ...(body as object) }, [], issues)
  const { type = '', stream = 'downstream', toxicity = 1, attributes = {} } = written as Partial<Toxic>
  const played = Object.hasOwn(toxicTypes, type) ? toxicTypes[type] : undefined
  if (issues.length === 0 && played === undefined) return { problem: `invalid toxic type "${type}"` }
  const names: readonly Field[] = (played?.attributes ?? []).map((key) => ({ key, type: number, doc: '' }))
  const merged = { ...known?.attributes, ...attributes }
  parseObject(names, merged, ['attributes'], issues)
  const [issue] = issues
  if (issue !== undefined || played === undefined) {
    return { problem: issue === undefined ? 'no toxic' : `${issue.path.join('.')}: ${issue.message}` }
  }
  const name = (written as Partial<Toxic>).name ?? `${type}_${stream}`
  const action = played.action(merged, stream)
  if (typeof action === 'string') return { problem: action }
  const rule = {
    name: `toxic ${name} of broker-${broker}`,
    on: { broker },
    do: action,
    times: 'always',
    ...(toxicity === 1 ? {} : { probability: toxicity }),
  }
  return { toxic: { name, type, stream, toxicity, attributes: merged }, rule }
}

const toxicFields: readonly Field[] = [
  { key: 'name', type: { is: 'string' }, doc: '' },
  { key: 'type', type: { is: 'string' }, doc: '' },
  { key: 'stream', type: { is: 'one-of', values: ['upstream', 'downstream'] }, doc: '' },
  { key: 'toxicity', type: { is: 'number', min: 0, max: 1 }, doc: '' },
  { key: 'attributes', type: { is: 'map', of: number }, doc: '' },
]
