import { apis } from '@harrow/protocol'
import type { Duration } from '@harrow/runtime'
import { suggestion } from '../did-you-mean.ts'
import { type Field, type Issue, parseObject, shown } from '../field.ts'
import type { FaultKind, RuleContext } from './fault-kind.ts'
import { faultKinds, type ParsedAction } from './index.ts'

/** Which requests a rule is about. All conditions given must hold; one that a request has nothing to say to fails. */
export interface RequestConditions {
  /** Kafka's name, such as `Produce`. */
  readonly api?: string
  /** Node id of the broker asked. */
  readonly broker?: number
  /** A topic the request names. */
  readonly topic?: string
  /** A partition the request names, of `topic` or of any. */
  readonly partition?: number
  readonly clientId?: string
  /** API version. */
  readonly version?: number
  /** Only the nth request that fits the conditions above, counted from 1 since the rule was added. */
  readonly nth?: number
  /** Not the first so many of them. */
  readonly after?: number
  /** Every so many of them, counted after `after`. */
  readonly every?: number
}

/** What happens. */
export type FaultAction =
  | { readonly error: string | number; readonly after?: 'append' }
  | { readonly delay: Duration; readonly side?: 'request' | 'response' }
  | { readonly drop: 'request' | 'response' }
  | { readonly disconnect: 'before-handling' | 'after-handling'; readonly how?: 'fin' | 'reset' }
  | { readonly 'stop-broker': number | 'leader'; readonly for?: Duration; readonly how?: 'fin' | 'reset' }
  | { readonly 'start-broker': number }
  | { readonly 'move-leader': { readonly topic: string; readonly partition: number; readonly to?: number } }

/** A fault: when, what, how often. Plain data; the same in TypeScript and YAML. */
export interface FaultRule {
  /** For reports. Default: `fault 1`, `fault 2` and so on. */
  readonly name?: string
  /** Default: any request. */
  readonly on?: RequestConditions
  /** Instead of `on`: so long after the rule was added. For what happens to the cluster. */
  readonly at?: Duration
  /** May be left out of an observing rule only. */
  readonly do?: FaultAction
  /** How often it may act. Default 1. */
  readonly times?: number | 'always'
  /** Chance that it acts on a request that fits, from 0 to 1; seeded. */
  readonly probability?: number
  /** Only counts, and shadows no other rule. */
  readonly observe?: boolean
}

/** A rule as parsed: known keys only, units resolved, its kind looked up. Also a valid `FaultRule`. */
export interface ParsedFaultRule {
  readonly name?: string
  readonly on?: RequestConditions
  /** Milliseconds. */
  readonly at?: number
  readonly do?: ParsedAction
  readonly times?: number | 'always'
  readonly probability?: number
  readonly observe?: boolean
}

const int32Max = 2 ** 31 - 1
const count = { is: 'integer', min: 1, max: int32Max } as const
const id = { is: 'integer', min: 0, max: int32Max } as const

/** The conditions on a request, in the order in which a near miss is told. */
export const conditionFields: readonly Field[] = [
  { key: 'api', type: { is: 'one-of', values: Object.keys(apis) }, doc: "Kafka's name of the request's API." },
  { key: 'broker', type: id, doc: 'Node id of the broker asked.' },
  { key: 'clientId', type: { is: 'string' }, doc: '`client.id` of the sender.' },
  { key: 'version', type: { is: 'integer', min: 0, max: 32_767 }, doc: 'API version of the request.' },
  { key: 'topic', type: { is: 'string' }, doc: 'A topic that the request names.' },
  { key: 'partition', type: id, doc: 'A partition that the request names, of `topic` or of any.' },
  { key: 'nth', type: count, doc: 'Only the nth request that fits all the others, counted from 1.' },
  { key: 'after', type: { is: 'integer', min: 0, max: int32Max }, doc: 'Not the first so many that fit.' },
  { key: 'every', type: count, doc: 'Every so many that fit, counted behind `after`.' },
]

