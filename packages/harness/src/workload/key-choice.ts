import type { Random } from '@harrow/runtime'
import { z } from 'zod'

const spreads = ['turns', 'uniform', 'zipf', 'hot'] as const
const exponentDefault = 1
const hotShareDefault = 0.8

/** How records choose their keys. */
export const keysSchema = z.union(
  [
    z.int().min(1),
    z.literal('none'),
    z.strictObject({
      count: z.int().min(1).max(1_000_000).describe('How many distinct keys there are.'),
      spread: z
        .enum(spreads)
        .optional()
        .describe(
          '`turns`: one after the other. `uniform`: drawn evenly. `zipf`: key n as often as n^-exponent. `hot`: one key has `share`, the others the rest. Default turns.',
        ),
      exponent: z.number().min(0).max(10).optional().describe('Of `zipf`. Default 1.'),
      share: z.number().min(0).max(1).optional().describe('Of `hot`: what the first key gets, 0 to 1. Default 0.8.'),
    }),
  ],
  { error: 'expected a number of keys, none, or { count, spread, exponent, share }' },
)

/** The key of the nth record. Chance comes from `random` alone, so that a seed gives the same keys in every world. */
export function keyChoice(
  wanted: z.output<typeof keysSchema> | undefined,
  random: Random,
): (n: number) => string | null {
  if (wanted === undefined || wanted === 'none') return () => null
  const {
    count,
    spread = 'turns',
    exponent = exponentDefault,
    share = hotShareDefault,
  } = typeof wanted === 'number' ? { count: wanted } : wanted
  switch (spread) {
    case 'turns':
      return (n) => `key-${n % count}`
    case 'uniform':
      return () => `key-${random.below(count)}`
    case 'hot':
      return () => `key-${draw(random) < share || count === 1 ? 0 : 1 + random.below(count - 1)}`
    case 'zipf': {
      const place = weighted(Array.from({ length: count }, (_, i) => (i + 1) ** -exponent))
      return () => `key-${place(draw(random))}`
    }
  }
}

/** Which of the weights a number from 0 to 1 falls on. */
export function weighted(weights: readonly number[]): (drawn: number) => number {
  let sum = 0
  const sums = weights.map((weight) => (sum += weight))
  return (drawn) => {
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > drawn * sum) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** From 0 up to 1. */
export function draw(random: Random): number {
  return random.below(2 ** 30) / 2 ** 30
}
