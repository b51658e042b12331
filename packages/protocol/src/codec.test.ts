import { expect, test } from 'vitest'
import { hex, toHex } from '../test/hex.ts'
import { readStruct, type Struct, writeStruct } from './codec.ts'
import { PlanCache } from './plan.ts'
import { array, bytes, type Fields, int16, int32, int64, string, struct } from './schema.ts'
import { DecodeError, Reader } from './wire/reader.ts'
import { EncodeError, Writer } from './wire/writer.ts'

/** Versions 0 to 4 of a message, flexible from 2 on. */
function planOf(fields: Fields, version: number) {
  return new PlanCache({
    name: 'Test',
    versions: { min: 0, max: 4 },
    flexibleFrom: 2,
    request: fields,
    response: {},
  }).of('request', version)
}

function encode(fields: Fields, version: number, value: Struct): string {
  const writer = new Writer()
  writeStruct(writer, planOf(fields, version), value)
  return toHex(writer.finish())
}

function decode(fields: Fields, version: number, text: string): Struct {
  return readStruct(new Reader(hex(text)), planOf(fields, version))
}

test('codec: a field without a default must be given', () => {
  expect(() => encode({ name: string }, 0, {})).toThrow(new EncodeError('name', 'missing'))
})

test('codec: a field that is left out has its default', () => {
  const fields = { epoch: int32.or(-1), ids: array(int32).from(1), offset: int64.from(1) }
  expect(encode(fields, 1, {})).toBe('ffffffff 00000000 0000000000000000'.replaceAll(' ', ''))
  expect(encode(fields, 1, { epoch: undefined })).toBe(encode(fields, 1, {}))
  expect(encode(fields, 0, {})).toBe('ffffffff')
})

test('codec: a version that lacks a field refuses its value, unless it is the default', () => {
  const fields = { epoch: int32.from(3).or(-1), names: array(string).from(3), data: bytes.from(3) }
  expect(encode(fields, 1, { epoch: -1, names: [], data: new Uint8Array(0) })).toBe('')
  expect(() => encode(fields, 1, { epoch: 0 })).toThrow(/^epoch: this version cannot carry/)
  expect(() => encode(fields, 1, { names: ['a'] })).toThrow(/^names: this version cannot carry/)
  expect(() => encode(fields, 1, { data: hex('00') })).toThrow(/^data: this version cannot carry/)
})

test('codec: a version that lacks an ignorable field drops its value in silence', () => {
  expect(encode({ epoch: int32.from(3).or(-1).ignorable() }, 1, { epoch: 5 })).toBe('')
  expect(encode({ old: int32.upTo(1).ignorable() }, 4, { old: 5 })).toBe('00')
})

test('codec: being ignorable is no excuse in a version that has the field', () => {
  expect(() => encode({ epoch: int16.from(1).ignorable() }, 1, { epoch: 70_000 })).toThrow(EncodeError)
})

test('codec: a structure equals its default field by field', () => {
  const fields = {
    leader: struct({ id: int32.or(-1), epoch: int32.or(-1) })
      .from(3)
      .tagged(0),
  }
  expect(encode(fields, 1, { leader: { id: -1, epoch: -1 } })).toBe('')
  expect(encode(fields, 1, { leader: {} })).toBe('')
  expect(() => encode(fields, 1, { leader: { id: 2 } })).toThrow(/^leader: this version cannot carry/)
})

test('codec: null is refused on both sides in a version that does not allow it', () => {
  const fields = { name: string.nullable(1) }
  expect(encode(fields, 1, { name: null })).toBe('ffff')
  expect(decode(fields, 1, 'ffff')).toEqual({ name: null })
  expect(() => encode(fields, 0, { name: null })).toThrow(/^name: must not be null/)
  expect(() => decode(fields, 0, 'ffff')).toThrow(/^name: must not be null/)
  expect(() => decode({ names: array(string) }, 2, '00 00')).toThrow(/^names: must not be null/)
})

test('codec: a nullable structure starts with a byte that says whether there is one', () => {
  const fields = { cursor: struct({ at: int16 }).nullable().or(null) }
  expect(encode(fields, 0, { cursor: null })).toBe('ff')
  expect(encode(fields, 0, { cursor: { at: 5 } })).toBe('010005')
  expect(encode(fields, 0, {})).toBe('ff')
  expect(decode(fields, 0, '010005')).toEqual({ cursor: { at: 5 } })
})

