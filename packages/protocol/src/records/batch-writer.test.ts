import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompressionCodec } from '../compression/index.ts'
import { InvariantError } from '../invariant.ts'
import { nodeCodecs } from '../node.ts'
import { batchHeaderBytes } from './batch-header.ts'
import { isCrcValid, readBatchHeader, readRecords } from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'
import { crc32c } from './crc32c.ts'
import { type Header, recordBytesUpperBound } from './record.ts'

const utf8 = (string: string) => new TextEncoder().encode(string)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

interface PlainRecord {
  timestamp: number
  key: Uint8Array | null
  value: Uint8Array | null
  headers: Header[]
}

const recordArbitrary: fc.Arbitrary<PlainRecord> = fc.record({
  timestamp: fc.oneof(fc.nat(2000), fc.integer({ min: -1, max: 4_102_444_800_000 }), fc.maxSafeNat()),
  key: fc.option(fc.uint8Array({ maxLength: 40 })),
  value: fc.option(fc.uint8Array({ maxLength: 300 })),
  headers: fc.array(
    fc.record({
      key: fc.string({ unit: 'binary', maxLength: 12 }),
      value: fc.option(fc.uint8Array({ maxLength: 20 })),
    }),
    { maxLength: 3 },
  ),
})

/** The obvious encoder: one array of numbers, bigint for every integer, straight from the description of the format. */
function obviousBatch(records: readonly PlainRecord[], producer = { id: -1n, epoch: -1n, sequence: -1n }): Uint8Array {
  const int = (value: bigint, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 0xffn))
  const varint = (value: bigint) => {
    let rest = value >= 0n ? value * 2n : -value * 2n - 1n
    const bytes: number[] = []
    for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128)
    return [...bytes, Number(rest)]
  }
  const withLength = (bytes: Uint8Array | readonly number[] | null) =>
    bytes === null ? varint(-1n) : [...varint(BigInt(bytes.length)), ...bytes]
  const first = BigInt(records[0]!.timestamp)
  const max = records.map((record) => BigInt(record.timestamp)).sort((a, b) => Number(b - a))[0]!
  const section = records.flatMap((record, i) =>
    withLength([
      0,
      ...varint(BigInt(record.timestamp) - first),
      ...varint(BigInt(i)),
      ...withLength(record.key),
      ...withLength(record.value),
      ...varint(BigInt(record.headers.length)),
      ...record.headers.flatMap((header) => [...withLength(utf8(header.key)), ...withLength(header.value)]),
    ]),
  )
  const count = BigInt(records.length)
  const underCrc = [
    ...int(0n, 2),
    ...int(count - 1n, 4),
    ...int(first, 8),
    ...int(max, 8),
    ...int(producer.id, 8),
    ...int(producer.epoch, 2),
    ...int(producer.sequence, 4),
    ...int(count, 4),
    ...section,
  ]
  const crc = BigInt(crc32c(Uint8Array.from(underCrc)))
  const behindLength = [...int(-1n, 4), 2, ...int(crc, 4), ...underCrc]
  return Uint8Array.from([...int(0n, 8), ...int(BigInt(behindLength.length), 4), ...behindLength])
}

function writerOf(records: readonly PlainRecord[], size: number, codec?: CompressionCodec): BatchWriter {
  const writer = new BatchWriter(new Uint8Array(size).fill(0xaa), codec === undefined ? {} : { codec })
  for (const { timestamp, key, value, headers } of records) {
    expect(writer.tryAppend(timestamp, key, value, headers)).toBe(true)
  }
  return writer
}

