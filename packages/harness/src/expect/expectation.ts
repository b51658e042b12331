import type { z } from 'zod'
import type { History, Violation } from '../history.ts'

/** One thing that a scenario may ask for beyond the laws. A pure function over the history. */
export interface Expectation<Schema extends z.ZodType = z.ZodType> {
  /** What may be wanted, as it is written in a scenario. */
  readonly schema: Schema
  /** Put to each producer of a run, and not to all of them together. */
  readonly scope?: 'producer'
  judge(history: History, wanted: z.output<Schema>): Violation[]
}
