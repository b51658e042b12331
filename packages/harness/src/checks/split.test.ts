import { expect, test } from 'vitest'
import { history, settings, told } from '../../test/hand-made-history.ts'
import { split } from './split.ts'

const where = { topic: 'orders', partition: 0 }
const header = 61
/** A batch with 100 bytes of records is split in two, of which the second is sent with so many. */
const found = (recordBytes: number, records: number): string[] => {
  const trace = [
    told(1, 'batch-drained', { batch: 0, ...where, records: 4, bytes: header + 100 }),
    told(2, 'batch-created', { batch: 1, ...where }),
    told(2, 'batch-created', { batch: 2, ...where }),
    told(2, 'batch-split', { batch: 0, ...where, records: 4, parts: 2 }),
    told(3, 'batch-drained', { batch: 2, ...where, records, bytes: header + recordBytes }),
  ]
  return split.judge(history([], { trace })).map(({ message }) => message)
}

test('SPLIT: half of the bytes, or one large record, is lawful', () => {
  expect(found(50, 2)).toEqual([])
  expect(found(80, 1)).toEqual([])
})

test('SPLIT: more than half of the bytes is found', () => {
  expect(found(52, 2)).toEqual(['a part of a split batch of orders-0 holds 52 of its 100 bytes'])
})

test('SPLIT: does not bind with compression', () => {
  expect(split.unbound?.(history([], { producer: { ...settings, compresses: true } }))).toMatch('compressed')
})
