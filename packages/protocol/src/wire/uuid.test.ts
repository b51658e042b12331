import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatUuid, parseUuid, zeroUuid } from './uuid.ts'

test('uuid: the text is base64url without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = formatUuid(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(parseUuid(text)).toEqual(bytes)
    }),
  )
})

test('uuid: zero', () => {
  expect(formatUuid(new Uint8Array(16))).toBe(zeroUuid)
  expect(parseUuid(zeroUuid)).toEqual(new Uint8Array(16))
})

test('uuid: one UUID has one text', () => {
  // The last character carries two bits; the other four are zero or the text is not canonical.
  expect(parseUuid('AAAAAAAAAAAAAAAAAAAAAg')).toBeDefined()
  expect(parseUuid('AAAAAAAAAAAAAAAAAAAAAB')).toBeUndefined()
  for (const text of ['', 'A', `${zeroUuid}A`, 'AAAAAAAAAAAAAAAAAAAAA=', 'AAAAAAAAAAAAAAAAAAAA+A']) {
    expect(parseUuid(text), text).toBeUndefined()
  }
})
