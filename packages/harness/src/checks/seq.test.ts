import { expect, test } from 'vitest'
import { batch, failed, history, observed } from '../../test/hand-made-history.ts'
import { seq } from './seq.ts'

const batches = (...ranges: [baseSequence: number, recordCount: number][]) =>
  history([], { batches: ranges.map(([baseSequence, recordCount]) => batch({ baseSequence, recordCount })) })

test('SEQ: ranges that join, in any order and repeated, are lawful', () => {
  expect(seq.judge(batches([0, 3], [5, 1], [3, 2], [0, 3]))).toEqual([])
})

test('SEQ: a batch that came again in two parts is lawful', () => {
  expect(seq.judge(batches([0, 4], [0, 2], [2, 2], [4, 1]))).toEqual([])
})

test('SEQ: a gap is found', () => {
  expect(seq.judge(batches([0, 3], [4, 1])).map((one) => one.message)).toEqual([
    'orders-0, producer id 7, epoch 0: sequence 3 never arrived, 4 did',
  ])
})

test('SEQ: a start above 0 is found', () => {
  expect(seq.judge(batches([1, 3]))).toHaveLength(1)
})

test('SEQ: wraps from 2^31 - 1 to 0 without a gap', () => {
  const wrapped = batches([0, 2 ** 31 - 1], [2 ** 31 - 1, 3], [2, 4])
  expect(seq.judge(wrapped)).toEqual([])
})

test('SEQ: does not bind once a batch was given up', () => {
  expect(seq.unbound?.(history([{ ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }]))).toMatch('failed batch')
})

test('SEQ: does not bind once the topic was deleted, or its leader forgot the producer', () => {
  const unbound = (event: string) =>
    seq.unbound?.(history([], { trace: [observed(5, event, { topic: 'orders', partition: 0 })] }))
  expect([unbound('topic-deleted'), unbound('producers-forgotten')]).toEqual([
    expect.stringContaining('lost'),
    expect.stringContaining('forgot'),
  ])
})
