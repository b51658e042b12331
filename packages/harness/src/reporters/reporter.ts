import type { ScenarioResult } from '../scenario/run.ts'

/** Where a reporter writes. Results go to `out`, progress to `err`, so that `out` can be piped. */
export interface ReporterOutput {
  out(text: string): void
  err(text: string): void
  /** Whether `out` and `err` show colours. */
  readonly colour: boolean
}

/** Tells people or machines about results. `finished` is called once, after the last result. */
export interface Reporter {
  /** A scenario is about to run, number `index` of `total`. */
  starting(name: string, index: number, total: number): void
  result(result: ScenarioResult): void
  finished(results: readonly ScenarioResult[], tookMs: number): void
}
