import { expect, test } from 'vitest'
import { none } from './none.ts'

test('none: gives the same bytes both ways, within the limit', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  expect(none.compress(bytes)).toBe(bytes)
  expect(none.decompress(bytes, 3)).toBe(bytes)
  expect(() => none.decompress(bytes, 2)).toThrow(/limit 2/)
})
