import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { exponentialBackoffMs } from './backoff.ts'

function range(backoff: { baseMs: number; maxMs: number }, retry: number): [number, number] {
  const random = seededRandom(3)
  const draws = Array.from({ length: 5_000 }, () => exponentialBackoffMs(random, backoff, retry))
  return [Math.min(...draws), Math.max(...draws)]
}

test('backoff: windows double with 20 % jitter, and the cap comes after the jitter', () => {
  const retry = { baseMs: 100, maxMs: 1_000 }
  const windows: [number, number][] = [
    [80, 119],
    [160, 239],
    [320, 479],
    [640, 959],
    [800, 1_000],
    [800, 1_000],
    [800, 1_000],
  ]
  for (const [n, [min, max]] of windows.entries()) {
    const [lowest, highest] = range(retry, n)
    expect(lowest).toBeGreaterThanOrEqual(min)
    expect(lowest).toBeLessThan(min * 1.02)
    expect(highest).toBeLessThanOrEqual(max)
    expect(highest).toBeGreaterThan(max * 0.98)
  }
})

test('backoff: reconnecting starts at 40 to 60 ms, connecting has 8 to 12 s', () => {
  expect(range({ baseMs: 50, maxMs: 1_000 }, 0)[0]).toBe(40)
  expect(range({ baseMs: 10_000, maxMs: 30_000 }, 0)[0]).toBeGreaterThanOrEqual(8_000)
  expect(range({ baseMs: 10_000, maxMs: 30_000 }, 0)[1]).toBeLessThan(12_000)
  expect(range({ baseMs: 10_000, maxMs: 30_000 }, 9)[0]).toBeGreaterThanOrEqual(24_000)
  expect(range({ baseMs: 10_000, maxMs: 30_000 }, 9)[1]).toBe(30_000)
})

test('backoff: a maximum at or below the base is constant, without jitter', () => {
  expect(range({ baseMs: 500, maxMs: 500 }, 4)).toEqual([500, 500])
  expect(range({ baseMs: 2_000, maxMs: 1_000 }, 0)).toEqual([1_000, 1_000])
  expect(range({ baseMs: 0, maxMs: 0 }, 3)).toEqual([0, 0])
})
