import { expect, test } from 'vitest'
import { InvalidRecordError } from './errors.ts'
import { checkRecord, type ProducerRecord, toHeaders } from './record.ts'

test.each<[string, Partial<ProducerRecord>]>([
  ['without a topic', { topic: undefined as unknown as string }],
  ['with an empty topic', { topic: '' }],
  ['with a negative partition', { partition: -1 }],
  ['with half a partition', { partition: 0.5 }],
  ['with a partition beyond 32 bits', { partition: 2 ** 31 }],
  ['with a negative timestamp', { timestamp: -1 }],
  ['with a timestamp that is no number', { timestamp: Number.NaN }],
])('record: one %s is refused', (_, part) => {
  expect(() => checkRecord({ topic: 't', value: 'x', ...part })).toThrow(InvalidRecordError)
})

test('record: 0 is a partition and a timestamp', () => {
  expect(() => checkRecord({ topic: 't', value: null, partition: 0, timestamp: 0 })).not.toThrow()
})

test('headers: order and repeated keys stay, text becomes UTF-8, null stays null', () => {
  const value = Uint8Array.of(1)
  expect(
    toHeaders([
      { key: 'b', value },
      { key: 'a', value: null },
      { key: 'b', value: Uint8Array.of(2) },
    ]),
  ).toEqual([
    { key: 'b', value },
    { key: 'a', value: null },
    { key: 'b', value: Uint8Array.of(2) },
  ])
  expect(toHeaders({ b: 'é', a: null })).toEqual([
    { key: 'b', value: Uint8Array.of(0xc3, 0xa9) },
    { key: 'a', value: null },
  ])
  expect(toHeaders(undefined)).toEqual([])
})

test('headers: a snapshot, so that what is done to the list afterwards changes nothing', () => {
  const list = [{ key: 'a', value: Uint8Array.of(1) }]
  const headers = toHeaders(list)
  list.push({ key: 'b', value: Uint8Array.of(2) })
  list[0]!.key = 'changed'
  expect(headers).toEqual([{ key: 'a', value: Uint8Array.of(1) }])
})

test.each<[string, unknown]>([
  ['a null key', [{ key: null, value: null }]],
  ['a value that is a number', { a: 1 }],
  ['an entry that is null', [null]],
])('headers: %s is refused', (_, headers) => {
  expect(() => toHeaders(headers as ProducerRecord['headers'])).toThrow(InvalidRecordError)
})
