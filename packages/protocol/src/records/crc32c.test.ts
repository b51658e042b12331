import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

const ascii = (text: string) => new TextEncoder().encode(text)

/** Bit by bit, from the definition. */
function obviousCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0x82f63b78 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

test('crc32c: known values', () => {
  expect(crc32c(ascii('Some String'))).toBe(608512271)
  expect(crc32c(ascii('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(0))).toBe(0)
})

test('crc32c: agrees with the definition, in one piece and in two, wherever the bytes lie', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(9), (bytes, cut, offset) => {
      const expected = obviousCrc32c(bytes)
      expect(crc32c(bytes)).toBe(expected)
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(expected)
      const moved = new Uint8Array(offset + bytes.length)
      moved.set(bytes, offset)
      expect(crc32c(moved.subarray(offset))).toBe(expected)
    }),
  )
})
