import { judge, laws, type Verdict } from '../checks/index.ts'
import { repeat } from '../checks/repeat.ts'
import { exceptionsTo } from '../expect/except.ts'
import { expectationUnboundIn, judgeExpectation } from '../expect/index.ts'
import { isQualifier } from '../expect/qualifiers.ts'
import type { History, TraceEvent, Violation } from '../history.ts'
import { reportRun } from '../run-report/report-run.ts'
import type { ReportedRun } from '../run-report/reported-run.ts'
import { worlds } from '../worlds/index.ts'
import { paired } from '../worlds/paired-run.ts'
import type { World } from '../worlds/world.ts'
import { parseScenario } from './parse.ts'
import { type ParsedScenario, type Scenario, ScenarioError, type WorldName } from './schema.ts'

export interface RunOptions {
  readonly world: WorldName
  /** Instead of the scenario's own seed. */
  readonly seed?: number
  /** Real time after which the run is given up, in milliseconds. Default 60000. */
  readonly realMsMax?: number
  /** File the scenario came from, for the line that replays it. */
  readonly file?: string
  /** A producer that is not ours, and where it runs: `world` is `tcp` then. */
  readonly subject?: { readonly asked: string; readonly world: World }
  /** Instead of the world of that name: one of the caller's, such as one with a cluster that is not the mock. */
  readonly place?: World
  /** Whether the result should tell all that happened, for a page: `ScenarioResult.reported`. Default false. */
  readonly isReported?: boolean
}

export interface ScenarioVerdict extends Verdict {
  /** Of laws; expectations say what they want in the message. */
  readonly statement?: string
}

/** What became of one scenario in one world. */
export interface ScenarioResult {
  readonly name: string
  readonly file: string | undefined
  readonly world: WorldName
  /** As it said itself, with its version; undefined for our own producer, seen from inside. */
  readonly subject?: string
  /** `skipped` is also what cannot be asked of a subject: `reason` says why. */
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
  readonly seed: number
  /** Time that passed inside the world, virtual or real. */
  readonly scenarioMs: number
  readonly realMs: number
  readonly counts: {
    readonly records: number
    readonly acknowledged: number
    readonly failed: number
    readonly requests: number
    readonly events: number
  }
  /** Of the simulated world: equal for equal runs. */
  readonly traceHash?: string
  readonly verdicts: readonly ScenarioVerdict[]
  /** The events around the first violation. */
  readonly timeline: readonly TraceEvent[]
  /** The command that does it again. */
  readonly replay: string
  /** Only when asked for. */
  readonly reported?: ReportedRun
}

const seedDefault = 1
const realMsMaxDefault = 60_000
const eventsBefore = 16
const eventsAfter = 4

/**
 * Runs a scenario in one world and judges it by every law and by what it expects. In the simulated world it runs
 * twice, and the two runs must be the same. Throws ScenarioError if it is not a valid scenario.
 */
export async function runScenario(scenario: Scenario | ParsedScenario, options: RunOptions): Promise<ScenarioResult> {
  const parsed = toParsed(scenario)
  const seedBase = options.seed ?? parsed.seed ?? seedDefault
  const seed = seedBase + (parsed.repetition ?? 0)
  const world = options.subject?.world ?? options.place ?? worlds[options.world]
  const reported = (result: ScenarioResult, history: History | undefined): ScenarioResult =>
    options.isReported === true ? { ...result, reported: reportRun(result, { history, why: parsed.why }) } : result
  if (parsed.worlds !== undefined && !parsed.worlds.includes(options.world)) {
    return reported(skipped(frameOf(parsed, options, seedBase), `only for ${parsed.worlds.join(', ')}`), undefined)
  }
  const startedMs = performance.now()
  const worldOptions = { seed, realMsMax: options.realMsMax ?? realMsMaxDefault }
  const takesSamples = options.isReported === true
  const { history: played, traceHash, notApplicable } = await world.run(parsed, { ...worldOptions, takesSamples })
  const isPaired = parsed.strict === true && options.world === 'simulated'
  const history = isPaired ? paired(played, parsed, worldOptions) : played
  const verdicts = verdictsOf(parsed, history)
  if (world.isRepeatable) {
    const again = await world.run(parsed, worldOptions)
    verdicts.push(withStatement(repeat({ history, traceHash }, { history: again.history, traceHash: again.traceHash })))
  }
  const first = verdicts.find((verdict) => verdict.violations.length > 0)?.violations[0]
  const frame = { ...frameOf(parsed, options, seedBase), ...subjectOf(history) }
  const reason = notApplicable ?? (first === undefined ? notTested(history, verdicts) : undefined)
  if (reason !== undefined)
    return reported(
      {
        ...skipped(frame, reason),
        realMs: performance.now() - startedMs,
        // Of a run that never was there is nothing to judge.
        verdicts: notApplicable === undefined ? verdicts : [],
      },
      history,
    )
  const result: ScenarioResult = {
    ...frame,
    outcome: first === undefined ? 'passed' : 'failed',
    scenarioMs: history.durationMs,
    realMs: performance.now() - startedMs,
    counts: countsOf(history),
    ...(traceHash === undefined ? {} : { traceHash }),
    verdicts,
    timeline: first === undefined ? [] : timelineAround(history.trace, first),
  }
  return reported(result, history)
}

function toParsed(scenario: Scenario | ParsedScenario): ParsedScenario {
  if (scenario.isParsed === true) return scenario
  const parsed = parseScenario(scenario)
  if ('issues' in parsed) throw new ScenarioError(parsed.issues)
  return parsed.scenario
}

