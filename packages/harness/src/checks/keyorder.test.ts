import { expect, test } from 'vitest'
import { history, written } from '../../test/hand-made-history.ts'
import { keyorder } from './keyorder.ts'

test('KEYORDER: keys in their own partitions, each in order, are lawful', () => {
  const records = [written(0, { key: 'a' }), written(0, { key: 'b', logged: [[1, 0]] }), written(1, { key: 'a' })]
  expect(keyorder.judge(history(records))).toEqual([])
})

test('KEYORDER: a key in two partitions is found', () => {
  const found = keyorder.judge(history([written(0, { key: 'a' }), written(0, { key: 'a', logged: [[1, 0]] })]))
  expect(found.map((one) => one.message)).toEqual(['key a is in 2 partitions: orders-0, orders-1'])
})

test('KEYORDER: a key in two partitions that the caller chose is lawful', () => {
  const records = [written(0, { key: 'a', partition: 0 }), written(0, { key: 'a', partition: 1, logged: [[1, 0]] })]
  expect(keyorder.judge(history(records))).toEqual([])
})

test('KEYORDER: records of one key that changed places are found', () => {
  const found = keyorder.judge(history([written(2, { key: 'a' }), written(0, { key: 'b' }), written(1, { key: 'a' })]))
  expect(found.map((one) => one.message)).toEqual(['record 2 is before record 0 in orders-0'])
})
