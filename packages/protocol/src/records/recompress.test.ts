import { expect, test } from 'vitest'
import { CompressionError, portableCodecs } from '../compression/index.ts'
import { isCrcValid, readBatchHeader, readRecords } from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'
import { recompressBatch } from './recompress.ts'

const codecs = portableCodecs

function batch(): Uint8Array {
  const writer = new BatchWriter(new Uint8Array(4096))
  for (let i = 0; i < 9; i++) writer.tryAppend(1000 + i, Uint8Array.of(i), new Uint8Array(100).fill(i), [])
  return writer.close({ producerId: 7n, producerEpoch: 1, baseSequence: 3, isTransactional: false }).slice()
}

test('recompressing: the records are the same, and so is the rest of the header', () => {
  const original = readBatchHeader(batch())
  const smaller = readBatchHeader(recompressBatch(original.bytes, 'lz4', codecs))
  expect([smaller.compression, isCrcValid(smaller)]).toEqual(['lz4', true])
  expect(smaller.bytes.length).toBeLessThan(original.bytes.length)
  const { bytes: _, crc: __, batchLength: ___, ...rest } = smaller
  expect(rest).toMatchObject({
    producerId: 7n,
    baseSequence: 3,
    recordCount: 9,
    baseTimestamp: 1000,
    maxTimestamp: 1008,
  })
  expect(readRecords(smaller, codecs)).toEqual(readRecords(original, codecs))
  expect(recompressBatch(recompressBatch(smaller.bytes, 'snappy', codecs), 'none', codecs)).toEqual(original.bytes)
})

test('recompressing: a codec that is not there is a CompressionError', () => {
  expect(() => recompressBatch(batch(), 'gzip', codecs)).toThrow(CompressionError)
})
