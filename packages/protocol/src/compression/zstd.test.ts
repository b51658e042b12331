import * as wasm from '@bokuweb/zstd-wasm'
import { expect, test } from 'vitest'
import { loadZstd, nodeCodecs } from '../node.ts'
import { portableCodecs } from './index.ts'
import { readZstdFrames } from './zstd-frame.ts'

const zstd = await loadZstd()
const both = [
  ['fzstd', portableCodecs.zstd],
  ['zstd of loadZstd()', zstd],
] as const
const bytesOf = (hexBytes: string) => new Uint8Array(Buffer.from(hexBytes.replaceAll(' ', ''), 'hex'))
const text = new TextEncoder().encode('to be or not to be, that is the question; '.repeat(300))
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** A stream's frame, as Java's client writes it: no content size, a window of 2 MiB, a checksum if asked for. */
function streamFrameOf(blocks: string, descriptor = '00', window = '58'): Uint8Array {
  return bytesOf(`28b52ffd ${descriptor} ${window} ${blocks}`)
}

test('zstd: what one library writes, the other reads, in frames with a content size', () => {
  const compressed = zstd.compress(text)
  expect(compressed.length).toBeLessThan(200)
  expect(readZstdFrames(compressed)).toMatchObject([{ contentBytes: text.length }])
  for (const [, codec] of both) expect(Buffer.compare(codec.decompress(compressed, text.length), text)).toBe(0)
})

test('zstd: levels are used, and others refused', async () => {
  const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (Math.imul(i >> 3, 0x9e3779b1) >>> 20) % 40)
  const small = (await loadZstd(19)).compress(bytes).length
  const fast = (await loadZstd(-5)).compress(bytes).length
  expect(small).toBeLessThan(fast)
  await expect(loadZstd(23)).rejects.toThrow(/compression\.zstd\.level: 23; allowed: -131072 to 22/)
})

test.each(both)(
  '%s: reads stored, repeated and several blocks of a stream, with and without a checksum',
  (_, codec) => {
    // Blocks: 3 stored bytes; 5 times "b"; nothing, the last one.
    const blocks = '180000 616263 2a0000 62 010000'
    expect(new TextDecoder().decode(codec.decompress(streamFrameOf(blocks), 8))).toBe('abcbbbbb')
    expect(() => codec.decompress(streamFrameOf(blocks), 7)).toThrow(expect.objectContaining({ codec: 'zstd' }))
  },
)

test.each(both)('%s: reads a stream of more than 1 MiB without a content size', (_, codec) => {
  const large = new Uint8Array(3_000_000).fill(97)
  const frame = wasm.compress(large, 3)
  // The same blocks under the header of a stream. Descriptor, window and a content size of 4 bytes go before them here.
  expect(frame[4]).toBe(0x80)
  const stream = join(streamFrameOf('', '00', '58'), frame.subarray(10))
  expect(readZstdFrames(stream)[0]!.contentBytes).toBe(undefined)
  expect(Buffer.compare(codec.decompress(stream, 5_000_000), large)).toBe(0)
  expect(() => codec.decompress(stream, 2_999_999)).toThrow(expect.objectContaining({ codec: 'zstd' }))
})

test.each(both)('%s: reads several frames, skippable ones between them', (_, codec) => {
  const skippable = bytesOf('5f2a4d18 03000000 010203')
  const frames = join(zstd.compress(text), skippable, streamFrameOf('190000 616263'), zstd.compress(text), skippable)
  const expected = join(text, new TextEncoder().encode('abc'), text)
  expect(Buffer.compare(codec.decompress(frames, expected.length), expected)).toBe(0)
  expect(() => codec.decompress(frames, expected.length - 1)).toThrow(/limit/)
})

test.each(both)('%s: does not write to its input', (_, codec) => {
  const frame = Buffer.from(streamFrameOf('190000 616263'))
  const before = frame.toString('hex')
  codec.decompress(frame, 100)
  expect(frame.toString('hex')).toBe(before)
})

test.each(both)('%s: small frames that claim gigabytes are refused before memory is taken', (_, codec) => {
  const tail = '190000 616263'
  // A content size of 10 GiB; the same as the size of the window; a window of 1.8 TiB with 3 bytes in it.
  const claims = bytesOf(`28b52ffd c0 58 0000008002000000 ${tail}`)
  const segment = bytesOf(`28b52ffd e0 0000008002000000 ${tail}`)
  for (const frame of [claims, segment]) {
    expect(() => codec.decompress(frame, 2 ** 20)).toThrow(expect.objectContaining({ codec: 'zstd' }))
    expect(() => codec.decompress(frame, 2 ** 40)).toThrow(/a frame says 10737418240 bytes/)
  }
  expect(new TextDecoder().decode(codec.decompress(streamFrameOf(tail, '00', 'ff'), 3))).toBe('abc')
})

test('zstd: 40 KiB of repeated blocks do not make 1.3 GiB', () => {
  const bomb = streamFrameOf(`${'020010 00'.repeat(10_000)} 010000`)
  expect(() => portableCodecs.zstd.decompress(bomb, 2 ** 20)).toThrow(/limit 1048576/)
  expect(() => zstd.decompress(bomb, 2 ** 20)).toThrow(expect.objectContaining({ codec: 'zstd' }))
})

test.each([
  ['nothing', ''],
  ['another magic', '28b52ffc 00 58 190000 616263'],
  ['a dictionary', '28b52ffd 01 58 07 190000 616263'],
  ['a reserved bit', '28b52ffd 08 58 190000 616263'],
  ['a block of the reserved kind', '28b52ffd 00 58 1f0000 616263'],
  ['a block above 128 KiB', '28b52ffd 00 58 0b0010 61'],
  ['a block above the window', '28b52ffd 00 00 0b2000 61'],
  ['a block that is cut off', '28b52ffd 00 58 210000 616263'],
  ['no last block', '28b52ffd 00 58 180000 616263'],
  ['a checksum that is cut off', '28b52ffd 04 58 190000 616263 0000'],
  ['a skippable frame that is cut off', '502a4d18 04000000 010203'],
  ['trailing bytes', '28b52ffd 00 58 190000 616263 00'],
  ['a content size that is not right', '28b52ffd 20 02 190000 616263'],
])('zstd: refuses %s', (_, bytes) => {
  for (const [, codec] of both) {
    expect(() => codec.decompress(bytesOf(bytes), 1000)).toThrow(expect.objectContaining({ codec: 'zstd' }))
  }
})

test('zstd: without a compressor, the error says where to get one', () => {
  expect(() => portableCodecs.zstd.compress(text)).toThrow(/loadZstd\(\)/)
  expect(nodeCodecs.zstd.name).toBe('zstd')
})