test('codec: a tagged field is written only when it is not the default, in the order of the tags', () => {
  const fields = { b: int16.from(2).tagged(1), a: int16.from(2).tagged(0) }
  expect(encode(fields, 2, { a: 0, b: 0 })).toBe('00')
  expect(encode(fields, 2, { b: 2 })).toBe('01 01 02 0002'.replaceAll(' ', ''))
  expect(encode(fields, 2, { b: 2, a: 1 })).toBe('02 00 02 0001 01 02 0002'.replaceAll(' ', ''))
})

test('codec: unknown tagged fields are skipped by their size', () => {
  const fields = { a: int16.from(2).tagged(0) }
  expect(decode(fields, 2, '02 00 02 0001 63 03 aabbcc')).toEqual({ a: 1 })
  expect(() => decode(fields, 2, '01 63 04 aabbcc')).toThrow(DecodeError)
})

test('codec: a tagged field that is not as long as it says is refused', () => {
  const fields = { a: int16.from(2).tagged(0) }
  expect(() => decode(fields, 2, '01 00 03 0001aa')).toThrow(/^a: a tagged field of 3 bytes/)
  expect(() => decode(fields, 2, '01 00 01 0001')).toThrow(/^a: a tagged field of 1 bytes/)
})

test('codec: a field may be plain first and tagged later', () => {
  const fields = { rack: string.or('').tagged(0, 3) }
  expect(encode(fields, 2, { rack: 'r' })).toBe('027200')
  expect(encode(fields, 3, { rack: 'r' })).toBe('0100020272')
})

test('codec: a count that the remaining bytes cannot hold is refused before anything is read for it', () => {
  const twenty = 'ff'.repeat(16)
  expect(() => decode({ ids: array(int32) }, 0, `7fffffff${twenty}`)).toThrow(/^ids: 2147483647 items of at least 4/)
  expect(() => decode({ ids: array(int64) }, 2, `ffffffff0f${twenty}`)).toThrow(/^ids: 4294967294 items of at least 8/)
  expect(() => decode({ data: bytes }, 0, `7fffffff${twenty}`)).toThrow(/^data: needs 2147483647 bytes/)
  expect(() => decode({ topics: array({ name: string }) }, 0, `00000009${twenty}`)).toThrow(/^topics: 9 items/)
  expect(() => decode({}, 2, `ffffffff0f${twenty}`)).toThrow(/^taggedFields: 4294967295 items/)
})

test('codec: items without any field in a version still cost a byte each', () => {
  const fields = { items: array({ later: int32.from(1) }) }
  expect(() => decode(fields, 0, '7fffffff')).toThrow(/^items: 2147483647 items of at least 1/)
})

test('codec: an error deep inside names the way there', () => {
  const fields = { topics: array({ name: string, partitions: array({ index: int32 }) }) }
  const value = {
    topics: [
      { name: 'a', partitions: [] },
      { name: 'b', partitions: [{ index: 0 }, { index: 2 ** 40 }] },
    ],
  }
  expect(() => encode(fields, 0, value)).toThrow(/^topics\[1\]\.partitions\[1\]\.index: /)
  expect(() => decode(fields, 0, '00000001 0001 61 00000002 00000000 000000')).toThrow(/^topics\[0\]\.partitions: /)
  expect(() => decode(fields, 0, '00000001 0001 ff 00000000')).toThrow(/^topics\[0\]\.name: /)
})

test('codec: an error after a structure no longer names what was in it', () => {
  const fields = { topics: array({ name: string }), timeoutMs: int32 }
  expect(() => decode(fields, 0, '00000001 0001 61 0000')).toThrow(/^timeoutMs: /)
})

test('codec: defaults are not shared between messages', () => {
  const fields = { ids: array(int32).from(3), leader: struct({ id: int32 }).from(3) }
  const first = decode(fields, 0, '') as { ids: number[]; leader: { id: number } }
  first.ids.push(1)
  first.leader.id = 9
  expect(decode(fields, 0, '')).toEqual({ ids: [], leader: { id: 0 } })
})
