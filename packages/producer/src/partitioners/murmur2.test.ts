import { expect, test } from 'vitest'
import { murmur2, partitionForKey, toPositive } from './murmur2.ts'

const utf8 = new TextEncoder()

/** Key, hash, and partition of 3, 6, 10, 12, 100. The first six hashes are asserted by Java's own tests. */
const vectors: readonly [Uint8Array, number, readonly number[]][] = [
  [utf8.encode('21'), -973932308, [0, 0, 0, 0, 40]],
  [utf8.encode('foobar'), -790332482, [0, 0, 6, 6, 66]],
  [utf8.encode('a-little-bit-long-string'), -985981536, [2, 2, 2, 8, 12]],
  [utf8.encode('a-little-bit-longer-string'), -1486304829, [2, 5, 9, 11, 19]],
  [utf8.encode('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'), -58897971, [2, 5, 7, 5, 77]],
  [utf8.encode('abc'), 479470107, [0, 3, 7, 3, 7]],
  [utf8.encode(''), 275646681, [0, 3, 1, 9, 81]],
  [utf8.encode('k'), -1567496736, [2, 2, 2, 8, 12]],
  [utf8.encode('ab'), 316155434, [2, 2, 4, 2, 34]],
  [utf8.encode('abcd'), -1323649548, [2, 2, 0, 8, 0]],
  [utf8.encode('key'), -1079937367, [1, 1, 1, 1, 81]],
  [new Uint8Array([0xff]), -311467685, [0, 3, 3, 3, 63]],
  [new Uint8Array([0xff, 0xfe, 0xfd, 0xfc, 0xfb]), 524068735, [1, 1, 5, 7, 35]],
]

test('murmur2: the hash is the one of Java, tails and bytes above 127 included', () => {
  expect(vectors.map(([key]) => murmur2(key))).toEqual(vectors.map(([, hash]) => hash))
})

test('murmur2: keys go to the partitions that Java chooses', () => {
  for (const [key, , partitions] of vectors) {
    expect([3, 6, 10, 12, 100].map((count) => partitionForKey(key, count))).toEqual(partitions)
  }
})

test('murmur2: the sign bit is masked off, not negated', () => {
  expect([-1, -2147483648, 2147483647, 5].map(toPositive)).toEqual([2147483647, 0, 2147483647, 5])
})
