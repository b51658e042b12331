import { expect, test } from 'vitest'
import { decrementSequence, incrementSequence, isBefore, lastSequenceOf, sequenceDistance } from './sequences.ts'

const max = 2 ** 31 - 1

test('sequences: counting up and down wraps between 2^31 - 1 and 0', () => {
  const up: [number, number, number][] = [
    [5, 5, 10],
    [max, 1, 0],
    [max - 5, 10, 4],
    [max, 100, 99],
    [99, max, 98],
  ]
  for (const [from, count, to] of up) expect(incrementSequence(from, count)).toBe(to)
  const down: [number, number, number][] = [
    [10, 5, 5],
    [5, 5, 0],
    [0, 1, max],
  ]
  for (const [from, count, to] of down) expect(decrementSequence(from, count)).toBe(to)
})

test('sequences: what comes before what is right across the wrap', () => {
  expect(isBefore(max, 0)).toBe(true)
  expect(isBefore(0, max)).toBe(false)
  expect(isBefore(max - 2, 3)).toBe(true)
  expect(isBefore(4, 4)).toBe(false)
  expect(sequenceDistance(max, 1)).toBe(2)
  expect(sequenceDistance(1, max)).toBe(-2)
})

test('sequences: the last sequence of a batch wraps too', () => {
  expect(lastSequenceOf(max - 1, 2)).toBe(max)
  expect(lastSequenceOf(max - 1, 4)).toBe(1)
  expect(lastSequenceOf(7, 1)).toBe(7)
})
