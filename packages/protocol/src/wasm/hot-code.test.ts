import fc from 'fast-check'
import lz4js from 'lz4js'
import * as rust from 'snappy'
import snappyjs from 'snappyjs'
import { afterEach, expect, test, vi } from 'vitest'
import { lz4BlockInJavaScript } from '../compression/lz4.ts'
import { hotCode } from './hot-code.ts'

const code = hotCode()!

/** Text, noise and runs, around the sizes at which the compressors do something else. */
const block = fc
  .tuple(
    fc.constantFrom(1, 3, 26, 256),
    fc.oneof(fc.nat(80), fc.nat(2_000), fc.integer({ min: 65_500, max: 65_536 })),
    fc.integer(),
    fc.constantFrom(0, 2, 6, 12),
  )
  .map(([alphabet, length, seed, shift]) =>
    Uint8Array.from({ length }, (_, i) => (Math.imul(seed + (i >> shift), 0x9e3779b1) >>> 7) % alphabet),
  )

const words = ['created', 'paid', 'shipped', 'returned', 'EUR', 'USD', 'orderId', 'customer', 'amountCents']
const text = new TextEncoder().encode(
  Array.from({ length: 4_000 }, (_, i) => `"${words[Math.imul(i, 0x9e3779b1) >>> 29]}":${i * 7919},`).join(''),
)

test('hot code: a block of lz4 is what lz4js reads, and ends as the format wants it', () => {
  fc.assert(
    fc.property(block, (bytes) => {
      const compressed = code.lz4Block(bytes).slice()
      expect(compressed.length).toBeLessThanOrEqual(bytes.length + bytes.length / 255 + 16)
      const read = new Uint8Array(bytes.length)
      expect(lz4js.decompressBlock(compressed, read, 0, compressed.length, 0)).toBe(bytes.length)
      expect(Buffer.compare(read, bytes)).toBe(0)
      const { lastMatchStart, lastLiterals } = endOf(compressed)
      if (lastMatchStart === undefined) return
      expect(bytes.length - lastMatchStart).toBeGreaterThanOrEqual(12)
      expect(lastLiterals).toBeGreaterThanOrEqual(5)
    }),
    { numRuns: 100 },
  )
})

test('hot code: a block of snappy is what snappyjs and the library in Rust read', () => {
  fc.assert(
    fc.property(block, (bytes) => {
      const compressed = code.snappyBlock(bytes).slice()
      expect(compressed.length).toBeLessThanOrEqual(bytes.length + bytes.length / 6 + 32)
      expect(Buffer.compare(rust.uncompressSync(Buffer.from(compressed)) as Buffer, bytes)).toBe(0)
      if (bytes.length > 0) expect(Buffer.compare(snappyjs.uncompress(compressed), bytes)).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('hot code: text becomes as small as with the libraries, within a twentieth', () => {
  const bytes = text.subarray(0, 65_000)
  expect(code.lz4Block(bytes).length).toBeLessThan(lz4BlockInJavaScript(bytes).length * 1.05)
  expect(code.snappyBlock(bytes).length).toBeLessThan(snappyjs.compress(bytes).length * 1.05)
})

test('hot code: a block depends on nothing that came before', () => {
  const bytes = text.subarray(1_000, 3_000)
  const alone = [code.lz4Block(bytes).slice(), code.snappyBlock(bytes).slice()]
  code.lz4Block(text.subarray(0, 65_536))
  expect(code.lz4Block(bytes).slice()).toEqual(alone[0])
  code.fold(text.subarray(0, 65_536), -1)
  expect(code.snappyBlock(bytes).slice()).toEqual(alone[1])
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('hot code: where there is no WebAssembly, or where it may not compile, there is none', async () => {
  for (const platform of [undefined, {}]) {
    vi.resetModules()
    vi.stubGlobal('WebAssembly', platform)
    const fresh = await import('./hot-code.ts')
    expect(fresh.hotCode()).toBe(undefined)
  }
})

test('hot code: without it checksums and codecs are those of JavaScript', async () => {
  vi.resetModules()
  vi.stubGlobal('WebAssembly', undefined)
  const { crc32c, crc32cInJavaScript } = await import('../records/crc32c.ts')
  const { lz4 } = await import('../compression/lz4.ts')
  const { snappy } = await import('../compression/snappy.ts')
  expect(crc32c(text)).toBe(crc32cInJavaScript(text, 0))
  for (const codec of [lz4, snappy]) {
    const compressed = codec.compress(text)
    expect(compressed.length).toBeLessThan(text.length)
    expect(Buffer.compare(codec.decompress(compressed, text.length), text)).toBe(0)
  }
})

/** Where the last match of a block begins in what it makes, and how many literals follow it. */
function endOf(compressed: Uint8Array): { lastMatchStart: number | undefined; lastLiterals: number } {
  let at = 0
  let made = 0
  let lastMatchStart: number | undefined
  const length = (half: number): number => {
    if (half < 15) return half
    let sum = half
    for (let more = 255; more === 255; sum += more) more = compressed[at++]!
    return sum
  }
  for (;;) {
    const token = compressed[at++]!
    const literals = length(token >> 4)
    at += literals
    made += literals
    if (at >= compressed.length) return { lastMatchStart, lastLiterals: literals }
    at += 2
    lastMatchStart = made
    made += length(token & 15) + 4
  }
}
