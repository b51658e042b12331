import fc from 'fast-check'
import { expect, test } from 'vitest'
import { portableCodecs } from '../compression/index.ts'
import { nodeCodecs } from '../node.ts'
import { DecodeError } from '../wire/reader.ts'
import {
  isCrcValid,
  type RecordBatch,
  readBatchHeader,
  readRecords,
  rewriteTimestamps,
  scanRecords,
  setBaseOffset,
  setPartitionLeaderEpoch,
  splitBatches,
} from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'
import { crc32c } from './crc32c.ts'
import type { RecordErrorKind } from './record-error.ts'

const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes))
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const utf8 = (string: string) => new TextEncoder().encode(string)

/** Batches whose bytes come from elsewhere: the first carries the checksum that Java's own test asserts. */
const golden = {
  a: bytesOf(
    '000000000000000000000055ffffffff02e58cf1ff00000000000100000000000454c300000000000454c3ffffffffffffffffffffffffffff0000000220000000086b6579310c76616c756531002400e1bf2202086b6579320c76616c75653200',
  ),
  b: bytesOf(
    '00000000000000000000003dffffffff025d035a1300000000000000000000000003e800000000000003e8ffffffffffffffffffffffffffff0000000116000000010a68656c6c6f00',
  ),
  c: bytesOf(
    '00000000000000000000004affffffff028228ca0900000000000100000000000003e800000000000003ef000000000000109200070000000b0000000222000000026b0276040468310278046832010c000e02010100',
  ),
  d: bytesOf(
    '00000000000000000000003affffffff025948ce6700100000000000000000000003e800000000000003e800000000000010920007000000000000000110000000026b027600',
  ),
  commit: bytesOf(
    '000000000000000000000042ffffffff0298fda99d00300000000000000000000003e800000000000003e800000000000010920007ffffffff000000012000000008000000010c00000000000f00',
  ),
  abort: bytesOf(
    '000000000000000000000042ffffffff026cc37fd500300000000000000000000003e800000000000003e800000000000010920007ffffffff000000012000000008000000000c00000000000f00',
  ),
}

test('batch reader: two records of the golden batch A, with the crc of the Java test', () => {
  const batch = readBatchHeader(golden.a)
  expect(batch).toMatchObject({
    baseOffset: 0n,
    batchLength: 85,
    partitionLeaderEpoch: -1,
    magic: 2,
    crc: 3851219455,
    compression: 'none',
    timestampType: 'create',
    isTransactional: false,
    isControl: false,
    lastOffsetDelta: 1,
    baseTimestamp: 283843,
    maxTimestamp: 283843,
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
    recordCount: 2,
  })
  expect(isCrcValid(batch)).toBe(true)
  const records = readRecords(batch, portableCodecs)
  expect(records.map((record) => [record.offset, record.timestamp, text(record.key), text(record.value)])).toEqual([
    [0n, 283843, 'key1', 'value1'],
    [1n, 1234, 'key2', 'value2'],
  ])
})

test('batch reader: nulls, headers and producer state of the golden batches B, C and D', () => {
  const b = readRecords(readBatchHeader(golden.b), portableCodecs)
  expect(b).toEqual([{ offset: 0n, timestamp: 1000, key: null, value: utf8('hello'), headers: [] }])

  const batchC = readBatchHeader(golden.c)
  expect(batchC).toMatchObject({ producerId: 4242n, producerEpoch: 7, baseSequence: 11, crc: 0x8228ca09 })
  expect(readRecords(batchC, portableCodecs)).toEqual([
    {
      offset: 0n,
      timestamp: 1000,
      key: utf8('k'),
      value: utf8('v'),
      headers: [
        { key: 'h1', value: utf8('x') },
        { key: 'h2', value: null },
      ],
    },
    { offset: 1n, timestamp: 1007, key: null, value: null, headers: [] },
  ])

  expect(readBatchHeader(golden.d)).toMatchObject({ isTransactional: true, isControl: false, baseSequence: 0 })
})

