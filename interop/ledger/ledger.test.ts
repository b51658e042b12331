import { expect, test } from 'vitest'
import { Ledger } from './ledger.ts'

function entry(partition: number, offset: number, number: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32BE(partition, 0)
  bytes.writeBigInt64BE(BigInt(offset), 4)
  bytes.writeInt32BE(number, 12)
  return bytes
}

/** Records 0 to 3, two in each of two partitions. */
function acknowledgedLedger(): Ledger {
  const ledger = new Ledger(4)
  for (let number = 0; number < 4; number++) ledger.acknowledged(number, number % 2, BigInt(number >> 1))
  return ledger
}

const sound = [entry(0, 0, 0), entry(0, 1, 2), entry(1, 0, 1), entry(1, 1, 3)]

test('ledger: everything read once, in place and in order, balances, however the stream is cut', () => {
  const ledger = acknowledgedLedger()
  const bytes = Buffer.concat(sound)
  for (let at = 0; at < bytes.length; at += 7) ledger.read(bytes.subarray(at, at + 7))
  ledger.mustBalance()
})

test.each([
  ['ACKED', sound.slice(0, 3)],
  ['EXACTLY1', [...sound, entry(1, 2, 3)]],
  ['OFFSETS', [...sound.slice(0, 3), entry(1, 7, 3)]],
  ['ORDER', [sound[1]!, sound[0]!, sound[2]!, sound[3]!]],
  ['PHANTOM', [...sound, entry(1, 2, 99)]],
  ['inside an entry', [...sound, Buffer.alloc(5)]],
])('ledger: names the law that is broken: %s', (law, entries) => {
  const ledger = acknowledgedLedger()
  for (const bytes of entries) ledger.read(bytes)
  expect(() => ledger.mustBalance()).toThrow(law)
})

test('ledger: a record that was never acknowledged, or twice, is a violation of ONCE', () => {
  const none = new Ledger(1)
  none.read(entry(0, 0, 0))
  expect(() => none.mustBalance()).toThrow('ONCE: 0 was never acknowledged')
  const twice = acknowledgedLedger()
  twice.acknowledged(3, 1, 1n)
  for (const bytes of sound) twice.read(bytes)
  expect(() => twice.mustBalance()).toThrow('ONCE: 3 was acknowledged twice')
})
