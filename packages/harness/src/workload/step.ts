import type { Clock, Random } from '@harrow/runtime'
import type { z } from 'zod'
import type { Recorder } from '../worlds/recorder.ts'

/** What a step may do to a producer under test. */
export interface Subject {
  /** Undefined for the only one of a run. */
  readonly name: string | undefined
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
  /** The producer that the step names; undefined if it names none. */
  readonly producer: string | undefined
  /** That producer, or the default one. */
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
  /** The same for a step that names this producer. */
  of(producer: string): Stage
}

/** A step as it was parsed: its one key, and the producers that it names beside it. */
export type ParsedStep = Readonly<Record<string, unknown>> & { readonly producer?: readonly string[] }

/** Runs steps one after the other, for a step that is made of steps. */
export type RunSteps = (steps: readonly ParsedStep[], done: () => void) => void

/** One kind of workload step: its shape in a scenario, and what it does. */
export interface Step<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  /** Starts the step and calls `done`, later or at once, when the next step may begin. */
  run(stage: Stage, wanted: z.output<Schema>, done: () => void, runSteps: RunSteps): void
}
