import type { TraceEvent, Violation } from '../history.ts'
import { parseScenario } from '../scenario/parse.ts'
import { type Plan, type PlanOptions, planOf } from './plan.ts'
import { type RunPlanOptions, runPlan } from './run-seed.ts'
import { shrink } from './shrink.ts'

/** A failing seed, made small. */
export interface Failure {
  readonly seed: number
  readonly law: string
  readonly plan: Plan
  readonly violations: readonly Violation[]
  readonly trace: readonly TraceEvent[]
  readonly traceHash: string
  readonly shrinkRuns: number
}

/** Runs the seed again, and shrinks its plan while it breaks the same law. Undefined if it breaks that law no more. */
export function failureOf(
  find: { readonly seed: number; readonly law: string },
  options: PlanOptions & RunPlanOptions = {},
): Failure | undefined {
  // Found with a glance at the producer now and then, shrunk with the same eyes.
  // A smaller plan may be no scenario at all: settings depend on each other.
  const breaks = (plan: Plan): boolean =>
    'scenario' in parseScenario(plan) && runPlan(plan, options).violations.some(({ law }) => law === find.law)
  const whole = planOf(find.seed, options)
  if (!breaks(whole)) return undefined
  const { plan, runs } = shrink(whole, { fails: breaks })
  const { violations, history, traceHash } = runPlan(plan, options)
  return { ...find, plan, violations, trace: history.trace, traceHash, shrinkRuns: runs }
}
