import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../wire/reader.ts'
import {
  unsignedVarintSize,
  VarintReader,
  varintSize,
  varlongSize,
  writeUnsignedVarint,
  writeVarint,
  writeVarlong,
} from './varint.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const readerOf = (hexBytes: string) => new VarintReader(new Uint8Array(Buffer.from(hexBytes, 'hex')))
const encoded = (write: (bytes: Uint8Array, at: number, value: number) => number, value: number) => {
  const bytes = new Uint8Array(16)
  return hex(bytes.subarray(0, write(bytes, 0, value)))
}

const varints: [number, string][] = [
  [0, '00'],
  [-1, '01'],
  [1, '02'],
  [63, '7e'],
  [-64, '7f'],
  [64, '8001'],
  [-65, '8101'],
  [8191, 'fe7f'],
  [-8192, 'ff7f'],
  [8192, '808001'],
  [-8193, '818001'],
  [1048575, 'feff7f'],
  [1048576, '80808001'],
  [134217727, 'feffff7f'],
  [134217728, '8080808001'],
  [2147483647, 'feffffff0f'],
  [-2147483648, 'ffffffff0f'],
]

test.each(varints)('varint: %i is %s', (value, bytes) => {
  expect(encoded(writeVarint, value)).toBe(bytes)
  expect(encoded(writeVarlong, value)).toBe(bytes)
  expect(varintSize(value)).toBe(bytes.length / 2)
  expect(varlongSize(value)).toBe(bytes.length / 2)
  expect(readerOf(bytes).varint('x')).toBe(value)
  expect(readerOf(bytes).varlong('x')).toBe(value)
})

test.each<[number, string]>([
  [17179869183, 'feffffff7f'],
  [17179869184, '808080808001'],
  [2147483648, '8080808010'],
  [-2147483649, '8180808010'],
  [Number.MAX_SAFE_INTEGER, 'feffffffffffff1f'],
  [-Number.MAX_SAFE_INTEGER, 'fdffffffffffff1f'],
])('varlong: %i is %s', (value, bytes) => {
  expect(encoded(writeVarlong, value)).toBe(bytes)
  expect(varlongSize(value)).toBe(bytes.length / 2)
  expect(readerOf(bytes).varlong('x')).toBe(value)
})

test('varlong: beyond safe integers, the nearest double is read', () => {
  expect(readerOf('feffffffffffffffff01').varlong('x')).toBe(2 ** 63)
  expect(readerOf('ffffffffffffffffff01').varlong('x')).toBe(-(2 ** 63))
})

test.each<[number, string]>([
  [0, '00'],
  [63, '3f'],
  [64, '40'],
  [8191, 'ff3f'],
  [8192, '8040'],
  [1048575, 'ffff3f'],
  [1048576, '808040'],
  [2147483647, 'ffffffff07'],
  [2147483648, '8080808008'],
  [4294967295, 'ffffffff0f'],
])('unsigned varint: %i is %s', (value, bytes) => {
  expect(encoded(writeUnsignedVarint, value)).toBe(bytes)
  expect(encoded(writeUnsignedVarint, value | 0)).toBe(bytes)
  expect(unsignedVarintSize(value)).toBe(bytes.length / 2)
  expect(readerOf(bytes).unsignedVarint('x')).toBe(value)
})

test('varint: over-long ones are an error that names the field', () => {
  expect(() => readerOf('808080808001').varint('key length')).toThrow(/^key length: varint longer than 5 bytes/)
  expect(() => readerOf('808080808001').unsignedVarint('x')).toThrow(DecodeError)
  expect(() => readerOf('8080808080808080808001').varlong('x')).toThrow(/longer than 10 bytes/)
  expect(readerOf('80808080808080808001').varlong('x')).toBe(2 ** 62)
})

test('varint: a truncated one is an error, also where the array goes on behind the end', () => {
  for (const [, bytes] of varints) {
    for (let length = 0; length < bytes.length; length += 2) {
      expect(() => readerOf(bytes.slice(0, length)).varint('x')).toThrow(DecodeError)
      expect(() => readerOf(bytes.slice(0, length)).varlong('x')).toThrow(DecodeError)
      const all = new Uint8Array(Buffer.from(`${bytes}0000`, 'hex'))
      expect(() => new VarintReader(all, 0, length / 2).varint('x')).toThrow(DecodeError)
    }
  }
})

test('varint: the size function and the writer agree, and what is written is read, for any value', () => {
  const bytes = new Uint8Array(16)
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeInteger(), fc.nat(53), (int, safe, shift) => {
      const smaller = Math.floor(safe / 2 ** shift)
      for (const value of [safe, smaller, int]) {
        const end = writeVarlong(bytes, 0, value)
        expect(end).toBe(varlongSize(value))
        expect(new VarintReader(bytes, 0, end).varlong('x')).toBe(value)
        const zigZag = value < 0 ? -BigInt(value) * 2n - 1n : BigInt(value) * 2n
        expect(end).toBe(Math.max(1, Math.ceil(zigZag.toString(2).length / 7)))
      }
      const end = writeVarint(bytes, 0, int)
      expect(end).toBe(varintSize(int))
      expect(new VarintReader(bytes, 0, end).varint('x')).toBe(int)
    }),
    { numRuns: 1000 },
  )
})

test('unsigned varint: the size function, the writer and the definition agree, and what is written is read, for any value', () => {
  const bytes = new Uint8Array(16)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(32), (any, shift) => {
      const value = Math.floor(any / 2 ** shift)
      const digits: number[] = []
      for (let rest = value; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) digits.push(rest % 128)
      const definition = digits.map((digit, i) => (i < digits.length - 1 ? digit + 128 : digit))
      const end = writeUnsignedVarint(bytes, 0, value)
      expect([...bytes.subarray(0, end)]).toEqual(definition)
      expect(unsignedVarintSize(value)).toBe(end)
      expect(new VarintReader(bytes, 0, end).unsignedVarint('x')).toBe(value)
    }),
    { numRuns: 1000 },
  )
})
