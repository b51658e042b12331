import { expect, test } from 'vitest'
import { marksOf, recordValue, valueBytesMin } from './record-value.ts'

test('record value: the marks come back, whatever the size', () => {
  for (const bytes of [valueBytesMin, 100, 16_384]) {
    const value = recordValue('0000abcd', 1_234_567, bytes)
    expect(value).toHaveLength(bytes)
    expect(marksOf(value)).toEqual({ run: '0000abcd', number: 1_234_567 })
  }
})

test('record value: the smallest one has room for the largest number', () => {
  expect(marksOf(recordValue('ffffffff', 9_999_999, valueBytesMin))).toEqual({ run: 'ffffffff', number: 9_999_999 })
})

test('record value: other bytes have no marks', () => {
  expect(marksOf(null)).toBeUndefined()
  expect(marksOf(new TextEncoder().encode('hello'))).toBeUndefined()
  expect(marksOf(recordValue('0000abcd', 7, 30).subarray(1))).toBeUndefined()
})
