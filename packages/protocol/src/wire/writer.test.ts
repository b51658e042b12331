import { expect, test } from 'vitest'
import { toHex } from '../../test/hex.ts'
import { Reader } from './reader.ts'
import { EncodeError, Writer } from './writer.ts'

function written(write: (writer: Writer) => void): string {
  // No capacity at all, so that every write has to grow.
  const writer = new Writer(0)
  write(writer)
  return toHex(writer.finish())
}

test('writer: numbers are big-endian, also when writing them grows the buffer', () => {
  expect(written((w) => w.int8(-1))).toBe('ff')
  expect(written((w) => w.int16(-2))).toBe('fffe')
  expect(written((w) => w.int32(-3))).toBe('fffffffd')
  expect(written((w) => w.int64(-4n))).toBe('fffffffffffffffc')
  expect(written((w) => w.float64(1.5))).toBe('3ff8000000000000')
  expect(written((w) => w.boolean(true))).toBe('01')
})

test('writer: growing keeps what was written', () => {
  const text = written((w) => {
    for (let i = 0; i < 1000; i++) w.int16(i)
  })
  expect(text).toBe(Array.from({ length: 1000 }, (_, i) => i.toString(16).padStart(4, '0')).join(''))
})

test('writer: unsigned varints up to 32 bits', () => {
  const text = written((w) => {
    for (const value of [0, 127, 128, 300, 0xffffffff]) w.unsignedVarint(value)
  })
  expect(text).toBe('007f8001ac02ffffffff0f')
})

test('writer: null and empty differ in both length forms', () => {
  expect(written((w) => w.string(null))).toBe('ffff')
  expect(written((w) => w.string(''))).toBe('0000')
  expect(written((w) => w.compactString(null))).toBe('00')
  expect(written((w) => w.compactString(''))).toBe('01')
  expect(written((w) => w.lengthAndBytes(null))).toBe('ffffffff')
  expect(written((w) => w.lengthAndBytes(new Uint8Array(0)))).toBe('00000000')
  expect(written((w) => w.compactBytes(null))).toBe('00')
  expect(written((w) => w.compactBytes(new Uint8Array(0)))).toBe('01')
})

test('writer: lengths count bytes, not characters', () => {
  expect(written((w) => w.string('é'))).toBe('0002c3a9')
  expect(written((w) => w.compactString('é'))).toBe('03c3a9')
})

test('writer: what the wire cannot hold is refused, not wrapped', () => {
  const refused: ((writer: Writer) => void)[] = [
    (w) => w.int8(128),
    (w) => w.int16(-32769),
    (w) => w.int32(2 ** 31),
    (w) => w.int32(1.5),
    (w) => w.int32(Number.NaN),
    (w) => w.int64(2n ** 63n),
    (w) => w.int64(1 as unknown as bigint),
    (w) => w.int32(1n as unknown as number),
    (w) => w.boolean(1 as unknown as boolean),
    (w) => w.float64('1' as unknown as number),
    (w) => w.string('x'.repeat(0x8000)),
    (w) => w.compactString(5 as unknown as string),
    (w) => w.lengthAndBytes('abc' as unknown as Uint8Array),
    (w) => w.uuid('too short'),
    (w) => w.uuid('!!!!!!!!!!!!!!!!!!!!!!'),
  ]
  for (const write of refused) expect(() => written(write), String(write)).toThrow(EncodeError)
})

test('writer: the error names the field', () => {
  expect(() =>
    written((w) => {
      w.path.push('topics', 2, 'port')
      w.int16(70_000)
    }),
  ).toThrow('topics[2].port: 70000 is out of range; allowed -32768 to 32767')
})

test('writer: parts are what it would have written in one piece, and large bytes are shared, not copied', () => {
  const large = new Uint8Array(100).fill(7)
  const small = new Uint8Array(99).fill(8)
  const write = (writer: Writer): void => {
    writer.lengthAndBytes(large)
    writer.lengthAndBytes(small)
    writer.raw(large)
    writer.raw(large)
    writer.int16(5)
    writer.patchInt32(0, 1234)
  }
  const parting = new Writer(0, 100)
  write(parting)
  expect(parting.length).toBe(4 + 100 + 4 + 99 + 200 + 2)
  const parts = parting.finishParts()
  expect(parts.map((part) => part === large)).toEqual([false, true, false, true, true, false])
  expect(parts.map(toHex).join('')).toBe(written(write))
  expect(() => parting.finish()).toThrow('shared bytes')
})

test('writer: parts of a message without large bytes are one', () => {
  const writer = new Writer(0, 100)
  writer.string('orders')
  expect(writer.finishParts()).toEqual([writer.finish()])
})

test('writer: short and long text, ASCII or not, is written as TextEncoder writes it and read back', () => {
  const texts = [
    '',
    'orders',
    'o'.repeat(24),
    'o'.repeat(25),
    'o'.repeat(64),
    'o'.repeat(65),
    'café',
    '\u007f\u0080',
    '\ufeffa',
    '𝄞x',
  ]
  for (const text of texts) {
    const utf8 = new TextEncoder().encode(text)
    const classic = new Writer()
    classic.string(text)
    expect([...classic.finish()]).toEqual([utf8.length >> 8, utf8.length & 255, ...utf8])
    const compact = new Writer()
    compact.compactString(text)
    expect([...compact.finish()]).toEqual([utf8.length + 1, ...utf8])
    const reader = new Reader(classic.finish())
    expect(reader.string(reader.length16())).toBe(text)
  }
})
