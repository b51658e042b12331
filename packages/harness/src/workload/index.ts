import { close } from './close.ts'
import { flush } from './flush.ts'
import { parallel } from './parallel.ts'
import { pause } from './pause.ts'
import { produce } from './produce.ts'
import type { ParsedStep, Stage, Step } from './step.ts'
import { isStepQualifier } from './step-qualifiers.ts'
import { until } from './until.ts'

/** Every workload step, by its key in a scenario. */
export const steps = { produce, flush, until, pause, parallel, close } as const

export type StepName = keyof typeof steps

/** Runs loaded steps, single-key maps, one after the other, and then calls `done`. */
export function runWorkload(stage: Stage, workload: readonly ParsedStep[], done: () => void, at = 0): void {
  const one = workload[at]
  if (one === undefined) return void done()
  const stages = one.producer?.map((name) => stage.of(name)) ?? [stage]
  let open = stages.length
  const next = (): void => {
    open--
    if (open > 0) return
    // A turn of its own: a step that ends inside a callback of the producer must not start the next one there.
    stage.clock.wakeAt(stage.clock.nowMs(), () => runWorkload(stage, workload, done, at + 1))
  }
  for (const each of stages) runStep(each, { one, at }, next)
}

function runStep(stage: Stage, { one, at }: { readonly one: ParsedStep; readonly at: number }, done: () => void): void {
  const [name = '', wanted] = Object.entries(one).find(([key]) => !isStepQualifier(key)) ?? []
  const step: Step = steps[name as StepName]
  const { recorder, producer } = stage
  recorder.trace('workload', 'step-started', { number: at, step: name }, producer)
  const finished = (): void => {
    recorder.trace('workload', 'step-finished', { number: at, step: name }, producer)
    done()
  }
  step.run(stage, wanted, finished, (inner, then) => runWorkload(stage, inner, then))
}
