import {
  type ClusterOptions,
  ClusterOptionsError,
  type ParsedFaultRule,
  parseClusterOptions,
  parseFaultRule,
} from '@harrow/mock-broker/core'
import { producerConfigTable } from '@harrow/producer/core'
import { z } from 'zod'
import { expectations } from '../expect/index.ts'
import { isQualifier, qualifiers } from '../expect/qualifiers.ts'
import { steps } from '../workload/index.ts'
import type { ParsedStep } from '../workload/step.ts'
import { isStepQualifier, stepQualifiers } from '../workload/step-qualifiers.ts'
import { expandMatrix } from './matrix.ts'
import { didYouMean } from './nearest.ts'
import { namedProducers, noProducer, parseProducers, producerNames } from './parse-producers.ts'
import { defaultProducer } from './producers.ts'
import { type Frame, frameSchema, type ParsedScenario, type ScenarioIssue } from './schema.ts'

/** Validates a scenario that is one run; all issues are found in one go. */
export function parseScenario(input: unknown): { scenario: ParsedScenario } | { issues: ScenarioIssue[] } {
  const parsed = parseScenarios(input)
  if ('issues' in parsed) return parsed
  const [scenario, ...more] = parsed.scenarios
  if (more.length === 0) return { scenario: scenario! }
  const message = `these are ${parsed.scenarios.length} scenarios, of a matrix or a repetition: ask for all of them`
  return { issues: [{ path: [], at: 'value', message }] }
}

/** Validates a scenario: one, or, with a matrix or a repetition, all that it stands for. */
export function parseScenarios(input: unknown): { scenarios: ParsedScenario[] } | { issues: ScenarioIssue[] } {
  if (!isMap(input)) return parseOne(input)
  const { matrix, repeat, ...rest } = input
  const shape = frameSchema.pick({ matrix: true, repeat: true })
  const axes = { ...(matrix === undefined ? {} : { matrix }), ...(repeat === undefined ? {} : { repeat }) }
  const frame = shape.safeParse(axes)
  if (!frame.success)
    return { issues: frame.error.issues.flatMap((issue) => toIssues(shape, issue, { input: axes, base: [] })) }
  const expanded = expandMatrix(matrix === undefined ? rest : { ...rest, matrix })
  if ('issues' in expanded) return { issues: [...expanded.issues] }
  const scenarios: ParsedScenario[] = []
  for (const { label, input: one } of expanded.variants) {
    const parsed = parseOne(one)
    // What is wrong in one combination is mostly wrong in all: the first is enough to say it.
    if ('issues' in parsed) return parsed
    const [{ name }] = [parsed.scenarios[0]!]
    for (let repetition = 0; repetition < (frame.data.repeat ?? 1); repetition++) {
      const variant = [label, ...(frame.data.repeat === undefined ? [] : [`#${repetition + 1}`])].join(' ').trim()
      const marks = variant === '' ? {} : { name: `${name} ${variant}`, variant, repetition }
      scenarios.push({ ...parsed.scenarios[0]!, ...marks })
    }
  }
  return { scenarios }
}

function parseOne(input: unknown): { scenarios: ParsedScenario[] } | { issues: ScenarioIssue[] } {
  if (!isMap(input))
    return {
      issues: [
        {
          path: [],
          at: 'value',
          message: `expected a scenario, a map with the keys ${Object.keys(frameSchema.shape).join(', ')}`,
        },
      ],
    }
  const frame = frameSchema.safeParse(input)
  const issues = frame.success
    ? []
    : frame.error.issues.flatMap((issue) => toIssues(frameSchema, issue, { input, base: [] }))
  // Lists go on even if the frame has issues, as far as they are lists: one run shows everything that is wrong.
  const list = (key: string): readonly unknown[] => (Array.isArray(input[key]) ? input[key] : [])
  const { producer, producers } = parseProducers(input, issues)
  const names = producerNames({ producers })
  const mustName = names.length > 1 && !names.includes(defaultProducer)
  const workload = list('workload').map((step, i) => parseStep(step, ['workload', i], { issues, names, mustName }))
  const expect = list('expect').map((one, i) => parseExpectation(one, ['expect', i], { issues, names }))
  const faults = list('faults').map((rule, i) => parseFault(rule, ['faults', i], issues))
  checkHits(workload, faults, issues)
  if (frame.success) checkNeeds(frame.data, issues)
  if (frame.success) checkRoundRobin(frame.data, workload, issues)
  if (frame.success) checkCluster(frame.data, issues)
  if (!frame.success || issues.length > 0) return { issues }
  return {
    scenarios: [
      {
        isParsed: true,
        ...frame.data,
        producer,
        producers,
        workload: workload.filter((step) => step !== undefined),
        faults: faults.filter((rule) => rule !== undefined),
        expect: expect.filter((one) => one !== undefined),
      },
    ],
  }
}