test('batch writer: writes the golden batches A, B, C and D', () => {
  const a = new BatchWriter(new Uint8Array(200))
  a.tryAppend(283843, utf8('key1'), utf8('value1'), [])
  a.tryAppend(1234, utf8('key2'), utf8('value2'), [])
  expect(hex(a.close())).toBe(
    '000000000000000000000055ffffffff02e58cf1ff00000000000100000000000454c300000000000454c3ffffffffffffffffffffffffffff0000000220000000086b6579310c76616c756531002400e1bf2202086b6579320c76616c75653200',
  )

  const b = new BatchWriter(new Uint8Array(200))
  b.tryAppend(1000, null, utf8('hello'), [])
  expect(hex(b.close())).toBe(
    '00000000000000000000003dffffffff025d035a1300000000000000000000000003e800000000000003e8ffffffffffffffffffffffffffff0000000116000000010a68656c6c6f00',
  )

  const c = new BatchWriter(new Uint8Array(200))
  c.tryAppend(1000, utf8('k'), utf8('v'), [
    { key: 'h1', value: utf8('x') },
    { key: 'h2', value: null },
  ])
  c.tryAppend(1007, null, null, [])
  expect(hex(c.close({ producerId: 4242n, producerEpoch: 7, baseSequence: 11 }))).toBe(
    '00000000000000000000004affffffff028228ca0900000000000100000000000003e800000000000003ef000000000000109200070000000b0000000222000000026b0276040468310278046832010c000e02010100',
  )

  const d = new BatchWriter(new Uint8Array(200))
  d.tryAppend(1000, utf8('k'), utf8('v'), [])
  expect(hex(d.close({ producerId: 4242n, producerEpoch: 7, baseSequence: 0, isTransactional: true }))).toBe(
    '00000000000000000000003affffffff025948ce6700100000000000000000000003e800000000000003e800000000000010920007000000000000000110000000026b027600',
  )
})

test('batch writer: agrees with the obvious encoder, byte for byte', () => {
  fc.assert(
    fc.property(fc.array(recordArbitrary, { minLength: 1, maxLength: 12 }), (records) => {
      const producer = { id: 77n, epoch: 3n, sequence: 2_147_483_647n }
      const state = { producerId: 77n, producerEpoch: 3, baseSequence: 2_147_483_647 }
      expect(hex(writerOf(records, 20_000).close(state))).toBe(hex(obviousBatch(records, producer)))
    }),
    { numRuns: 300 },
  )
})