test('batch reader: the control batches E and F are a commit and an abort', () => {
  for (const [bytes, type] of [
    [golden.commit, 1],
    [golden.abort, 0],
  ] as const) {
    const batch = readBatchHeader(bytes)
    expect(batch).toMatchObject({ isControl: true, isTransactional: true, baseSequence: -1, producerEpoch: 7 })
    expect(isCrcValid(batch)).toBe(true)
    const [record] = readRecords(batch, portableCodecs)
    expect([...record!.key!]).toEqual([0, 0, 0, type])
    expect([...record!.value!]).toEqual([0, 0, 0, 0, 0, 15])
  }
})

test('batch reader: every truncation of a golden batch throws', () => {
  for (const bytes of Object.values(golden)) {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readBatchHeader(bytes.subarray(0, length))).toThrow(DecodeError)
      expect(splitBatches(bytes.subarray(0, length))).toEqual({ batches: [], trailingBytes: length })
    }
  }
})

test('batch reader: every flipped bit behind the crc, and in it, is noticed', () => {
  for (let at = 17; at < golden.c.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = golden.c.slice()
      flipped[at]! ^= 1 << bit
      expect(isCrcValid(readBatchHeader(flipped))).toBe(false)
    }
  }
})

test('batch reader: splits concatenated batches, also inside a larger array, and counts what is left', () => {
  const junk = Uint8Array.of(1, 2, 3, 4, 5)
  const all = new Uint8Array([...golden.a, ...golden.b, ...golden.commit, ...junk])
  const padded = new Uint8Array([9, 9, 9, ...all]).subarray(3)
  for (const bytes of [all, padded]) {
    const { batches, trailingBytes } = splitBatches(bytes)
    expect(batches.map((batch) => batch.bytes)).toEqual([golden.a, golden.b, golden.commit])
    expect(batches.every(isCrcValid)).toBe(true)
    expect(trailingBytes).toBe(5)
  }
})

test('batch reader: a length that no batch can have throws', () => {
  for (const length of [13, 0, -1, -2147483648]) {
    const bytes = golden.a.slice()
    new DataView(bytes.buffer).setInt32(8, length)
    expect(() => splitBatches(bytes)).toThrow(DecodeError)
    expect(() => readBatchHeader(bytes)).toThrow(DecodeError)
  }
})

test('batch reader: a batch of an older format is found by its magic, and its records are refused', () => {
  const bytes = new Uint8Array(12 + 22)
  new DataView(bytes.buffer).setInt32(8, 22)
  bytes[16] = 1
  const { batches } = splitBatches(bytes)
  expect(batches).toHaveLength(1)
  expect(batches[0]).toMatchObject({ magic: 1, recordCount: 0, producerId: -1n })
  expect(isCrcValid(batches[0]!)).toBe(false)
  expect(errorOf(() => readRecords(batches[0]!, portableCodecs))).toMatchObject({ name: 'RecordError', kind: 'magic' })
})

test('batch reader: base offset and leader epoch are rewritten without a new crc', () => {
  const bytes = new Uint8Array([...golden.b, ...golden.a])
  setBaseOffset(bytes, golden.b.length, 9_007_199_254_740_993n)
  setPartitionLeaderEpoch(bytes, golden.b.length, 42)
  const batch = readBatchHeader(bytes, golden.b.length)
  expect(batch).toMatchObject({ baseOffset: 9_007_199_254_740_993n, partitionLeaderEpoch: 42, crc: 3851219455 })
  expect(isCrcValid(batch)).toBe(true)
  expect(readRecords(batch, portableCodecs).map((record) => record.offset)).toEqual([
    9_007_199_254_740_993n,
    9_007_199_254_740_994n,
  ])
  expect(bytes.subarray(0, golden.b.length)).toEqual(golden.b)
})

test('batch reader: after a LogAppendTime rewrite all records have that time, and the crc is valid', () => {
  const bytes = new Uint8Array([...golden.b, ...golden.a, ...golden.b])
  rewriteTimestamps(bytes, golden.b.length, 1_700_000_000_123)
  const batch = readBatchHeader(bytes, golden.b.length)
  expect(batch).toMatchObject({
    timestampType: 'log-append',
    maxTimestamp: 1_700_000_000_123,
    baseTimestamp: 283843,
  })
  expect(isCrcValid(batch)).toBe(true)
  expect(readRecords(batch, portableCodecs).map((record) => record.timestamp)).toEqual([
    1_700_000_000_123, 1_700_000_000_123,
  ])
  expect(splitBatches(bytes).batches.map(isCrcValid)).toEqual([true, true, true])
})

