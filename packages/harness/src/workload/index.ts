import { close } from './close.ts'
import { flush } from './flush.ts'
import { parallel } from './parallel.ts'
import { pause } from './pause.ts'
import { produce } from './produce.ts'
import type { Stage, Step } from './step.ts'
import { until } from './until.ts'

/** Every workload step, by its key in a scenario. */
export const steps = { produce, flush, until, pause, parallel, close } as const

export type StepName = keyof typeof steps

/** Runs loaded steps, single-key maps, one after the other, and then calls `done`. */
export function runWorkload(
  stage: Stage,
  workload: readonly Readonly<Record<string, unknown>>[],
  done: () => void,
  at = 0,
): void {
  const entry = Object.entries(workload[at] ?? {})[0]
  if (entry === undefined) return void done()
  const [name, wanted] = entry
  const step: Step = steps[name as StepName]
  stage.recorder.trace('workload', 'step-started', { number: at, step: name })
  const next = (): void => {
    stage.recorder.trace('workload', 'step-finished', { number: at, step: name })
    // A turn of its own: a step that ends inside a callback of the producer must not start the next one there.
    stage.clock.wakeAt(stage.clock.nowMs(), () => runWorkload(stage, workload, done, at + 1))
  }
  step.run(stage, wanted, next, (inner, then) => runWorkload(stage, inner, then))
}
