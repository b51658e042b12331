import { expect, test } from 'vitest'
import { ProducerBatch } from '../accumulator/producer-batch.ts'
import { LedgerPool } from '../accumulator/record-ledger.ts'
import { PartitionSequences } from './partition-sequences.ts'

const identity = { producerId: 7n, epoch: 0 }
const last = 2 ** 31 - 1
let batches = 0

function batch(records: number): ProducerBatch {
  const options = { topic: 'orders', partition: 0, createdMs: 0, deliveryTimeoutMs: 1_000, firstSend: 0 }
  const id = batches++
  const made = new ProducerBatch(new Uint8Array(1_000), {
    ...options,
    id,
    codec: undefined,
    compressionRatio: 1,
    memory: undefined,
    ledgers: new LedgerPool(),
  })
  for (let i = 0; i < records; i++) {
    made.tryAppend({ key: null, value: null, headers: [], timestampMs: 0, onCompletion: () => {} })
  }
  return made
}

/** Numbers that start `before` the wrap, and batches of these sizes in flight. */
function around(before: number, ...sizes: number[]): { sequences: PartitionSequences; inFlight: ProducerBatch[] } {
  const sequences = new PartitionSequences('orders-0', identity, last + 1 - before)
  const inFlight = sizes.map(batch)
  for (const one of inFlight) sequences.stamp(one, identity)
  return { sequences, inFlight }
}

test('partition sequences: numbers go on from the largest int32 with 0, also in the middle of a batch', () => {
  const { sequences, inFlight } = around(3, 2, 3, 1)
  expect(inFlight.map(({ baseSequence, lastSequence }) => [baseSequence, lastSequence])).toEqual([
    [last - 2, last - 1],
    [last, 1],
    [2, 2],
  ])
  sequences.checkInvariants()
})

test('partition sequences: across the wrap a retry waits for what is before it (Java compares plainly: K24)', () => {
  const { sequences, inFlight } = around(1, 1, 1, 1)
  const [before, after] = inFlight as [ProducerBatch, ProducerBatch]
  expect(sequences.mayDrain(after, identity)).toBe(false)
  expect(sequences.mayDrain(before, identity)).toBe(true)
  sequences.acknowledge(before)
  expect(sequences.mayDrain(after, identity)).toBe(true)
})

test('partition sequences: across the wrap an acknowledgement that comes late does not set back the last one', () => {
  const { sequences, inFlight } = around(2, 2, 2, 2)
  sequences.acknowledge(inFlight[1]!)
  sequences.acknowledge(inFlight[0]!)
  // The third is given up with an unknown outcome; a fourth is not there to tell. Only the true last number shows a gap.
  sequences.giveUp(inFlight[2]!, 'maybe')
  expect(sequences.needsRestart()).toBe(true)
})

test('partition sequences: across the wrap an unknown outcome is resolved by the last number', () => {
  const { sequences, inFlight } = around(2, 2, 2)
  sequences.giveUp(inFlight[0]!, 'maybe')
  expect(sequences.mayDrain(batch(1), identity)).toBe(false)
  sequences.acknowledge(inFlight[1]!)
  expect(sequences.needsRestart()).toBe(false)
  expect(sequences.needsAttention).toBe(false)
})

test('partition sequences: across the wrap a gap renumbers what is behind it, and not what is before', () => {
  const { sequences, inFlight } = around(2, 1, 1, 1, 1)
  const [first, refused, third, fourth] = inFlight as [ProducerBatch, ProducerBatch, ProducerBatch, ProducerBatch]
  sequences.giveUp(refused, 'definite')
  // The first may be in the log under its old number.
  expect(sequences.needsRestart()).toBe(false)
  expect([sequences.mayDrain(first, identity), sequences.mayDrain(third, identity)]).toEqual([true, false])
  sequences.acknowledge(first)
  expect(sequences.needsRestart()).toBe(true)
  sequences.restart({ producerId: 7n, epoch: 1 })
  expect([third, fourth].map(({ baseSequence, producerEpoch }) => [baseSequence, producerEpoch])).toEqual([
    [0, 1],
    [1, 1],
  ])
})

test('partition sequences: the first of two gaps counts, also across the wrap', () => {
  const { sequences, inFlight } = around(1, 1, 1, 1)
  sequences.breakAt(inFlight[1]!.baseSequence)
  sequences.breakAt(inFlight[0]!.baseSequence)
  expect(sequences.mayDrain(inFlight[0]!, identity)).toBe(false)
  expect(sequences.needsRestart()).toBe(true)
})

test('partition sequences: the parts of a split batch share its numbers across the wrap', () => {
  const { sequences, inFlight } = around(2, 4)
  const parts = [batch(1), batch(3)]
  sequences.replace(inFlight[0]!, parts)
  expect(parts.map(({ baseSequence, nextSequence }) => [baseSequence, nextSequence])).toEqual([
    [last - 1, last],
    [last, 2],
  ])
  sequences.checkInvariants()
})

test('partition sequences: what a batch of an earlier identity comes to is no matter of this one', () => {
  const { sequences, inFlight } = around(5, 1)
  sequences.restart({ producerId: 7n, epoch: 1 })
  const old = batch(1)
  old.renumber({ producerId: 7n, producerEpoch: 0, baseSequence: 3 })
  sequences.acknowledge(old)
  sequences.giveUp(old, 'definite')
  expect(sequences.needsAttention).toBe(false)
  expect(sequences.isFirst(inFlight[0]!)).toBe(true)
})
