import { expect, test } from 'vitest'
import { LedgerPool, RecordLedger } from './record-ledger.ts'

test('record ledger: keeps every column, also beyond its first size', () => {
  const ledger = new RecordLedger()
  const callbacks = Array.from({ length: 1_000 }, () => () => {})
  for (const [i, callback] of callbacks.entries()) ledger.add(callback, 2 ** 41 + i, i % 3 === 0 ? -1 : i, 2 * i)
  expect(ledger.count).toBe(1_000)
  for (const [i, callback] of callbacks.entries()) {
    expect(ledger.toldOf(i)).toBe(callback)
    expect(ledger.timestampOf(i)).toBe(2 ** 41 + i)
    expect(ledger.keySizeOf(i)).toBe(i % 3 === 0 ? -1 : i)
    expect(ledger.valueSizeOf(i)).toBe(2 * i)
  }
  expect(() => ledger.toldOf(1_000)).toThrow('record 1000 of 1000')
})

test('record ledger: one that is given back is taken next, and knows nobody any more', () => {
  const pool = new LedgerPool()
  const ledger = pool.take()
  ledger.add(() => {}, 0, 0, 0)
  pool.giveBack(ledger)
  expect(pool.take()).toBe(ledger)
  expect(pool.take()).not.toBe(ledger)
  expect(ledger.count).toBe(0)
  expect(() => ledger.toldOf(0)).toThrow('record 0 of 0')
})
