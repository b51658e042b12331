import { expect, test } from 'vitest'
import { base64, jsonText, textOf } from './json-text.ts'

test('json text: is what JSON.stringify writes, where both can', () => {
  const value = { a: [1, -0.5, 'x"\n\u2028', true, null, []], b: { c: {} }, d: undefined, 'e f': () => 1 }
  expect(jsonText(value)).toBe(JSON.stringify(value))
  for (const one of [null, 'text', 0, false, Number.NaN, Number.POSITIVE_INFINITY])
    expect(jsonText(one)).toBe(JSON.stringify(one))
})

test('json text: a bigint is a number with all its digits', () => {
  expect(jsonText({ offset: 2n ** 63n - 1n, none: -1n })).toBe('{"offset":9223372036854775807,"none":-1}')
})

test('json text: bytes are base64', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) % 256)
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  }
  expect(jsonText({ key: Uint8Array.of(104, 105) })).toBe('{"key":"aGk="}')
})

test('json text: text is shown only of bytes that are UTF-8', () => {
  expect(textOf(new TextEncoder().encode('grüße'))).toBe('grüße')
  expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeNull()
  expect(textOf(null)).toBeNull()
})
