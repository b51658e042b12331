import type { Clock, Random } from '@harrow/runtime'
import type { z } from 'zod'
import type { Recorder } from '../worlds/recorder.ts'

/** What a step may do to the producer under test. */
export interface Subject {
  send(record: SubjectRecord): void
  flush(done: () => void): void
  close(timeoutMs: number | undefined, done: () => void): void
}

/** One record as the workload wants it; the subject gives it its number and its value. */
export interface SubjectRecord {
  readonly topic: string
  readonly key: string | null
  readonly partition: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly valueBytes: number
}

/** What a step runs on: the same in every world, virtual or real. */
export interface Stage {
  readonly clock: Clock
  readonly subject: Subject
  readonly recorder: Recorder
  /** Chance of the workload. */
  readonly random: Random
  /** How late a timer may be in this world. */
  readonly timerSlackMs: number
  /** How often the fault of this name has acted. */
  hitsOf(fault: string): number
  /** Partition count of a topic of the scenario. */
  partitionsOf(topic: string): number
}

/** Runs steps one after the other, for a step that is made of steps. */
export type RunSteps = (steps: readonly Readonly<Record<string, unknown>>[], done: () => void) => void

/** One kind of workload step: its shape in a scenario, and what it does. */
export interface Step<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  /** Starts the step and calls `done`, later or at once, when the next step may begin. */
  run(stage: Stage, wanted: z.output<Schema>, done: () => void, runSteps: RunSteps): void
}
