import { expect, test } from 'vitest'
import { CompressionRatios } from './compression-ratios.ts'

test('compression ratios: bad news counts at once, by 0.05 at least, good news by 0.005 at most', () => {
  const ratios = new CompressionRatios()
  const after = (observed: number): number => {
    ratios.observe('t', observed)
    return Number(ratios.of('t').toFixed(6))
  }
  expect([ratios.of('t'), after(0.5), after(0.5), after(1.2), after(1.21), after(1.26), after(1.2599)]).toEqual([
    1, 0.995, 0.99, 1.2, 1.25, 1.3, 1.295,
  ])
  expect(after(1.295)).toBe(1.295)
})

test('compression ratios: after a batch was too large nothing is believed to compress', () => {
  const ratios = new CompressionRatios()
  for (let i = 0; i < 100; i++) ratios.observe('t', 0.1)
  ratios.reset('t', 0.3)
  expect(ratios.of('t')).toBe(1)
  ratios.reset('t', 1.4)
  expect(ratios.of('t')).toBe(1.4)
})

test('compression ratios: topics, and producers (K12), do not disturb each other', () => {
  const ratios = new CompressionRatios()
  ratios.observe('a', 2)
  expect([ratios.of('b'), new CompressionRatios().of('a')]).toEqual([1, 1])
})