function verdictsOf(scenario: ParsedScenario, history: History): ScenarioVerdict[] {
  const verdicts: ScenarioVerdict[] = []
  if (history.cutShort !== undefined) {
    const { law, message, evidence } = history.cutShort
    verdicts.push({ law, held: false, violations: [{ law, message, evidence }] })
  }
  for (const verdict of judge(history)) verdicts.push(...withExceptions(verdict, scenario, history).map(withStatement))
  for (const wanted of scenario.expect) {
    if ('except' in wanted) continue
    const law = Object.keys(wanted).find((key) => !isQualifier(key)) ?? 'expect'
    const producers = wanted['producer'] === undefined ? {} : { producers: [String(wanted['producer'])] }
    const unbound = expectationUnboundIn(history, wanted)
    if (unbound !== undefined) {
      verdicts.push({ law, held: false, unbound, violations: [], ...producers })
      continue
    }
    const violations = judgeExpectation(history, wanted)
    verdicts.push({ law, held: violations.length === 0, violations, ...producers })
  }
  return verdicts
}

/** The verdict without what the scenario excepts, and why that is. */
function withExceptions(verdict: Verdict, { expect }: ParsedScenario, { producers }: History): Verdict[] {
  const { law, violations } = verdict
  const exceptions = exceptionsTo(expect, law)
  const ofAll = exceptions.find(({ producer }) => producer === undefined)
  if (ofAll !== undefined) return [{ law, held: false, unbound: ofAll.because, violations: [] }]
  if (exceptions.length === 0 || verdict.unbound !== undefined) return [verdict]
  const excepted = exceptions.flatMap(({ producer, because }) =>
    producer === undefined ? [] : [{ law, held: false, unbound: because, violations: [], producers: [producer] }],
  )
  const names = verdict.producers ?? producers?.map(({ name }) => name) ?? []
  const others = names.filter((name) => exceptions.every(({ producer }) => producer !== name))
  const left = violations.filter(({ producer }) => exceptions.every((one) => one.producer !== producer))
  if (others.length === 0) return excepted
  return [{ law, held: left.length === 0, violations: left, producers: others }, ...excepted]
}

/** What a subject has lived through must have been asked of it: the faults acted, and something that the scenario expects was judged. */
function notTested({ foreign, faults, isStrict }: History, verdicts: readonly ScenarioVerdict[]): string | undefined {
  if (foreign === undefined) return undefined
  const idle = isStrict ? undefined : faults.find((fault) => !fault.isConsumed)
  if (idle !== undefined) {
    return `the fault "${idle.name}" ${idle.hits === 0 ? 'never acted on it' : `acted only ${idle.hits} times`}${idle.closest === undefined ? '' : `: ${idle.closest}`}`
  }
  const expected = verdicts.filter(({ law }) => law !== law.toUpperCase())
  if (expected.length === 0 || expected.some(({ unbound }) => unbound === undefined)) return undefined
  return [...new Set(expected.map(({ law, unbound }) => `${law}: ${unbound}`))].join('; ')
}

function subjectOf({ foreign }: History): { readonly subject?: string } {
  return foreign === undefined ? {} : { subject: foreign.name }
}

function withStatement(verdict: Verdict): ScenarioVerdict {
  const statement = laws.find((law) => law.name === verdict.law)?.statement
  return statement === undefined ? verdict : { ...verdict, statement }
}

type Frame = Pick<ScenarioResult, 'name' | 'file' | 'world' | 'seed' | 'replay' | 'subject'>

function frameOf(scenario: ParsedScenario, { world, file, subject }: RunOptions, seedBase: number): Frame {
  const what = file ?? `<${scenario.name}>`
  const where = subject === undefined ? `--world ${world}` : `--subject ${quoted(subject.asked)}`
  const only = scenario.variant === undefined ? '' : ` -t ${quoted(scenario.variant)}`
  return {
    name: scenario.name,
    file,
    world,
    seed: seedBase + (scenario.repetition ?? 0),
    // The repetition adds itself again.
    replay: `harrow run ${quoted(what)} ${where} --seed ${seedBase}${only}`,
  }
}

function quoted(word: string): string {
  return /^[\w./@-]+$/.test(word) ? word : `'${word}'`
}

function skipped(frame: Frame, reason: string): ScenarioResult {
  return {
    ...frame,
    outcome: 'skipped',
    reason,
    scenarioMs: 0,
    realMs: 0,
    counts: { records: 0, acknowledged: 0, failed: 0, requests: 0, events: 0 },
    verdicts: [],
    timeline: [],
  }
}

function countsOf(history: History): ScenarioResult['counts'] {
  const ended = (outcome: 'acknowledged' | 'failed'): number =>
    history.sent.filter((record) => record.settlements[0]?.outcome === outcome).length
  return {
    records: history.sent.length,
    acknowledged: ended('acknowledged'),
    failed: ended('failed'),
    requests: history.requests.length,
    events: history.trace.length,
  }
}

function timelineAround(trace: readonly TraceEvent[], { atMs }: Violation): TraceEvent[] {
  if (atMs === undefined) return trace.slice(-eventsBefore)
  const after = trace.findIndex((event) => event.atMs > atMs)
  const at = after < 0 ? trace.length : after
  return trace.slice(Math.max(0, at - eventsBefore), at + eventsAfter)
}
