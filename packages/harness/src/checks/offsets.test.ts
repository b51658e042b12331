import { expect, test } from 'vitest'
import { acknowledged, history, notIdempotent, observed, told, written } from '../../test/hand-made-history.ts'
import { offsets } from './offsets.ts'

test('OFFSETS: does not bind where acknowledged records may be truncated: acks=1 and a leader that is taken away', () => {
  const producer = { ...history([]).producer, acks: 1 } as const
  expect(offsets.unbound?.(history([], { producer }))).toBeUndefined()
  expect(offsets.unbound?.(history([], { producer, losesLeaders: true }))).toMatch('acks=1')
})

test('OFFSETS: a partition that is not told is not another one', () => {
  expect(offsets.judge(history([{ partition: 2, ends: [acknowledged(-1, -1)] }]))).toEqual([])
  expect(offsets.judge(history([{ partition: 2, ends: [acknowledged(1, 0)], logged: [[1, 0]] }]))).toHaveLength(1)
})

test('OFFSETS: unique, increasing offsets with the stored timestamp are lawful; unknown ones are not judged', () => {
  expect(
    offsets.judge(history([written(0), written(1, { ends: [acknowledged(0, -1)] }), written(2, { partition: 0 })])),
  ).toEqual([])
})

test('OFFSETS: one offset for two records is found', () => {
  const found = offsets.judge(history([written(0), written(1, { ends: [acknowledged(0, 0)] })]))
  expect(found.map((one) => one.message)).toEqual(['records 0 and 1 were both acknowledged as orders-0@0'])
})

test('OFFSETS: offsets that decrease in call order are found where order is promised', () => {
  const records = [written(1), written(0)]
  expect(offsets.judge(history(records)).map((one) => one.message)).toEqual([
    'record 1 was acknowledged as orders-0@0, before record 0 at 1',
  ])
  expect(offsets.judge(history(records, { producer: notIdempotent }))).toEqual([])
})

test('OFFSETS: another partition than the caller chose is found', () => {
  const found = offsets.judge(history([written(0, { partition: 1 })]))
  expect(found.map((one) => one.message)).toEqual(['record 0 was sent to partition 1 and acknowledged by 0'])
})

test('OFFSETS: another timestamp than the stored one is found', () => {
  const good = history([written(0)])
  const found = offsets.judge({ ...good, log: good.log.map((one) => ({ ...one, timestamp: 2_000 })) })
  expect(found).toMatchObject([{ evidence: ['acknowledged: 1000', 'stored:       2000'] }])
})

test('OFFSETS: the largest timestamp of the batch is what a recognised retry is answered with', () => {
  const retried = { ...acknowledged(0, 0), timestamp: 1_005 }
  expect(offsets.judge(history([written(0, { ends: [retried] })]))).toEqual([])
})

test('OFFSETS: a batch of an explored run that is completed without an offset is found', () => {
  const trace = [told(9, 'batch-completed', { topic: 'orders', partition: 0, offset: -1n })]
  expect(offsets.judge(history([], { trace, isStrict: true })).map((one) => one.message)).toEqual([
    'a batch of orders-0 was completed without an offset',
  ])
  expect(offsets.judge(history([], { trace }))).toEqual([])
})

test('OFFSETS: does not bind where the cluster lost what it had confirmed', () => {
  expect(offsets.unbound?.(history([]))).toBeUndefined()
  const trace = [observed(5, 'topic-deleted', { topic: 'orders' })]
  expect(offsets.unbound?.(history([], { trace }))).toMatch('lost')
})
