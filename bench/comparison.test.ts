import { expect, test } from 'vitest'
import { comparisonTable, type Sample } from './comparison.ts'
import { processUse } from './processes.ts'

const sample = (cpuPerMillion: number, recordsPerSecond: number): Sample => ({
  cpuPerMillion,
  recordsPerSecond,
  rssMiB: 90,
})

test('a round that was slow for both sides does not count against one', () => {
  const table = comparisonTable({
    otherName: 'abc1234',
    other: [sample(1, 1e6), sample(4, 0.25e6), sample(2, 0.5e6)],
    own: [sample(0.5, 2e6), sample(2, 0.5e6), sample(3, 0.4e6)],
  })
  const cells = table.split('\n').map((line) => line.trim().split(/ {2,}/))
  expect(cells).toEqual([
    ['CPU s/M', 'median', 'records/s', 'median', 'RSS MiB', 'median'],
    ['abc1234', '1.000', '2.000', '1.00 M', '500 k', '90', '90'],
    ['this checkout', '0.500', '2.000', '2.00 M', '500 k', '90', '90'],
    ['ratio', '0.500', '1.000', '2.000', '1.000', '1.000', '1.000'],
    ['in one round', '0.500', '2.000', '1.000'],
  ])
})

test('latency has columns of its own', () => {
  const one = { ...sample(100, 8_000), latencyUs: { p50: 120, p99: 300 } }
  const two = { ...one, latencyUs: { p50: 60, p99: 600 } }
  const lines = comparisonTable({ otherName: 'x', other: [one], own: [two] }).split('\n')
  expect(lines[0]).toMatch(/p50 us +median +p99 us +median$/)
  expect(lines[3]).toMatch(/0\.500 +0\.500 +2\.000 +2\.000$/)
})

test('what a process used is read from behind its name', () => {
  const stat = '4711 (no) de (x) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0 20 0 11 0 99'
  expect(processUse(stat, 'Name:\tnode\nVmHWM:\t  102400 kB\nVmRSS:\t   1 kB\n')).toEqual({
    cpuSeconds: 4,
    rssMiB: 100,
  })
})