/** A single-key map: its key says which branch, and only that branch is validated, so that its messages are about it. */
function parseBranch(
  branches: Readonly<Record<string, { readonly schema: z.ZodType }>>,
  what: string,
  input: unknown,
  path: readonly (string | number)[],
  issues: ScenarioIssue[],
): Record<string, unknown> | undefined {
  const names = Object.keys(branches)
  const keys = isMap(input) ? Object.keys(input) : []
  const known = keys.find((key) => Object.hasOwn(branches, key))
  if (!isMap(input) || keys.length === 0) {
    const hint = typeof input === 'string' && Object.hasOwn(branches, input) ? ` Write "${input}:" with a colon.` : ''
    issues.push({
      path,
      at: 'value',
      message: `expected one ${what}: a map with one key out of ${names.join(', ')}.${hint}`,
    })
    return undefined
  }
  for (const key of keys) {
    if (key === known) continue
    const message = Object.hasOwn(branches, key)
      ? `one ${what} has one key, and this one has "${known}" already: begin a new item`
      : `unknown ${what} "${key}"${didYouMean(key, names) || `; known: ${names.join(', ')}`}`
    issues.push({ path: [...path, key], at: 'key', message })
  }
  if (known === undefined) return undefined
  const schema = branches[known]!.schema
  const parsed = schema.safeParse(input[known])
  if (parsed.success) return { [known]: parsed.data }
  issues.push(
    ...parsed.error.issues.flatMap((issue) => toIssues(schema, issue, { input: input[known], base: [...path, known] })),
  )
  return undefined
}

interface StepsAround {
  readonly issues: ScenarioIssue[]
  /** Of the producers. */
  readonly names: readonly string[]
  /** Whether a step without `producer` could mean anybody. */
  readonly mustName: boolean
}

/** A step and whom it names, and the steps of `parallel`. */
function parseStep(input: unknown, path: readonly (string | number)[], around: StepsAround): ParsedStep | undefined {
  const { issues, names } = around
  const { qualifiers: given, rest } = isMap(input) ? qualified(input, isStepQualifier) : { qualifiers: {}, rest: input }
  const schema = z.strictObject(stepQualifiers)
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    issues.push(...parsed.error.issues.flatMap((issue) => toIssues(schema, issue, { input: given, base: path })))
  const wanted = parsed.data?.producer
  const producer = wanted === undefined ? undefined : namedProducers(wanted, names, [...path, 'producer'], issues)
  const branch = parseBranch(steps, 'step', rest, path, issues)
  if (branch === undefined) return undefined
  checkWhose(branch, path, { ...around, producer })
  const lanes = branch['parallel'] as readonly (readonly unknown[])[] | undefined
  const inside = { ...around, mustName: around.mustName && producer === undefined }
  const parsedLanes = lanes?.map((lane, i) =>
    lane.flatMap((step, k) => parseStep(step, [...path, 'parallel', i, k], inside) ?? []),
  )
  const step = parsedLanes === undefined ? branch : { parallel: parsedLanes }
  return producer === undefined ? step : { ...step, producer }
}

