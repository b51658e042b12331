import { expect, test } from 'vitest'
import { parseDurationMs, parseSizeBytes } from './units.ts'

test.each([
  [150, 150],
  ['150ms', 150],
  ['2s', 2_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  [0, 0],
])('duration: %s is %i ms', (input, ms) => {
  expect(parseDurationMs(input)).toBe(ms)
})

test.each(['2', '2 s', '-1s', 's', '1d', '', '1e3ms', -1, Number.NaN, Number.POSITIVE_INFINITY, null, true, {}])(
  'duration: %s is none',
  (input) => {
    expect(parseDurationMs(input)).toBeUndefined()
  },
)

test.each([
  ['100B', 100],
  ['16KiB', 16_384],
  ['1.5MiB', 1_572_864],
  ['1GiB', 1_073_741_824],
  [7, 7],
])('size: %s is %i bytes', (input, bytes) => {
  expect(parseSizeBytes(input)).toBe(bytes)
})

test.each(['16KB', '16k', '1.0001KiB', 0.5, '-1B', 'constructorB'])('size: %s is none', (input) => {
  expect(parseSizeBytes(input)).toBeUndefined()
})
