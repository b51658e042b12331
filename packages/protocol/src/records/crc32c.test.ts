import packageCrc32c from 'crc-32/crc32c.js'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { loadNativeCrc32c } from '../node.ts'
import { hotCode } from '../wasm/hot-code.ts'
import { crc32c, crc32cInJavaScript, useCrc32c } from './crc32c.ts'

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

afterEach(() => useCrc32c(undefined))

test('crc32c: the braid agrees with the package crc-32 at every length up to 1,000 and every alignment', () => {
  const bytes = Uint8Array.from({ length: 1_008 }, (_, i) => (i * 151 + (i >> 2)) & 0xff)
  for (let length = 0; length <= 1_000; length++) {
    const part = bytes.subarray(length % 8, (length % 8) + length)
    expect(crc32cInJavaScript(part, 0), `${length} bytes`).toBe(packageCrc32c.buf(part, 0) >>> 0)
    expect(crc32cInJavaScript(part, 0xdeadbeef), `${length} bytes`).toBe(packageCrc32c.buf(part, 0xdeadbeef | 0) >>> 0)
  }
})

test('crc32c: WebAssembly agrees with the package crc-32, from its first length to more than it takes at once', () => {
  expect(hotCode()).toBeDefined()
  const bytes = Uint8Array.from({ length: 2 * 65_536 + 1_000 }, (_, i) => Math.imul(i ^ (i >> 7), 0x9e3779b1) >>> 24)
  const lengths = [...Array.from({ length: 400 }, (_, i) => 500 + i), 65_535, 65_536, 65_537, 66_048, bytes.length - 8]
  for (const length of lengths) {
    const part = bytes.subarray(length % 8, (length % 8) + length)
    expect(crc32c(part), `${length} bytes`).toBe(packageCrc32c.buf(part, 0) >>> 0)
    expect(crc32c(part, 0xdeadbeef), `${length} bytes`).toBe(packageCrc32c.buf(part, 0xdeadbeef | 0) >>> 0)
  }
})

test('crc32c: WebAssembly notices every bit of a batch', () => {
  const bytes = new Uint8Array(700).fill(7)
  const right = crc32c(bytes)
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    expect(crc32c(bytes), `bit ${bit}`).not.toBe(right)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
  }
})

test('crc32c: one that miscounts a single bit of long inputs is refused, and nothing changes', () => {
  const wrong = (bytes: Uint8Array, seed: number) => crc32cInJavaScript(bytes, seed) ^ (bytes.length > 1_000 ? 1 : 0)
  expect(() => useCrc32c(wrong)).toThrow(RangeError)
  expect(crc32c(new Uint8Array(1_190))).toBe(crc32cInJavaScript(new Uint8Array(1_190), 0))
})

test('crc32c: @node-rs/crc32 passes the test of itself and then makes the checksums', async () => {
  expect(await loadNativeCrc32c()).toBe(true)
  const bytes = new Uint8Array(1_000).fill(7)
  expect(crc32c(bytes, crc32c(bytes))).toBe(packageCrc32c.buf(bytes, packageCrc32c.buf(bytes, 0)) >>> 0)
})
