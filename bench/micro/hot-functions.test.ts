import { expect, test } from 'vitest'
import { hotFunctions } from './hot-functions.ts'
import { ratioOf } from './ratios.ts'

test.each(hotFunctions)('$name costs at most $budget rounds of a reference loop per $per', (hot) => {
  // Slower than its budget eight times in a row is slower, and not a busy machine.
  const ratios: number[] = []
  while (ratios.length < 8 && !(ratios.at(-1)! <= hot.budget)) ratios.push(ratioOf(hot))
  expect(Math.min(...ratios)).toBeLessThanOrEqual(hot.budget)
})

test('a function that does its work five times over is found out', () => {
  const hot = hotFunctions.find(({ name }) => name === 'record append')!
  const slow = { ...hot, run: () => (hot.run() + hot.run() + hot.run() + hot.run() + hot.run()) / 5 }
  expect(ratioOf(slow)).toBeGreaterThan(2 * ratioOf(hot))
})