/** A batch with this records section, and whatever else. */
function batchOf(section: readonly number[], header: { recordCount: number } & Partial<RecordBatch>): RecordBatch {
  const bytes = new Uint8Array([...golden.a.subarray(0, 61), ...section])
  return { ...readBatchHeader(golden.a), ...header, bytes }
}

const errorOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const plainRecord = [0x0c, 0, 0, 0, 0x01, 0x01, 0x00] // 6 bytes: null key, null value, no headers

test.each<[string, readonly number[], number, RecordErrorKind]>([
  ['fewer records than counted', plainRecord, 2, 'record-count'],
  ['more records than counted', [...plainRecord, ...plainRecord], 1, 'trailing-bytes'],
  ['no records, but bytes', plainRecord, 0, 'trailing-bytes'],
  ['a negative count', plainRecord, -1, 'record-count'],
  ['a count in the billions', plainRecord, 2147483647, 'record-count'],
  ['a length beyond the section', [0x0e, 0, 0, 0, 0x01, 0x01, 0x00], 1, 'malformed-record'],
  ['a length short of the fields', [0x0a, 0, 0, 0, 0x01, 0x01, 0x00], 1, 'malformed-record'],
  ['a length beyond the fields', [0x0e, 0, 0, 0, 0x01, 0x01, 0x00, 0x00], 1, 'malformed-record'],
  ['a negative length', [0x01, 0, 0, 0, 0x01, 0x01, 0x00], 1, 'malformed-record'],
  ['an over-long length', [0x8c, 0x80, 0x80, 0x80, 0x80, 0x00, 0, 0, 0, 1, 1, 0], 1, 'malformed-record'],
  ['an over-long timestamp', [0x20, 0, ...Array(10).fill(0x80), 0, 0, 1, 1, 0], 1, 'malformed-record'],
  ['a key beyond the record', [0x0c, 0, 0, 0, 0x7e, 0x01, 0x00], 1, 'malformed-record'],
  ['a value beyond the record', [0x0c, 0, 0, 0, 0x01, 0x7e, 0x00], 1, 'malformed-record'],
  ['a negative header count', [0x0c, 0, 0, 0, 0x01, 0x01, 0x01], 1, 'malformed-record'],
  ['a header count beyond the record', [0x0c, 0, 0, 0, 0x01, 0x01, 0x7e], 1, 'malformed-record'],
  ['a null header key', [0x10, 0, 0, 0, 0x01, 0x01, 0x02, 0x01, 0x01], 1, 'malformed-record'],
  ['a header key beyond the record', [0x10, 0, 0, 0, 0x01, 0x01, 0x02, 0x7e, 0x01], 1, 'malformed-record'],
  ['an offset delta out of turn', [0x0c, 0, 0, 0x02, 0x01, 0x01, 0x00], 1, 'offset-delta'],
])('batch reader: refuses %s', (_, section, recordCount, kind) => {
  const error = errorOf(() => readRecords(batchOf(section, { recordCount }), portableCodecs))
  expect(error).toMatchObject({ name: 'RecordError', kind })
})

test.each([nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4])(
  'batch reader: refuses a count that does not match the records that $name compressed',
  (codec) => {
    const writer = new BatchWriter(new Uint8Array(4096), { codec })
    for (let i = 0; i < 3; i++) writer.tryAppend(1000 + i, null, utf8('value '.repeat(i)), [])
    const batch = readBatchHeader(writer.close())
    expect(readRecords(batch, nodeCodecs)).toHaveLength(3)
    const errorFor = (recordCount: number): unknown => errorOf(() => readRecords({ ...batch, recordCount }, nodeCodecs))
    expect(errorFor(4)).toMatchObject({ name: 'RecordError', kind: 'record-count' })
    expect(errorFor(2)).toMatchObject({ name: 'RecordError', kind: 'trailing-bytes' })
  },
)

test('batch reader: as in Java, any negative key or value length is null, and attributes of a record are ignored', () => {
  const section = [0x0c, 0xff, 0, 0, 0x03, 0x05, 0x00]
  section.splice(1, 1, 0x7f)
  expect(readRecords(batchOf(section, { recordCount: 1 }), portableCodecs)).toMatchObject([{ key: null, value: null }])
})

