import { apis } from '@harrow/protocol'
import type { Duration } from '@harrow/runtime'
import { suggestion } from '../did-you-mean.ts'
import { type Field, type Issue, parseObject, shown } from '../field.ts'
import type { FaultKind, RuleContext } from './fault-kind.ts'
import { type FaultAction, faultKinds, type ParsedAction } from './index.ts'
import { connectionConditions } from './match.ts'

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

/** Another rule, by name, that has hit so often (once, if it does not say). */
export interface OtherRule {
  readonly hit: string
  readonly times?: number
}

/**
 * A fault: when, what, how often. Plain data; the same in TypeScript and YAML. Everything that says when must hold at
 * once: the conditions in `on`, the window from `from` to `until`, the count, and chance.
 */
export interface FaultRule {
  /** For reports, and for other rules to refer to. Default: `fault 1`, `fault 2` and so on. */
  readonly name?: string
  /** Default: any request, or any connection where the fault is one of connections. */
  readonly on?: RequestConditions
  /** Instead of `on`: so long after the rule was added. For what happens to the cluster. */
  readonly at?: Duration
  /** Not before so long after the rule was added. What comes before is not counted. */
  readonly from?: Duration
  /** Only until so long after the rule was added, or until another rule has hit. */
  readonly until?: Duration | OtherRule
  /** As if the rule was added only when another rule has hit: counts and times begin then. */
  readonly once?: OtherRule
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
  /** Milliseconds, like the next two. */
  readonly at?: number
  readonly from?: number
  readonly until?: number | OtherRule
  readonly once?: OtherRule
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

const otherRule = {
  is: 'object',
  fields: [
    { key: 'hit', type: { is: 'string' }, doc: 'Name of the other rule.', required: true },
    { key: 'times', type: count, doc: 'How often it must have hit.', default: 1 },
  ],
} as const

/** A rule, apart from `do`, whose fields are those of the fault kinds. */
export const ruleFields: readonly Field[] = [
  { key: 'name', type: { is: 'string' }, doc: 'For reports, and for other rules to refer to.' },
  { key: 'on', type: { is: 'object', fields: conditionFields }, doc: 'Which requests; all that is given must hold.' },
  { key: 'at', type: { is: 'duration' }, doc: 'Instead of `on`: so long after the rule was added.' },
  {
    key: 'from',
    type: { is: 'duration' },
    doc: 'Not before so long after the rule was added; nothing is counted before.',
  },
  {
    key: 'until',
    type: { is: 'any-of', types: [{ is: 'duration' }, otherRule] },
    doc: 'Only until so long after the rule was added, or until another rule has hit.',
  },
  {
    key: 'once',
    type: otherRule,
    doc: 'As if the rule was added only when another rule has hit: times and counts begin then.',
  },
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
  const context = { isTimed: 'at' in rule, on: rule.on ?? {} }
  const parsed = written === undefined ? undefined : parseAction(written, context, issues)
  if (parsed !== undefined) rule.do = parsed
  if (written === undefined && rule.observe !== true) {
    issues.push({ path: [], message: '"do" is missing (only an observing rule may do nothing)' })
  }
  if ('at' in rule) checkTimed(rule, written, issues)
  checkWindow(rule, issues)
  if (issues.length === 0 && isForConnections(rule)) checkConnection(rule, issues)
  return issues.length > 0 ? { issues } : { rule }
}

/** Whether a rule acts on connections when they are accepted, and not on requests. */
export function isForConnections(rule: ParsedFaultRule): boolean {
  const { do: action } = rule
  return action !== undefined && kindOf(action)?.stage(action as never) === 'connecting'
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
  for (const key of ['from', 'times', 'probability', 'observe']) {
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

function checkWindow({ at, from = 0, until }: ReadRule, issues: Issue[]): void {
  if (typeof until !== 'number') return
  if (at !== undefined) issues.push({ path: ['until'], message: 'a time goes with `on`, not with `at`' })
  else if (until <= from) issues.push({ path: ['until'], message: `must be later than \`from\`, ${from} ms` })
}

function checkConnection({ on = {} }: ReadRule, issues: Issue[]): void {
  for (const key of Object.keys(on)) {
    if (connectionConditions.some((one) => one === key)) continue
    const message = `a connection has no ${key} when it is accepted; conditions: ${connectionConditions.join(', ')}`
    issues.push({ path: ['on', key], message })
  }
}

type ReadRule = { -readonly [Key in keyof ParsedFaultRule]: ParsedFaultRule[Key] }