/** Steps that ask something of a producer say of which, and others do not. */
function checkWhose(
  branch: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  { issues, names, mustName, producer }: StepsAround & { readonly producer: readonly string[] | undefined },
): void {
  const [name = ''] = Object.keys(branch)
  const isNobodys = name === 'pause' || (branch['until'] as { readonly hit?: string } | undefined)?.hit !== undefined
  if (isNobodys && producer !== undefined)
    issues.push({
      path: [...path, 'producer'],
      at: 'key',
      message: `${name === 'pause' ? 'a pause' : 'waiting for a fault'} is no producer's: leave it out`,
    })
  if (mustName && producer === undefined && ['produce', 'flush', 'close'].includes(name))
    issues.push({
      path: [...path, name],
      at: 'key',
      message: `which producer? Say \`producer:\` with ${names.join(', ')} or all, or call one of them ${defaultProducer}`,
    })
}

/** What stands beside the one key of a map, and the map without it. */
function qualified(
  input: Readonly<Record<string, unknown>>,
  isOne: (key: string) => boolean,
): { readonly qualifiers: Readonly<Record<string, unknown>>; readonly rest: Readonly<Record<string, unknown>> } {
  const entries = Object.entries(input)
  return {
    qualifiers: Object.fromEntries(entries.filter(([key]) => isOne(key))),
    rest: Object.fromEntries(entries.filter(([key]) => !isOne(key))),
  }
}

/** Every step with its path, those inside `parallel` too. */
function* allSteps(
  workload: readonly (ParsedStep | undefined)[],
  base: readonly (string | number)[] = ['workload'],
): Generator<{ readonly step: ParsedStep; readonly path: readonly (string | number)[] }> {
  for (const [i, step] of workload.entries()) {
    if (step === undefined) continue
    yield { step, path: [...base, i] }
    const lanes = (step['parallel'] ?? []) as readonly (readonly ParsedStep[])[]
    for (const [k, lane] of lanes.entries()) yield* allSteps(lane, [...base, i, 'parallel', k])
  }
}

/** One expectation and what may stand beside it. */
function parseExpectation(
  input: unknown,
  path: readonly (string | number)[],
  { issues, names }: Pick<StepsAround, 'issues' | 'names'>,
): Record<string, unknown> | undefined {
  if (!isMap(input)) return parseBranch(expectations, 'expectation', input, path, issues)
  const { qualifiers: given, rest } = qualified(input, isQualifier)
  const schema = z.strictObject(qualifiers)
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    issues.push(...parsed.error.issues.flatMap((issue) => toIssues(schema, issue, { input: given, base: path })))
  else if (parsed.data.worlds !== undefined && parsed.data.because === undefined)
    issues.push({ path: [...path, 'worlds'], at: 'key', message: 'an expectation for some worlds says `because`' })
  const producer = parsed.data?.producer
  if (producer !== undefined && !names.includes(producer))
    issues.push({ path: [...path, 'producer'], at: 'value', message: noProducer(producer, names) })
  const branch = parseBranch(expectations, 'expectation', rest, path, issues)
  return branch === undefined || !parsed.success ? undefined : { ...branch, ...parsed.data }
}

function parseFault(
  input: unknown,
  path: readonly (string | number)[],
  issues: ScenarioIssue[],
): ParsedFaultRule | undefined {
  const parsed = parseFaultRule(input)
  if ('rule' in parsed) return parsed.rule
  for (const issue of parsed.issues) {
    issues.push({
      path: [...path, ...issue.path],
      at: /^unknown\b/i.test(issue.message) ? 'key' : 'value',
      message: issue.message,
    })
  }
  return undefined
}

function checkNeeds({ needs = [] }: Frame, issues: ScenarioIssue[]): void {
  const known = producerConfigTable.map((row) => row.key as string)
  for (const [at, key] of needs.entries()) {
    if (known.includes(key)) continue
    const message = `unknown producer setting "${key}"${didYouMean(key, known)}`
    issues.push({ path: ['needs', at], at: 'value', message })
  }
}

