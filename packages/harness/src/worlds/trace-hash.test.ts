import { expect, test } from 'vitest'
import { TraceHash } from './trace-hash.ts'

function digest(...events: [atMs: number, event: string, details: Record<string, unknown>][]): string {
  const hash = new TraceHash()
  for (const event of events) hash.event(...event)
  return hash.digest
}

test('trace hash: equal events give equal hashes', () => {
  const events = [[1, 'batch-created', { batch: 0, topic: 'orders', offset: 2n ** 40n }]] as [number, string, object][]
  expect(digest(...(events as never[]))).toBe(digest(...(events as never[])))
})

test.each([
  ['time', [1.25, 'a', { n: 1, s: 'x', b: 7n, t: true }]],
  ['kind', [1, 'b', { n: 1, s: 'x', b: 7n, t: true }]],
  ['a number', [1, 'a', { n: 2, s: 'x', b: 7n, t: true }]],
  ['a word', [1, 'a', { n: 1, s: 'y', b: 7n, t: true }]],
  ['a bigint', [1, 'a', { n: 1, s: 'x', b: 2n ** 64n + 7n, t: true }]],
  ['a boolean', [1, 'a', { n: 1, s: 'x', b: 7n, t: false }]],
  ['something inside', [1, 'a', { n: 1, s: 'x', b: 7n, t: true, inner: { n: 1 } }]],
] as const)('trace hash: %s makes a difference', (_, changed) => {
  expect(digest([...changed])).not.toBe(digest([1, 'a', { n: 1, s: 'x', b: 7n, t: true }]))
})

test('trace hash: order makes a difference', () => {
  expect(digest([1, 'a', {}], [1, 'b', {}])).not.toBe(digest([1, 'b', {}], [1, 'a', {}]))
})