/** A rule, apart from `do`, whose fields are those of the fault kinds. */
export const ruleFields: readonly Field[] = [
  { key: 'name', type: { is: 'string' }, doc: 'For reports.' },
  { key: 'on', type: { is: 'object', fields: conditionFields }, doc: 'Which requests; all that is given must hold.' },
  { key: 'at', type: { is: 'duration' }, doc: 'Instead of `on`: so long after the rule was added.' },
  {
    key: 'times',
    type: { is: 'any-of', types: [count, { is: 'one-of', values: ['always'] }] },
    doc: 'How often it may act.',
    default: 1,
  },
  { key: 'probability', type: { is: 'number', min: 0, max: 1 }, doc: 'Chance that it acts on a request that fits.' },
  { key: 'observe', type: { is: 'boolean' }, doc: 'Only counts, and shadows no other rule.', default: false },
]

/** A rule that does not parse: everything that is wrong with it at once. */
export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('\n'))
    this.issues = issues
  }
}

/** From anything: YAML, JSON, TypeScript. Never throws. */
export function parseFaultRule(
  input: unknown,
): { readonly rule: ParsedFaultRule } | { readonly issues: readonly Issue[] } {
  const issues: Issue[] = []
  const action: Field = { key: 'do', type: { is: 'map', of: { is: 'string' } }, doc: 'What happens.' }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { issues: [{ path: [], message: `a fault rule must be an object, not ${shown(input)}` }] }
  }
  const written = (input as { do?: unknown }).do
  // `do` has a parser of its own, yet must be a known key here.
  const rule: ReadRule = parseObject([...ruleFields, action], { ...input, do: undefined }, [], issues)
  const context = { isTimed: 'at' in rule, api: rule.on?.api }
  const parsed = written === undefined ? undefined : parseAction(written, context, issues)
  if (parsed !== undefined) rule.do = parsed
  if (written === undefined && rule.observe !== true) {
    issues.push({ path: [], message: '"do" is missing (only an observing rule may do nothing)' })
  }
  if ('at' in rule) checkTimed(rule, written, issues)
  return issues.length > 0 ? { issues } : { rule }
}

/** The kind of an action: the one whose key it has. */
export function kindOf(action: ParsedAction): FaultKind | undefined {
  return faultKinds.find((kind) => kind.key in action)
}

function parseAction(written: unknown, context: RuleContext, issues: Issue[]): ParsedAction | undefined {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    issues.push({ path: ['do'], message: `must be an object, not ${shown(written)}` })
    return undefined
  }
  const keys = faultKinds.map((kind) => kind.key)
  const kinds = faultKinds.filter((kind) => Object.hasOwn(written, kind.key))
  const kind = kinds[0]
  if (kind === undefined || kinds.length > 1) {
    const first = Object.keys(written)[0] ?? ''
    const message =
      kinds.length > 1
        ? `does one thing: either ${kinds.map(({ key }) => `"${key}"`).join(' or ')}`
        : `does nothing known: ${shown(first)}${suggestion(first, keys) || `; known: ${keys.join(', ')}`}`
    issues.push({ path: kinds.length > 1 || first === '' ? ['do'] : ['do', first], message })
    return undefined
  }
  const before = issues.length
  const action = parseObject(kind.fields, written, ['do'], issues)
  if (issues.length === before) issues.push(...(kind.check?.(action as never, context, ['do']) ?? []))
  return action as unknown as ParsedAction
}

function checkTimed(rule: ReadRule, written: unknown, issues: Issue[]): void {
  if ('on' in rule) issues.push({ path: ['at'], message: 'either `at` or `on`: a time, or requests' })
  for (const key of ['times', 'probability', 'observe']) {
    if (key in rule) issues.push({ path: [key], message: 'goes with `on`: a time comes once' })
  }
  const kind = faultKinds.find(({ key }) => typeof written === 'object' && written !== null && key in written)
  if (kind === undefined || kind.scope === 'cluster') return
  const timed = faultKinds.filter((one) => one.scope === 'cluster').map((one) => one.key)
  issues.push({
    path: ['at'],
    message: `"${kind.key}" happens to a request: use \`on\`. With \`at\`: ${timed.join(', ')}`,
  })
}

type ReadRule = { -readonly [Key in keyof ParsedFaultRule]: ParsedFaultRule[Key] }
