import type { History } from '../history.ts'
import type { ParsedScenario, WorldName } from '../scenario/schema.ts'

export interface WorldOptions {
  readonly seed: number
  /** Real time after which a run is given up. */
  readonly realMsMax: number
  /** Whether to look at the producer's memory whenever it says something: see `History.samples`. Default false. */
  readonly takesSamples?: boolean
}

/** What a world gives back: what happened, and what it cost. */
export interface WorldRun {
  readonly history: History
  /** Only where a run can be repeated exactly. */
  readonly traceHash: string | undefined
  /** Events of the virtual clock, or 0. */
  readonly steps: number
  /** Why the subject cannot be asked what this scenario asks; then the history says nothing. */
  readonly notApplicable?: string
}

/** A place where scenarios run. */
export interface World {
  readonly name: WorldName
  /** Whether the same seed gives the same run, event by event; then every scenario is run twice and compared. */
  readonly isRepeatable: boolean
  run(scenario: ParsedScenario, options: WorldOptions): Promise<WorldRun>
}
