import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type SerializerName, serializers } from './index.ts'

/** Each name with what it takes, and the bytes that Java's serializer of that name gives. */
const accepted: readonly (readonly [SerializerName, unknown, string | null])[] = [
  ['string', 'tea', '746561'],
  ['string', '', ''],
  ['string', 'hé🫖', '68c3a9f09fab96'],
  ['bytes', new Uint8Array([0, 255]), '00ff'],
  ['default', 'tea', '746561'],
  ['default', new Uint8Array([1]), '01'],
  ['json', { a: [1, null] }, '7b2261223a5b312c6e756c6c5d7d'],
  ['short', -32768, '8000'],
  ['short', 258, '0102'],
  ['integer', 2147483647, '7fffffff'],
  ['integer', -2, 'fffffffe'],
  ['long', 1n, '0000000000000001'],
  ['long', -(2n ** 63n), '8000000000000000'],
  ['long', 2 ** 53 - 1, '001fffffffffffff'],
  ['float', 5678567.12312, '4aad4bce'],
  ['float', Number.NaN, '7fc00000'],
  ['double', 1.5, '3ff8000000000000'],
  ['double', Number.NaN, '7ff8000000000000'],
  ['double', -0, '8000000000000000'],
  ['boolean', true, '01'],
  ['boolean', false, '00'],
  [
    'uuid',
    '123E4567-e89b-12d3-a456-426614174000',
    '31323365343536372d653839622d313264332d613435362d343236363134313734303030',
  ],
  ['void', 'anything', null],
]

test.each(accepted)('serializers: %s of %o is %s', (name, data, hex) => {
  const bytes = serialize(name, data)
  expect(bytes === null ? null : Buffer.from(bytes).toString('hex')).toBe(hex)
})

/** What would be changed on the way, or is another type, is refused instead. */
const refused: readonly (readonly [SerializerName, unknown])[] = [
  ['string', 1],
  ['bytes', 'tea'],
  ['bytes', [1, 2]],
  ['default', { a: 1 }],
  ['default', 1],
  ['json', undefined],
  ['json', 1n],
  ['short', 32768],
  ['short', 1.5],
  ['short', '1'],
  ['integer', 2 ** 31],
  ['integer', Number.NaN],
  ['integer', 1n],
  ['long', 2n ** 63n],
  ['long', 2 ** 53],
  ['long', 0.5],
  ['float', '1'],
  ['double', 1n],
  ['boolean', 1],
  ['uuid', '123e4567e89b12d3a456426614174000'],
  ['uuid', 7],
]

test.each(refused)('serializers: %s refuses %o', (name, data) => {
  expect(() => serialize(name, data)).toThrow(TypeError)
})

test('serializers: the folder is the list', () => {
  const notSerializers = ['index', 'integer-in', 'serialize', 'serializer']
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace('.ts', ''))
  expect(files.filter((file) => !notSerializers.includes(file)).sort()).toEqual(Object.keys(serializers).sort())
})

function serialize(name: SerializerName, data: unknown): Uint8Array | null {
  return serializers[name](data as never, 'orders', []) as Uint8Array | null
}
