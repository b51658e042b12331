import { z } from 'zod'
import type { Violation } from '../history.ts'
import { didYouMean } from '../scenario/nearest.ts'
import type { Expectation } from './expectation.ts'

const range = z.union(
  [
    z.number(),
    z.strictObject({
      min: z.number().optional().describe('At least this.'),
      max: z.number().optional().describe('At most this.'),
    }),
  ],
  { error: 'expected a number, or { min, max }' },
)

const schema = z
  .record(z.string(), range)
  .describe(
    "The producer's own metrics when it has closed, by Kafka's names: record-send-total, record-retry-total, ...",
  )

/** `metrics`: what the producer says of itself, of the group `producer-metrics`. A name that it does not have is told. */
export const metrics: Expectation<typeof schema> = {
  scope: 'producer',
  schema,
  judge: (history, wanted) =>
    Object.entries(wanted).flatMap(([name, limits]): Violation[] => {
      const found = history.metrics.get(name)
      const { min = -Infinity, max = Infinity } = typeof limits === 'number' ? { min: limits, max: limits } : limits
      if (found !== undefined && found >= min && found <= max) return []
      const message =
        found === undefined
          ? `the producer has no metric ${name}${didYouMean(name, [...history.metrics.keys()])}`
          : `${name} is ${found}, expected ${min === max ? min : found < min ? `at least ${min}` : `at most ${max}`}`
      return [{ law: 'metrics', message, evidence: [] }]
    }),
}