/** The cluster's own parser knows what a cluster cannot be: more replicas than brokers, a topic setting out of range. */
function checkCluster({ cluster = {} }: Frame, issues: ScenarioIssue[]): void {
  try {
    parseClusterOptions(cluster as ClusterOptions)
  } catch (error) {
    if (!(error instanceof ClusterOptionsError)) throw error
    for (const { path, message } of error.issues) {
      issues.push({ path: ['cluster', ...path], at: /^unknown\b/i.test(message) ? 'key' : 'value', message })
    }
  }
}

/** `until: { hit }` names a fault of the scenario. */
function checkHits(
  workload: readonly (Record<string, unknown> | undefined)[],
  faults: readonly (ParsedFaultRule | undefined)[],
  issues: ScenarioIssue[],
): void {
  const names = faults.flatMap((rule) => (rule?.name === undefined ? [] : [rule.name]))
  for (const { step, path } of allSteps(workload)) {
    const hit = (step['until'] as { readonly hit?: string } | undefined)?.hit
    if (hit === undefined || names.includes(hit)) continue
    const message = `no fault has the name "${hit}"${didYouMean(hit, names)}`
    issues.push({ path: [...path, 'until', 'hit'], at: 'value', message })
  }
}

/** `round-robin` needs to know how many partitions there are. */
function checkRoundRobin(
  frame: Frame,
  workload: readonly (Record<string, unknown> | undefined)[],
  issues: ScenarioIssue[],
): void {
  for (const { step, path } of allSteps(workload)) {
    const { produce } = step
    const wanted = produce as { readonly topic: string; readonly partition?: unknown } | undefined
    if (wanted?.partition !== 'round-robin' || frame.cluster?.topics?.[wanted.topic] !== undefined) continue
    const topics = Object.keys(frame.cluster?.topics ?? {})
    issues.push({
      path: [...path, 'produce', 'topic'],
      at: 'value',
      message: `round-robin needs the partitions of "${wanted.topic}" in cluster.topics${didYouMean(wanted.topic, topics)}`,
    })
  }
}

/** zod's words are about types; these are about the file. One issue per unknown key, at the key. */
function toIssues(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  { input, base }: { readonly input: unknown; readonly base: readonly (string | number)[] },
): ScenarioIssue[] {
  const inner = issue.path.filter((part) => typeof part !== 'symbol')
  const path = [...base, ...inner]
  const one = (message: string): ScenarioIssue[] => [{ path, at: 'value', message }]
  const found = inner.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], input)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, inner)
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: `unknown key "${key}"${didYouMean(key, known) || `; known: ${known.join(', ')}`}`,
      }))
    }
    case 'invalid_type':
      return one(found === undefined ? `"${path.at(-1)}" is missing` : `expected ${expected(issue.expected)}`)
    case 'invalid_value': {
      if (found === undefined) return one(`"${path.at(-1)}" is missing`)
      const values = issue.values.map(String)
      return one(`expected ${values.join(' or ')}${typeof found === 'string' ? didYouMean(found, values) : ''}`)
    }
    case 'too_small':
      return one(Array.isArray(found) || found === '' ? 'must not be empty' : `must be at least ${issue.minimum}`)
    case 'too_big':
      return one(`must be at most ${issue.maximum}`)
    default:
      return one(issue.message)
  }
}

function expected(type: string): string {
  const words: Readonly<Record<string, string>> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
  }
  return words[type] ?? type
}

/** The keys that the object at `path` inside `schema` may have. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option) => keysAt(option as z.ZodType, path))
  }
  const [head, ...rest] = path
  if (inner instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(inner.shape)
    const field = inner.shape[head as string] as z.ZodType | undefined
    return field === undefined ? [] : keysAt(field, rest)
  }
  if (head === undefined) return []
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType as z.ZodType, rest)
  if (inner instanceof z.ZodArray) return keysAt(inner.element as z.ZodType, rest)
  return []
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType)
  return schema
}

function isMap(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