test('batch writer: what it writes is read back, with every codec', () => {
  const codecs = [nodeCodecs.none, nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4]
  fc.assert(
    fc.property(
      fc.array(recordArbitrary, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(...codecs),
      (records, codec) => {
        const batch = readBatchHeader(writerOf(records, 20_000, codec).close())
        expect(batch.compression).toBe(codec.name)
        expect(isCrcValid(batch)).toBe(true)
        const read = readRecords(batch, nodeCodecs)
        expect(read).toEqual(records.map(({ ...record }, i) => ({ ...record, offset: BigInt(i) })))
      },
    ),
    { numRuns: 300 },
  )
})

test('batch writer: a record of key "key" and value "value" takes 15 bytes, 12 with a null key, 16 from offset delta 64', () => {
  const writer = new BatchWriter(new Uint8Array(4096))
  const sizes: number[] = []
  for (let i = 0; i < 66; i++) {
    const before = writer.uncompressedBytes
    writer.tryAppend(0, utf8('key'), utf8('value'), [])
    sizes.push(writer.uncompressedBytes - before)
  }
  expect(sizes).toEqual([...Array(64).fill(15), 16, 16])
  const other = new BatchWriter(new Uint8Array(4096))
  other.tryAppend(0, null, utf8('value'), [])
  expect(other.uncompressedBytes).toBe(12)
})

test('batch writer: a 16384-byte batch takes 1024 records of key "key" and value "value", 16381 bytes', () => {
  const writer = new BatchWriter(new Uint8Array(16384))
  while (writer.tryAppend(0, utf8('key'), utf8('value'), []));
  expect(writer.recordCount).toBe(1024)
  expect(writer.estimatedBytes).toBe(16381)
  expect(writer.isFull).toBe(false)
  const bytes = writer.close()
  expect(bytes.length).toBe(16381)
  expect(bytes.buffer).toBe(writer.buffer?.buffer)
})

test('batch writer: the limit itself is still room, and reaching it makes the batch full', () => {
  const exact = new BatchWriter(new Uint8Array(batchHeaderBytes + 30))
  expect(exact.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(true)
  expect(exact.isFull).toBe(false)
  expect(exact.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(true)
  expect(exact.isFull).toBe(true)
  const short = new BatchWriter(new Uint8Array(batchHeaderBytes + 29))
  expect(short.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(true)
  const before = short.buffer?.slice()
  expect(short.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(false)
  expect(short.buffer).toEqual(before)
  expect(short.recordCount).toBe(1)
  expect(short.tryAppend(0, null, null, [])).toBe(true)
})

test('batch writer: a first record that is too large is taken, outside the buffer, and fills the batch', () => {
  for (const size of [0, 61, 100]) {
    const writer = new BatchWriter(new Uint8Array(size))
    expect(writer.isFull).toBe(false)
    expect(writer.tryAppend(5, null, new Uint8Array(1000).fill(7), [])).toBe(true)
    expect(writer.isFull).toBe(true)
    expect(writer.tryAppend(5, null, null, [])).toBe(false)
    expect(writer.buffer).toEqual(new Uint8Array(size))
    const batch = readBatchHeader(writer.close())
    expect(isCrcValid(batch)).toBe(true)
    expect(readRecords(batch, {})[0]!.value).toEqual(new Uint8Array(1000).fill(7))
  }
})

test('batch writer: the upper bound of a record is never passed, and is close', () => {
  fc.assert(
    fc.property(recordArbitrary, recordArbitrary, (first, second) => {
      const writer = writerOf([first, second], 20_000)
      const bound = recordBytesUpperBound(first.key, first.value, first.headers)
      const alone = writerOf([first], 20_000).uncompressedBytes
      expect(alone).toBeLessThanOrEqual(bound)
      expect(bound - alone).toBeLessThanOrEqual(20)
      expect(writer.uncompressedBytes).toBeLessThanOrEqual(
        bound + recordBytesUpperBound(second.key, second.value, second.headers),
      )
    }),
  )
  expect(recordBytesUpperBound(utf8('key'), utf8('value'), [])).toBe(21 + 4 + 6 + 1)
  expect(recordBytesUpperBound(null, null, [{ key: 'h', value: null }])).toBe(21 + 1 + 1 + 1 + 2 + 1)
})

test('batch writer: with compression the estimate is floor(uncompressed * ratio * 1.05), and the new record counts in full', () => {
  const writer = new BatchWriter(new Uint8Array(1000), { codec: nodeCodecs.lz4, compressionRatio: 0.3 })
  const value = new Uint8Array(100).fill(1)
  let uncompressed = 0
  let recordBytes = 0
  let count = 0
  while (writer.tryAppend(0, null, value, [])) {
    recordBytes = writer.uncompressedBytes - uncompressed
    uncompressed = writer.uncompressedBytes
    count++
    expect(writer.estimatedBytes).toBe(61 + Math.floor(uncompressed * 0.3 * 1.05))
  }
  expect(61 + Math.floor(uncompressed * 0.3 * 1.05) + recordBytes).toBeGreaterThan(1000)
  expect(61 + Math.floor((uncompressed - recordBytes) * 0.3 * 1.05) + recordBytes).toBeLessThanOrEqual(1000)
  expect(uncompressed).toBeGreaterThan(1000)
  const bytes = writer.close()
  expect(bytes.buffer).toBe(writer.buffer?.buffer)
  expect(writer.estimatedBytes).toBe(bytes.length)
  expect(readRecords(readBatchHeader(bytes), nodeCodecs)).toHaveLength(count)
})

test('batch writer: a ratio of 1 is assumed without a better one, and bytes that do not compress still fit somewhere', () => {
  const writer = new BatchWriter(new Uint8Array(200), { codec: nodeCodecs.gzip })
  const noise = Uint8Array.from({ length: 120 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 0xff)
  expect(writer.tryAppend(0, null, noise, [])).toBe(true)
  expect(writer.estimatedBytes).toBe(61 + Math.floor(writer.uncompressedBytes * 1.05))
  const bytes = writer.close()
  expect(bytes.length).toBeGreaterThan(200)
  expect(readRecords(readBatchHeader(bytes), nodeCodecs)[0]!.value).toEqual(noise)
})

test('batch writer: the estimate grows with every record, and is the size once closed', () => {
  for (const codec of [undefined, nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4]) {
    const writer = new BatchWriter(new Uint8Array(4096), codec === undefined ? {} : { codec })
    let estimate = writer.estimatedBytes
    expect(estimate).toBe(batchHeaderBytes)
    for (let i = 0; i < 20; i++) {
      writer.tryAppend(i, utf8(`key ${i}`), utf8('value '.repeat(i)), [])
      expect(writer.estimatedBytes).toBeGreaterThan(estimate)
      estimate = writer.estimatedBytes
    }
    const bytes = writer.close()
    expect(writer.estimatedBytes).toBe(bytes.length)
    if (codec === undefined) expect(bytes.length).toBe(estimate)
  }
})

test('batch writer: headers count when room is decided', () => {
  const plain = new BatchWriter(new Uint8Array(batchHeaderBytes + 50))
  expect(plain.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(true)
  const headers = [{ key: 'a header', value: utf8('with a value') }]
  expect(plain.tryAppend(0, utf8('key'), utf8('value'), headers)).toBe(false)
  expect(plain.tryAppend(0, utf8('key'), utf8('value'), [])).toBe(true)
})

/** A budget that remembers the most that was out at once. */
class Budget {
  outBytes = 0
  peakBytes = 0
  private readonly totalBytes: number

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes
  }

  tryReserve(bytes: number): boolean {
    if (this.outBytes + bytes > this.totalBytes) return false
    this.outBytes += bytes
    this.peakBytes = Math.max(this.peakBytes, this.outBytes)
    return true
  }

  release(bytes: number): void {
    this.outBytes -= bytes
  }
}

test('batch writer: what records take beyond the buffer until they are compressed is reserved, and then given back', () => {
  const memory = new Budget(100_000)
  const writer = new BatchWriter(new Uint8Array(1000), { codec: nodeCodecs.lz4, compressionRatio: 0.1, memory })
  const value = new Uint8Array(100).fill(1)
  while (writer.tryAppend(0, null, value, []));
  expect(writer.uncompressedBytes).toBeGreaterThan(7_000)
  expect(writer.reservedBytes).toBe(memory.outBytes)
  expect(memory.outBytes).toBeGreaterThanOrEqual(writer.uncompressedBytes)
  expect(memory.outBytes).toBeLessThan(9_100)
  writer.endRecords()
  expect([memory.outBytes, writer.isFull, writer.estimatedBytes < 1000]).toEqual([0, true, true])
  expect(readRecords(readBatchHeader(writer.close()), nodeCodecs)).toHaveLength(writer.recordCount)
})

test('batch writer: a record for which the batch cannot grow is refused, and what is there stays whole', () => {
  const memory = new Budget(5_000)
  const writer = new BatchWriter(new Uint8Array(1000), { codec: nodeCodecs.gzip, compressionRatio: 0.1, memory })
  const value = new Uint8Array(100).fill(1)
  while (writer.tryAppend(0, null, value, []));
  expect(writer.uncompressedBytes).toBeLessThan(5_000)
  expect(memory.peakBytes).toBeLessThanOrEqual(5_000)
  const records = readRecords(readBatchHeader(writer.close()), nodeCodecs)
  expect(records).toHaveLength(writer.recordCount)
  expect(memory.outBytes).toBe(0)
})

test('batch writer: records that do not compress as expected stay reserved until the batch is discarded', () => {
  const memory = new Budget(100_000)
  const writer = new BatchWriter(new Uint8Array(1000), { codec: nodeCodecs.gzip, compressionRatio: 0.1, memory })
  let seed = 1
  const noise = (): Uint8Array =>
    Uint8Array.from({ length: 100 }, () => {
      seed = Math.imul(seed, 1_103_515_245) + 12_345
      return seed >>> 24
    })
  while (writer.tryAppend(0, null, noise(), []));
  const bytes = writer.close()
  expect(bytes.length).toBeGreaterThan(7_000)
  expect(memory.outBytes).toBeGreaterThanOrEqual(writer.uncompressedBytes)
  expect(readRecords(readBatchHeader(bytes), nodeCodecs)).toHaveLength(writer.recordCount)
  writer.discard()
  expect([memory.outBytes, writer.reservedBytes]).toEqual([0, 0])
  expect(writer.buffer).toHaveLength(1000)
})

test('batch writer: a batch that compression made larger than its buffer lets the buffer go', () => {
  const memory = new Budget(100_000)
  const noise = Uint8Array.from({ length: 120 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 0xff)
  const writer = new BatchWriter(new Uint8Array(200), { codec: nodeCodecs.gzip, memory })
  writer.tryAppend(0, null, noise, [])
  expect(writer.close().length).toBeGreaterThan(200)
  expect([writer.buffer, memory.outBytes]).toEqual([undefined, 0])
})

test('batch writer: closed again with another producer state, only that and the crc differ, and nothing is compressed twice', () => {
  let compressions = 0
  const counting: CompressionCodec = {
    ...nodeCodecs.snappy,
    compress(bytes) {
      compressions++
      return nodeCodecs.snappy.compress(bytes)
    },
  }
  for (const codec of [undefined, counting]) {
    const writer = new BatchWriter(new Uint8Array(4096), codec === undefined ? {} : { codec })
    for (let i = 0; i < 10; i++) writer.tryAppend(i, utf8('key'), utf8('value '.repeat(10)), [])
    const first = writer.close({ producerId: 5n, producerEpoch: 1, baseSequence: 1000 }).slice()
    const second = writer.close({ producerId: 5n, producerEpoch: 2, baseSequence: 0 }).slice()
    expect(readBatchHeader(second)).toMatchObject({
      producerId: 5n,
      producerEpoch: 2,
      baseSequence: 0,
      recordCount: 10,
    })
    expect(isCrcValid(readBatchHeader(second))).toBe(true)
    const differing = [...first.keys()].filter((at) => first[at] !== second[at])
    expect(differing.every((at) => (at >= 17 && at < 21) || (at >= 51 && at < 57))).toBe(true)
    expect(first.length).toBe(second.length)
    const third = writer.close({ producerId: 5n, producerEpoch: 1, baseSequence: 1000 })
    expect(third).toEqual(first)
  }
  expect(compressions).toBe(1)
})

test('batch writer: takes nothing once closed, and a batch without records is empty', () => {
  const writer = new BatchWriter(new Uint8Array(4096))
  writer.tryAppend(0, null, utf8('x'), [])
  writer.close()
  expect(writer.isFull).toBe(true)
  expect(writer.tryAppend(0, null, utf8('y'), [])).toBe(false)
  const empty = new BatchWriter(new Uint8Array(4096))
  expect(empty.close()).toHaveLength(0)
  expect(empty.tryAppend(0, null, utf8('y'), [])).toBe(false)
})

test('batch writer: a producer state that is no state is a mistake of the caller', () => {
  const writer = new BatchWriter(new Uint8Array(4096))
  writer.tryAppend(0, null, utf8('x'), [])
  const states = [
    { producerId: 1n, producerEpoch: -1, baseSequence: 0 },
    { producerId: 1n, producerEpoch: 0, baseSequence: -1 },
    { producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: true },
  ]
  for (const state of states) expect(() => writer.close(state)).toThrow(InvariantError)
})
