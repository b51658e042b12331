import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payloadBytes, recordBodyBytes, recordBytesUpperBound, recordOverheadBytesMax, writeRecord } from './record.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('record: the body size is exact for any text in a header key, lone surrogates included', () => {
  const anyUtf16 = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  fc.assert(
    fc.property(anyUtf16, (units) => {
      const key = String.fromCharCode(...units)
      const headers = [{ key, value: null }]
      const bodyBytes = recordBodyBytes(0, 0, payloadBytes(null, null, headers))
      const bytes = new Uint8Array(bodyBytes + 10).fill(0xee)
      const end = writeRecord(bytes, 0, bodyBytes, 0, 0, null, null, headers)
      expect(end - bodyBytes).toBe(bodyBytes < 64 ? 1 : 2)
      expect(hex(bytes.subarray(end))).toBe('ee'.repeat(bytes.length - end))
      expect(hex(bytes)).toContain(hex(new TextEncoder().encode(key)))
    }),
    { numRuns: 500 },
  )
})

test('record: nothing is written beside the record', () => {
  const key = new Uint8Array(17).fill(1)
  const value = new Uint8Array(16).fill(2)
  const bodyBytes = recordBodyBytes(-5, 70, payloadBytes(key, value, []))
  const bytes = new Uint8Array(60).fill(0xee)
  const end = writeRecord(bytes, 3, bodyBytes, -5, 70, key, value, [])
  expect(hex(bytes)).toBe(`eeeeee5000098c0122${'01'.repeat(17)}20${'02'.repeat(16)}00${'ee'.repeat(60 - end)}`)
})

test('record: the fixed part takes 21 bytes at most, as in Java', () => {
  expect(recordOverheadBytesMax).toBe(5 + 1 + 10 + 5)
  expect(recordBytesUpperBound(null, null, [])).toBe(recordOverheadBytesMax + 3)
})