test('batch reader: offset deltas with gaps are read when the caller says so', () => {
  const section = [0x0c, 0, 0, 0x08, 0x01, 0x01, 0x00]
  const records = readRecords(batchOf(section, { recordCount: 1 }), portableCodecs, { offsetDeltas: 'any' })
  expect(records[0]!.offset).toBe(4n)
})

test('batch reader: an unknown compression id, or one without a codec, is a compression error', () => {
  const unknown = golden.b.slice()
  unknown[22] = 6
  const batch = readBatchHeader(unknown)
  expect(batch).toMatchObject({ compression: undefined, compressionId: 6 })
  expect(errorOf(() => readRecords(batch, nodeCodecs))).toMatchObject({ name: 'CompressionError', codec: '6' })
  unknown[22] = 1
  expect(errorOf(() => readRecords(readBatchHeader(unknown), portableCodecs))).toMatchObject({
    name: 'CompressionError',
    codec: 'gzip',
  })
})

test('batch reader: every truncation of the section of a valid batch throws, whatever its compression', () => {
  for (const codec of [undefined, nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4]) {
    const writer = new BatchWriter(new Uint8Array(4096), codec === undefined ? {} : { codec })
    for (let i = 0; i < 20; i++) writer.tryAppend(1000 + i, utf8(`key ${i}`), utf8('value '.repeat(i)), [])
    const whole = writer.close()
    expect(readRecords(readBatchHeader(whole), nodeCodecs)).toHaveLength(20)
    for (let length = 61; length < whole.length; length++) {
      const cut = whole.slice(0, length)
      new DataView(cut.buffer).setInt32(8, length - 12)
      expect(() => readRecords(readBatchHeader(cut), nodeCodecs)).toThrow()
    }
  }
})

test('batch reader: arbitrary bytes as a records section give records or an error of ours, never another', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: -2, max: 20 }),
      fc.nat(7),
      (section, count, id) => {
        const bytes = new Uint8Array([...golden.a.subarray(0, 61), ...section])
        const view = new DataView(bytes.buffer)
        view.setInt32(8, bytes.length - 12)
        view.setInt32(57, count)
        view.setInt16(21, id)
        view.setUint32(17, crc32c(bytes.subarray(21)))
        try {
          expect(readRecords(readBatchHeader(bytes), nodeCodecs).length).toBe(count)
        } catch (error) {
          expect(['RecordError', 'CompressionError']).toContain((error as Error).name)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('scanRecords: sees what readRecords reads and refuses what it refuses, whatever byte is changed', () => {
  const seen = (batch: RecordBatch) => {
    const records: unknown[] = []
    scanRecords(batch, nodeCodecs, (index, timestamp, hasKey) => records.push([index, timestamp, hasKey]))
    return records
  }
  const read = (batch: RecordBatch) =>
    readRecords(batch, nodeCodecs, { offsetDeltas: 'any' }).map(({ timestamp, key }, i) => [i, timestamp, key !== null])
  const outcome = (run: (batch: RecordBatch) => unknown, batch: RecordBatch) => {
    try {
      return run(batch)
    } catch (error) {
      return `${error}`
    }
  }
  const headers = [
    { key: 'a', value: utf8('1') },
    { key: 'b', value: null },
  ]
  const writer = new BatchWriter(new Uint8Array(1_024))
  writer.tryAppend(1_000, null, utf8('value'), [])
  writer.tryAppend(1_007, utf8('key'), null, headers)
  writer.tryAppend(990, utf8(''), utf8('x'.repeat(200)), [])
  const whole = writer.close()
  expect(seen(readBatchHeader(whole))).toEqual(read(readBatchHeader(whole)))
  let refused = 0
  for (let at = 57; at < whole.length; at++) {
    for (const xor of [0x01, 0x02, 0x80, 0xff]) {
      const changed = whole.slice()
      changed[at]! ^= xor
      const batch = { ...readBatchHeader(changed), timestampType: 'create' as const }
      const expected = outcome(read, batch)
      expect(outcome(seen, batch), `byte ${at} ^ ${xor}`).toEqual(expected)
      if (typeof expected === 'string') refused++
    }
  }
  expect(refused).toBeGreaterThan(80)
})
