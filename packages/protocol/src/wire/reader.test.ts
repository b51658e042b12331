import { expect, test } from 'vitest'
import { hex } from '../../test/hex.ts'
import { DecodeError, Reader } from './reader.ts'

function reading(text: string, field = 'field'): Reader {
  const reader = new Reader(hex(text))
  reader.path.push(field)
  return reader
}

test('reader: numbers are big-endian and signed', () => {
  const reader = reading('ff fffe fffffffd fffffffffffffffc 3ff8000000000000')
  expect(reader.int8()).toBe(-1)
  expect(reader.int16()).toBe(-2)
  expect(reader.int32()).toBe(-3)
  expect(reader.int64()).toBe(-4n)
  expect(reader.float64()).toBe(1.5)
  expect(reader.remainingBytes).toBe(0)
})

test('reader: honours where a view starts in its buffer', () => {
  const whole = hex('0000 0007 0000')
  expect(new Reader(whole.subarray(2, 4)).int16()).toBe(7)
  const short = new Reader(whole.subarray(2, 4))
  expect(() => short.int32()).toThrow(DecodeError)
})

test('reader: any byte but zero is true, as in Kafka', () => {
  const reader = reading('00 01 ff')
  expect([reader.boolean(), reader.boolean(), reader.boolean()]).toEqual([false, true, true])
})

test('reader: unsigned varints up to 32 bits', () => {
  const reader = reading('00 7f 8001 ac02 ffffffff0f')
  expect([0, 0, 0, 0, 0].map(() => reader.unsignedVarint())).toEqual([0, 127, 128, 300, 0xffffffff])
})

test('reader: a varint longer than 32 bits is refused', () => {
  expect(() => reading('ffffffff10').unsignedVarint()).toThrow(/^field: a varint is longer than 32 bits/)
  expect(() => reading('808080808001').unsignedVarint()).toThrow(/longer than 32 bits/)
})

test('reader: text must be UTF-8, and keeps a leading U+FEFF', () => {
  expect(reading('c3a9').string(2)).toBe('é')
  expect(reading('efbbbf41').string(4)).toBe('\ufeffA')
  for (const bad of ['c328', 'ff', 'eda080', 'c080', 'c3']) {
    expect(() => reading(bad).string(bad.length / 2), bad).toThrow(/^field: a string is not valid UTF-8/)
  }
})

test('reader: a string longer than Kafka allows is refused before it is looked for', () => {
  expect(() => reading('00').string(0x8000)).toThrow(/limit 32767/)
})

test('reader: bytes are a view, not a copy', () => {
  const bytes = hex('0102030405')
  const view = new Reader(bytes, 1).byteView(3)
  expect([...view]).toEqual([2, 3, 4])
  expect(view.buffer).toBe(bytes.buffer)
})

test('reader: a failed read names the field and moves nothing', () => {
  const reader = reading('0001')
  reader.path.push(3, 'port')
  try {
    reader.int32()
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError)
    expect((error as DecodeError).field).toBe('field[3].port')
    expect((error as DecodeError).message).toBe('field[3].port: needs 4 bytes; 2 remain')
  }
  expect(reader.int16()).toBe(1)
})

test('reader: tagged fields are skipped by their size', () => {
  const reader = reading('02 00 03 aabbcc 8001 00 0007')
  reader.skipTaggedFields()
  expect(reader.int16()).toBe(7)
  expect(() => reading('02 00 03 aabb').skipTaggedFields()).toThrow(DecodeError)
})
