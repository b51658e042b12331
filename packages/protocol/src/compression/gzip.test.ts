import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipWithLevel, nodeCodecs } from '../node.ts'

const text = new TextEncoder().encode('to be or not to be '.repeat(500))

test('gzip: one member, which zlib reads, at every level', () => {
  for (const level of [-1, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    expect(Buffer.compare(gunzipSync(gzipWithLevel(level).compress(text)), text)).toBe(0)
  }
  expect(gzipWithLevel(1).compress(text).length).toBeGreaterThan(gzipWithLevel(9).compress(text).length)
})

test('gzip: another level is refused, with the allowed range', () => {
  for (const level of [0, 10, -2, 1.5, Number.NaN]) {
    expect(() => gzipWithLevel(level)).toThrow(/compression\.gzip\.level: .*; allowed: 1 to 9, or -1/)
  }
})

test('gzip: several members are one stream', () => {
  const two = Buffer.concat([gzipSync('to be '), gzipSync('or not')])
  expect(new TextDecoder().decode(nodeCodecs.gzip.decompress(two, 100))).toBe('to be or not')
})

test('gzip: 1 KiB that makes 1 MiB is refused, in the words of the codec', () => {
  const bomb = gzipSync(new Uint8Array(1 << 20))
  expect(bomb.length).toBeLessThan(1100)
  expect(() => nodeCodecs.gzip.decompress(bomb, 1000)).toThrow(expect.objectContaining({ codec: 'gzip' }))
})
