import { expect, test } from 'vitest'
import { numberOf, recordValue, valueBytesMin } from './record-value.ts'

test('record value: the marks come back, whatever the size', () => {
  for (const bytes of [valueBytesMin, 100, 16_384]) {
    const value = recordValue('0000abcd', 1_234_567, bytes)
    expect(value).toHaveLength(bytes)
    expect(numberOf(value, '0000abcd')).toBe(1_234_567)
  }
})

test('record value: the smallest one has room for the largest number', () => {
  expect(numberOf(recordValue('ffffffff', 9_999_999, valueBytesMin), 'ffffffff')).toBe(9_999_999)
})

test('record value: other bytes have no marks', () => {
  expect(numberOf(null, '0000abcd')).toBeUndefined()
  expect(numberOf(recordValue('0000abcd', 7, 30), '0000abce')).toBeUndefined()
  expect(numberOf(new TextEncoder().encode('hello'), '0000abcd')).toBeUndefined()
  expect(numberOf(recordValue('0000abcd', 7, 30).subarray(1), '0000abcd')).toBeUndefined()
})
