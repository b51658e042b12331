import { expect, test } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

test.each([
  ['topc', 'topic'],
  ['tpoic', 'topic'],
  ['Topic', 'topic'],
  ['linger_ms', 'linger.ms'],
  ['lingerMs', 'linger.ms'],
  ['recrods', 'records'],
])('nearest: %s is %s', (word, meant) => {
  expect(nearest(word, ['topic', 'linger.ms', 'records', 'rate'])).toBe(meant)
})

test('nearest: something quite different gets no suggestion', () => {
  expect(nearest('colour', ['topic', 'rate'])).toBeUndefined()
  expect(didYouMean('colour', ['topic', 'rate'])).toBe('')
})
