import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Bytes } from './utf8.ts'

const plain = new TextEncoder()

/** Also surrogates without their other half, and around the lengths at which something changes. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 32, max: 126 }) },
  fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd83d, 0xde00, 0xffff),
)
const text = fc
  .tuple(
    fc.oneof(fc.nat(70), fc.nat(2_100), fc.constantFrom(32, 33, 2_048, 2_049)),
    fc.array(unit, { minLength: 1, maxLength: 9 }),
  )
  .map(([length, units]) => String.fromCharCode(...Array.from({ length }, (_, i) => units[i % units.length]!)))

test('utf8: the bytes of a TextEncoder, which no later text changes', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const made = texts.map(utf8Bytes)
      for (const [i, bytes] of made.entries()) expect(Buffer.compare(bytes, plain.encode(texts[i]!))).toBe(0)
    }),
  )
})
