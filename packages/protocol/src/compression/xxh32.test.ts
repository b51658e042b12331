import { expect, test } from 'vitest'
import { xxh32 } from './xxh32.ts'

test.each<[string, number]>([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('xxh32: of %o, as published', (text, hash) => {
  const bytes = new TextEncoder().encode(`--${text}--`)
  expect(xxh32(bytes, 2, bytes.length - 2)).toBe(hash)
})
