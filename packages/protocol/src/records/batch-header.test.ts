import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchHeaderBytes, batchHeaderOffset, readInt64AsNumber, viewOf, writeNumberAsInt64 } from './batch-header.ts'

test('batch header: the fields lie side by side and add up to 61 bytes', () => {
  const widths: Record<keyof typeof batchHeaderOffset, number> = {
    baseOffset: 8,
    batchLength: 4,
    partitionLeaderEpoch: 4,
    magic: 1,
    crc: 4,
    attributes: 2,
    lastOffsetDelta: 4,
    baseTimestamp: 8,
    maxTimestamp: 8,
    producerId: 8,
    producerEpoch: 2,
    baseSequence: 4,
    recordCount: 4,
  }
  let at = 0
  for (const [field, width] of Object.entries(widths)) {
    expect([field, batchHeaderOffset[field as keyof typeof batchHeaderOffset]]).toEqual([field, at])
    at += width
  }
  expect(at).toBe(batchHeaderBytes)
})

test('batch header: a safe integer is the int64 it looks like', () => {
  const view = viewOf(new Uint8Array(12).subarray(4))
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constant(-1)), (value) => {
      writeNumberAsInt64(view, 0, value)
      expect(view.getBigInt64(0)).toBe(BigInt(value))
      expect(readInt64AsNumber(view, 0)).toBe(value)
    }),
  )
})
