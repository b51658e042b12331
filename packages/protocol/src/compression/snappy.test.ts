import fc from 'fast-check'
import * as rust from 'snappy'
import { expect, test } from 'vitest'
import { snappy } from './snappy.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (hexBytes: string) => new Uint8Array(Buffer.from(hexBytes.replaceAll(' ', ''), 'hex'))
const hello = '82534e4150505900 00000001 00000001 00000007 051068656c6c6f'
const limit = 1_000_000

test('snappy: "hello" is the stream that Java writes', () => {
  expect(hex(snappy.compress(new TextEncoder().encode('hello')))).toBe(hello.replaceAll(' ', ''))
  expect(new TextDecoder().decode(snappy.decompress(bytesOf(hello), limit))).toBe('hello')
})

test('snappy: nothing is a stream without blocks', () => {
  expect(snappy.compress(new Uint8Array(0))).toHaveLength(16)
  expect(snappy.decompress(snappy.compress(new Uint8Array(0)), 0)).toHaveLength(0)
})

test('snappy: a stream has blocks of 32 KiB, each of which an independent library reads', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 9)
  const stream = Buffer.from(snappy.compress(bytes))
  const parts: Buffer[] = []
  for (let at = 16; at < stream.length; ) {
    const length = stream.readInt32BE(at)
    parts.push(rust.uncompressSync(stream.subarray(at + 4, at + 4 + length)) as Buffer)
    at += 4 + length
  }
  expect(parts.map((part) => part.length)).toEqual([32_768, 32_768, 32_768, 1_696])
  expect(Buffer.compare(Buffer.concat(parts), bytes)).toBe(0)
})

test('snappy: raw blocks of an independent library are read, alone and in a stream', () => {
  const input = fc
    .tuple(fc.constantFrom(1, 3, 26, 256), fc.nat(60_000), fc.integer())
    .map(([alphabet, length, seed]) =>
      Uint8Array.from({ length }, (_, i) => (Math.imul(seed + (i >> 2), 0x9e3779b1) >>> 7) % alphabet),
    )
  fc.assert(
    fc.property(input, (bytes) => {
      const raw = rust.compressSync(bytes)
      expect(Buffer.compare(snappy.decompress(raw, limit), bytes)).toBe(0)
      const stream = Buffer.concat([bytesOf(hello).subarray(0, 16), Buffer.alloc(4), raw])
      stream.writeInt32BE(raw.length, 16)
      expect(Buffer.compare(snappy.decompress(stream, limit), bytes)).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('snappy: all three kinds of copy are read', () => {
  // "abcd" as a literal, then four bytes from four back, with an offset of one, two and four bytes.
  expect(hex(snappy.decompress(bytesOf('10 0c61626364 0104 0e0400 0f04000000'), limit))).toBe('61626364'.repeat(4))
})

test.each([
  ['a length that is too long to be one', '8080808080 01'],
  ['a literal beyond the input', '05 10 6865'],
  ['a literal beyond the length', '02 10 68656c6c6f'],
  ['elements short of the length', '06 10 68656c6c6f'],
  ['a copy before the start', '08 0c61626364 0105'],
  ['a copy from nowhere', '08 0c61626364 0100'],
  ['a copy beyond the length', '05 0c61626364 0104'],
  ['a copy offset that is cut off', '08 0c61626364 0e04'],
  ['a literal length with the sign bit, on which snappyjs hangs', '05 fcffffffff'],
  ['a block of a negative length', '82534e4150505900 00000001 00000001 ffffffff'],
  ['a block of no length', '82534e4150505900 00000001 00000001 00000000'],
  ['a block beyond the stream', '82534e4150505900 00000001 00000001 00000008 051068656c6c6f'],
  ['a version before the first', '82534e4150505900 00000000 00000001 00000007 051068656c6c6f'],
])('snappy: refuses %s', (_, bytes) => {
  expect(() => snappy.decompress(bytesOf(bytes), limit)).toThrow(expect.objectContaining({ codec: 'snappy' }))
})

test('snappy: small input that claims to be 4 GiB, or the whole limit, is refused before memory is taken', () => {
  const claim = (start: string) => new Uint8Array([...bytesOf(start), ...new Uint8Array(1000)])
  expect(() => snappy.decompress(claim('ffffffff0f'), 2 ** 40)).toThrow(/cannot expand to 4294967295/)
  expect(() => snappy.decompress(claim('ffffffff0f'), limit)).toThrow(expect.objectContaining({ codec: 'snappy' }))
  expect(() => snappy.decompress(claim('c0843d'), limit)).toThrow(/cannot expand to 1000000/)
})
