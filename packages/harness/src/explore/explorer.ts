import { setImmediate } from 'node:timers/promises'
import type { Cores } from '../worlds/session.ts'
import { countMarks, type Marks } from './marks.ts'
import { type PlanOptions, planOf } from './plan.ts'
import { type RunPlanOptions, runPlan } from './run-seed.ts'

/** Every so many seeds one is run twice: REPEAT. */
const seedsPerRepeat = 64
/** How long the event loop may have to wait: for Ctrl-C, and for progress. */
const sliceMs = 100

export interface ExploreOptions extends PlanOptions {
  readonly from: number
  /** How many seeds; infinity with `untilMs` or `stop`. */
  readonly seeds: number
  /** Every so many seeds: another takes the rest. Default 1. */
  readonly stride?: number
  /** On the platform's monotonic clock. */
  readonly untilMs?: number
  readonly cores?: Cores
  /** Work out `Tally.traces`. */
  readonly hashesTraces?: boolean
  /** Asked between slices. */
  readonly isStopped?: () => boolean
  readonly onProgress?: (tally: Tally) => void
}

/** A seed that broke a law, by the first of its violations. */
export interface Find {
  readonly seed: number
  readonly law: string
  readonly message: string
}

/** What an exploration came to. Plain data: workers and shards add theirs up. */
export interface Tally {
  seeds: number
  records: number
  failed: number
  requests: number
  steps: number
  virtualMs: number
  faults: number
  /** Smallest and largest seed run. */
  first: number
  last: number
  finds: Find[]
  marks: Marks
  /**
   * The trace hashes of all seeds, each mixed with its seed and summed up in two lanes of 32 bits: equal for the same
   * seeds in any order, on any number of workers, on every platform. Zeros unless asked for.
   */
  traces: [number, number]
}

export function emptyTally(): Tally {
  return {
    seeds: 0,
    records: 0,
    failed: 0,
    requests: 0,
    steps: 0,
    virtualMs: 0,
    faults: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    finds: [],
    marks: {},
    traces: [0, 0],
  }
}

/** Both together: equal however the seeds were spread over workers and machines. */
export function added(a: Tally, b: Tally): Tally {
  const marks: Marks = { ...a.marks }
  for (const [name, count] of Object.entries(b.marks)) marks[name] = (marks[name] ?? 0) + count
  return {
    seeds: a.seeds + b.seeds,
    records: a.records + b.records,
    failed: a.failed + b.failed,
    requests: a.requests + b.requests,
    steps: a.steps + b.steps,
    virtualMs: a.virtualMs + b.virtualMs,
    faults: a.faults + b.faults,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    finds: [...a.finds, ...b.finds].sort((x, y) => x.seed - y.seed || (x.law < y.law ? -1 : 1)),
    marks,
    traces: [(a.traces[0] + b.traces[0]) >>> 0, (a.traces[1] + b.traces[1]) >>> 0],
  }
}

/** Of all the seeds of a tally: 16 hexadecimal digits. */
export function tracesHash({ traces }: Tally): string {
  return traces.map((lane) => lane.toString(16).padStart(8, '0')).join('')
}

/** Runs seed after seed. A seed's result depends on nothing but the seed. */
export async function explore(options: ExploreOptions): Promise<Tally> {
  const { from, seeds, stride = 1, untilMs = Number.POSITIVE_INFINITY, isStopped, onProgress } = options
  const tally = emptyTally()
  let sliceEndMs = performance.now() + sliceMs
  for (let seed = from; seed < from + seeds; seed += stride) {
    runSeed(seed, options, tally)
    const nowMs = performance.now()
    if (nowMs < sliceEndMs) continue
    onProgress?.(tally)
    await setImmediate()
    if (nowMs >= untilMs || isStopped?.() === true) break
    sliceEndMs = performance.now() + sliceMs
  }
  onProgress?.(tally)
  return tally
}

function runSeed(seed: number, options: ExploreOptions, tally: Tally): void {
  const plan = planOf(seed, options)
  const running: RunPlanOptions = options.cores === undefined ? {} : { cores: options.cores }
  const { result, isRepeated } = withoutStacks(() => {
    const result = runPlan(plan, running)
    const isRepeated = seed % seedsPerRepeat !== 0 || runPlan(plan, running).traceHash === result.traceHash
    return { result, isRepeated }
  })
  const { history } = result
  tally.seeds++
  tally.first = Math.min(tally.first, seed)
  tally.last = Math.max(tally.last, seed)
  tally.records += history.sent.length
  for (const record of history.sent) if (record.settlements[0]?.outcome === 'failed') tally.failed++
  tally.requests += history.requests.length
  tally.steps += result.steps
  tally.virtualMs += history.durationMs
  tally.faults += history.faultHits.length
  countMarks(history, tally.marks)
  if (options.hashesTraces === true) addTrace(tally, seed, result.traceHash)
  const laws = new Set<string>()
  for (const { law, message } of result.violations) {
    if (laws.has(law)) continue
    laws.add(law)
    tally.finds.push({ seed, law, message })
  }
  if (!isRepeated) tally.finds.push({ seed, law: 'REPEAT', message: 'the same seed gave two runs' })
}

function addTrace({ traces }: Tally, seed: number, hash: string): void {
  for (const lane of [0, 1] as const) {
    const word = Number.parseInt(hash.slice(8 * lane, 8 * lane + 8), 16)
    // Mixed with the seed, so that two seeds which change their traces are noticed.
    traces[lane] = (traces[lane] + Math.imul(word ^ seed, 0x9e3779b1)) >>> 0
  }
}

/** Records fail by the dozen here, and where an error was made is only asked when a seed is replayed. */
function withoutStacks<T>(run: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
