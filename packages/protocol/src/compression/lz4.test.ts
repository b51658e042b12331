import fc from 'fast-check'
import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { expect, test } from 'vitest'
import { lz4, lz4BlockInJavaScript, lz4With } from './lz4.ts'
import { xxh32 } from './xxh32.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (hexBytes: string) => new Uint8Array(Buffer.from(hexBytes.replaceAll(' ', ''), 'hex'))
const limit = 10_000_000
const header = '04224d18 60 40 82'

const input = fc
  .tuple(
    fc.constantFrom(1, 3, 26, 256),
    fc.oneof(fc.nat(2_000), fc.nat(200_000), fc.constantFrom(65_523, 65_524, 65_525, 65_536, 131_048)),
    fc.integer(),
    fc.constantFrom(0, 2, 6),
  )
  .map(([alphabet, length, seed, shift]) =>
    Uint8Array.from({ length }, (_, i) => (Math.imul(seed + (i >> shift), 0x9e3779b1) >>> 7) % alphabet),
  )

test('lz4: a frame has the header that Java writes and reads', () => {
  const frame = lz4.compress(new TextEncoder().encode('abc'))
  expect(hex(frame)).toBe(`${header.replaceAll(' ', '')}03000080${hex(new TextEncoder().encode('abc'))}00000000`)
  expect(hex(lz4.compress(new Uint8Array(0)))).toBe(`${header.replaceAll(' ', '')}00000000`)
})

test.each([
  ['of WebAssembly', lz4],
  ['of lz4js', lz4With(lz4BlockInJavaScript)],
])('lz4: an independent library reads our frames with blocks %s', (_, { compress }) => {
  fc.assert(
    fc.property(input, (bytes) => {
      expect(Buffer.compare(decompressFrameSync(Buffer.from(compress(bytes))), bytes)).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('lz4: frames of an independent library are read, with and without checksums', () => {
  fc.assert(
    fc.property(input, fc.boolean(), fc.boolean(), (bytes, contentChecksum, blockChecksums) => {
      const frame = compressFrameSync(Buffer.from(bytes), { contentChecksum, blockChecksums })
      expect(Buffer.compare(lz4.decompress(frame, limit), bytes)).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('lz4: no block holds more than 65524 bytes, and none is larger than what it holds', () => {
  const noise = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i ^ (i >>> 7), Math.imul(i, i) | 1) >>> 13)
  const frame = Buffer.from(lz4.compress(noise))
  const sizes: number[] = []
  let at = 7
  for (let size = frame.readUInt32LE(at); size !== 0; size = frame.readUInt32LE(at)) {
    sizes.push(size & 0x7fffffff)
    at += 4 + (size & 0x7fffffff)
  }
  expect(at + 4).toBe(frame.length)
  expect(sizes).toEqual([65_524, 65_524, 65_524, 3_428])
})

/** A frame with this descriptor, its checksum right, and these bytes behind it. */
function frameOf(descriptor: string, rest: string): Uint8Array {
  const bytes = bytesOf(`04224d18 ${descriptor} 00 ${rest}`)
  const at = 4 + descriptor.replaceAll(' ', '').length / 2
  bytes[at] = (xxh32(bytes, 4, at) >> 8) & 0xff
  return bytes
}

const storedAbc = '03000080 616263 00000000'

test('lz4: block sizes 4 to 7, block checksums, a content size and a content checksum are all read', () => {
  for (const blockSize of ['40', '50', '60', '70']) {
    expect(hex(lz4.decompress(frameOf(`60 ${blockSize}`, storedAbc), limit))).toBe('616263')
  }
  expect(hex(lz4.decompress(frameOf('68 40 0300000000000000', storedAbc), limit))).toBe('616263')
  // Java does not verify the content checksum, nor look at what follows.
  expect(hex(lz4.decompress(frameOf('64 40', `${storedAbc} deadbeef`), limit))).toBe('616263')
  const abc = bytesOf('616263')
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(xxh32(abc, 0, 3))
  expect(hex(frameOf('70 40', '').subarray(6))).toBe('ad')
  expect(hex(lz4.decompress(frameOf('70 40', `03000080 616263 ${hex(checksum)} 00000000`), limit))).toBe('616263')
})

test.each([
  ['another magic', bytesOf(`04224d19 60 40 82 ${storedAbc}`), /not an LZ4 frame/],
  ['a frame version other than 1', frameOf('a0 40', storedAbc), /version 2/],
  ['reserved bits', frameOf('62 40', storedAbc), /reserved/],
  ['reserved bits of the block descriptor', frameOf('60 41', storedAbc), /reserved/],
  ['linked blocks', frameOf('40 40', storedAbc), /linked/],
  ['a block size below 4', frameOf('60 30', storedAbc), /block size id 3/],
  ['a wrong header checksum', bytesOf(`04224d18 60 40 83 ${storedAbc}`), /header checksum/],
  ["the header checksum of Kafka's old format", bytesOf(`04224d18 60 40 1a ${storedAbc}`), /header checksum/],
  ['a wrong block checksum', frameOf('70 40', '03000080 616263 12345678 00000000'), /checksum of a block/],
  ['a block above the block size', frameOf('60 40', `01000180 ${'00'.repeat(65_537)} 00000000`), /block of 65537/],
  ['a frame without an end', frameOf('60 40', '03000080 616263'), /end mark/],
  ['a block that is cut off', frameOf('60 40', '04000080 616263'), /inside a block/],
  ['a match before the start', frameOf('60 40', '08000000 10 61 0200 30 616161 00000000'), /outside its block/],
  ['a match from nowhere', frameOf('60 40', '08000000 10 61 0000 30 616161 00000000'), /outside its block/],
  ['a block that ends with a match', frameOf('60 40', '04000000 10 61 0100 00000000'), /ends with a match/],
])('lz4: refuses %s', (_, bytes, message) => {
  expect(() => lz4.decompress(bytes, limit)).toThrow(message)
  expect(() => lz4.decompress(bytes, limit)).toThrow(expect.objectContaining({ codec: 'lz4' }))
})

test('lz4: a block that makes more than its block size is refused', () => {
  // One literal, then a match of 4 + 15 + 257 * 255 bytes.
  const bomb = `1f 61 0100 ${'ff'.repeat(257)} 00 10 61`
  const frame = frameOf('60 40', `08010000 ${bomb} 00000000`)
  expect(() => lz4.decompress(frame, limit)).toThrow(/block of 65556 bytes decompressed; limit 65536/)
})

test('lz4: a match does not reach into the block before', () => {
  const frame = frameOf('60 40', `03000080 616263 06000000 00 0300 10 61 00 00000000`)
  expect(() => lz4.decompress(frame, limit)).toThrow(expect.objectContaining({ codec: 'lz4' }))
})
