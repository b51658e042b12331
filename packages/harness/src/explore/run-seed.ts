import { violationsOf } from '../checks/index.ts'
import type { History, Violation } from '../history.ts'
import { paired } from '../worlds/paired-run.ts'
import type { Cores } from '../worlds/session.ts'
import { type SimulatedRun, simulate } from '../worlds/simulated.ts'
import { type Plan, parsedPlan } from './plan.ts'

/**
 * A run that needs more events makes no progress: an explored one needs about a thousand. Without `reconnect.backoff.ms` a
 * producer tries a broker that is away twice a millisecond, as Java's does: 143,000 events in 25 seconds (seed 1006290).
 */
const stepsMax = 500_000
const realMsMax = 20_000

export interface RunPlanOptions {
  readonly cores?: Cores
  /** Look at the producer's invariants after every so many events. Default 8. */
  readonly stepsPerCheck?: number
}

/** What became of one plan. A class for the reason that `SimulatedRun` has. */
export class PlanResult {
  readonly violations: readonly Violation[]
  /** With what came of it without faults. */
  readonly history: History
  private readonly run: SimulatedRun

  constructor(run: SimulatedRun, history: History, violations: readonly Violation[]) {
    this.run = run
    this.history = history
    this.violations = violations
  }

  get steps(): number {
    return this.run.steps
  }

  get traceHash(): string {
    return this.run.traceHash
  }
}

/** Runs a plan in virtual time and puts every law to it. */
export function runPlan(plan: Plan, options: RunPlanOptions = {}): PlanResult {
  const { cores, stepsPerCheck = 8 } = options
  const scenario = parsedPlan(plan)
  const simulation = {
    seed: plan.seed ?? 1,
    realMsMax,
    stepsMax,
    stepsPerCheck,
    ...(cores === undefined ? {} : { cores }),
  }
  const run = simulate(scenario, simulation)
  const history = paired(run.history, scenario, simulation)
  return new PlanResult(run, history, brokenBy(history))
}

function brokenBy(history: History): readonly Violation[] {
  const { cutShort } = history
  // Whoever is cut short breaks other laws too: what cut it short is what matters.
  return cutShort === undefined ? violationsOf(history) : [{ ...cutShort, atMs: history.durationMs }]
}
