import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import snappyjs from 'snappyjs'
import { expect, test } from 'vitest'
import { loadZstd, nodeCodecs } from '../node.ts'
import {
  type CompressionCodec,
  CompressionError,
  compressionIds,
  compressionNameById,
  portableCodecs,
} from './index.ts'
import { lz4BlockInJavaScript, lz4With } from './lz4.ts'
import { snappyWith } from './snappy.ts'

// What holds for every codec. What is peculiar to one is beside it.

const codecs: CompressionCodec[] = [
  nodeCodecs.gzip,
  nodeCodecs.snappy,
  nodeCodecs.lz4,
  await loadZstd(),
  // Where there is no WebAssembly.
  lz4With(lz4BlockInJavaScript),
  snappyWith(snappyjs.compress),
  // Compresses with one library, reads with the other.
  { ...portableCodecs.zstd, compress: (await loadZstd()).compress },
]

const named = codecs.map((codec) => [codec.name, codec] as const)

/** From noise to a single byte repeated, around the sizes at which codecs start a new block. */
const input = fc
  .record({
    seed: fc.integer(),
    alphabet: fc.constantFrom(1, 2, 4, 26, 256),
    run: fc.constantFrom(1, 3, 50, 5000),
    length: fc.oneof(fc.nat(300), fc.constantFrom(32_767, 32_768, 32_769, 65_523, 65_524, 65_525, 65_536, 200_000)),
  })
  .map(({ seed, alphabet, run, length }) =>
    Uint8Array.from({ length }, (_, i) => ((Math.imul(seed ^ Math.floor(i / run), 0x9e3779b1) >>> 11) * 31) % alphabet),
  )

test('compression: one file for each codec, ids as in the protocol', () => {
  const names = Object.keys(compressionIds)
  expect(readdirSync(import.meta.dirname)).toEqual(expect.arrayContaining(names.map((name) => `${name}.ts`)))
  expect(Object.keys(nodeCodecs).sort()).toEqual(names.sort())
  expect([0, 1, 2, 3, 4, 5, 6, 7].map(compressionNameById)).toEqual([
    'none',
    'gzip',
    'snappy',
    'lz4',
    'zstd',
    undefined,
    undefined,
    undefined,
  ])
  for (const codec of Object.values(nodeCodecs)) expect(codec.id).toBe(compressionIds[codec.name])
})

test.each(named)('%s: what is compressed is decompressed, as a plain Uint8Array', (_, codec) => {
  fc.assert(
    fc.property(input, fc.boolean(), (bytes, asBuffer) => {
      const compressed = codec.compress(asBuffer ? Buffer.from(bytes) : bytes)
      const decompressed = codec.decompress(asBuffer ? Buffer.from(compressed) : compressed, bytes.length)
      expect(Object.getPrototypeOf(compressed)).toBe(Uint8Array.prototype)
      expect(Object.getPrototypeOf(decompressed)).toBe(Uint8Array.prototype)
      expect(Buffer.compare(decompressed, bytes)).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test.each(named)('%s: one byte more than the limit is refused', (_, codec) => {
  const compressed = codec.compress(new Uint8Array(100_000))
  expect(codec.decompress(compressed, 100_000)).toHaveLength(100_000)
  expect(errorOf(() => codec.decompress(compressed, 99_999))).toMatchObject({ codec: codec.name })
  expect(errorOf(() => codec.decompress(compressed, 0))).toMatchObject({ codec: codec.name })
})

test.each(named)('%s: every truncation is an error', (_, codec) => {
  const compressed = codec.compress(new TextEncoder().encode('to be or not to be, that is the question; '.repeat(20)))
  for (let length = 0; length < compressed.length; length++) {
    // A snappy stream that ends between two blocks is whole, just shorter: only the batch's record count can tell.
    if (codec.name === 'snappy' && length === 16) continue
    expect(errorOf(() => codec.decompress(compressed.subarray(0, length), 10_000))).toBeInstanceOf(CompressionError)
  }
})

test.each(named)('%s: damaged input is an error of ours or other bytes, within the limit, and soon', (_, codec) => {
  const valid = codec.compress(new TextEncoder().encode('to be or not to be, that is the question; '.repeat(20)))
  const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = new Uint8Array(valid)
      for (const [at, byte] of changes) damaged[at] = byte
      try {
        expect(codec.decompress(damaged, 5_000).length).toBeLessThanOrEqual(5_000)
      } catch (error) {
        expect(error).toBeInstanceOf(CompressionError)
      }
    }),
    { numRuns: 2_000 },
  )
})

test.each(named)('%s: arbitrary bytes behind a valid start are an error of ours or other bytes', (_, codec) => {
  const starts = [0, 4, 8, 16, 20, 24].map((length) => codec.compress(new Uint8Array(70_000)).subarray(0, length))
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 100 }), (start, rest) => {
      try {
        expect(codec.decompress(new Uint8Array([...start, ...rest]), 5_000).length).toBeLessThanOrEqual(5_000)
      } catch (error) {
        expect(error).toBeInstanceOf(CompressionError)
      }
    }),
    { numRuns: 2_000 },
  )
})

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
