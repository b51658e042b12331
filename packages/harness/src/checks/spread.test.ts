import { expect, test } from 'vitest'
import { acknowledged, history, settings } from '../../test/hand-made-history.ts'
import { spread } from './spread.ts'

const probes = [0, 1].map((partition) => ({ number: 0, topic: 'orders', partition }))
const producer = { ...settings, batchBytes: 30 }
const sentTo = (partitionOf: (i: number) => number, more = {}) =>
  spread.judge(
    history(
      Array.from({ length: 60 }, (_, i) => ({ ends: [acknowledged(partitionOf(i), i)], ...more })),
      { probes, producer },
    ),
  )

test('SPREAD: sixty batches in a row in one of two partitions are found', () => {
  expect(sentTo(() => 1).map(({ message }) => message)).toEqual([
    'more than 44 batches in a row went to orders-1, one of 2 partitions',
  ])
})

test('SPREAD: in turn, by key, or as asked for is lawful', () => {
  expect(sentTo((i) => (i >> 3) % 2)).toEqual([])
  expect(sentTo(() => 1, { key: 'a' })).toEqual([])
  expect(sentTo(() => 1, { partition: 1 })).toEqual([])
})
