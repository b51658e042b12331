import type { Random } from '@harrow/runtime'
import { z } from 'zod'
import { size } from '../scenario/quantities.ts'
import { draw, weighted } from './key-choice.ts'
import { valueBytesMin } from './record-value.ts'

const bytes = size.refine((wanted) => wanted >= valueBytesMin, {
  error: `a value has at least ${valueBytesMin} bytes: it carries the marks by which the log is judged`,
})

const part = z.strictObject({
  size: bytes.describe('Size of these values.'),
  weight: z.number().positive().describe('How often, in proportion to the other weights.'),
})

/** How large values are. */
export const valueSchema = z.union(
  [
    bytes,
    z
      .strictObject({ min: bytes.describe('Smallest value.'), max: bytes.describe('Largest value.') })
      .refine(({ min, max }) => min <= max, { error: 'min is above max' }),
    z.strictObject({ mix: z.array(part).min(2).describe('Sizes and how often each is drawn.') }),
  ],
  { error: (issue) => sizeError(issue) },
)

function sizeError(issue: {
  readonly input: unknown
  readonly errors?: readonly (readonly { message: string }[])[]
}): string {
  // A plain size tells what is wrong with it; only for a map is the choice of shapes the news.
  const isPlain = typeof issue.input !== 'object'
  return (
    (isPlain ? issue.errors?.[0]?.[0]?.message : undefined) ??
    'expected a size, { min, max }, or { mix: [{ size, weight }] }'
  )
}

/** The size of each next value. */
export function valueSize(wanted: z.output<typeof valueSchema>, random: Random): () => number {
  if (typeof wanted === 'number') return () => wanted
  if ('mix' in wanted) {
    const place = weighted(wanted.mix.map(({ weight }) => weight))
    return () => wanted.mix[place(draw(random))]!.size
  }
  return () => wanted.min + random.below(wanted.max - wanted.min + 1)
}
