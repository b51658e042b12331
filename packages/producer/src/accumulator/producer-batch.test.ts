import { isCrcValid, readBatchHeader, readRecords } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { expect, test } from 'vitest'
import { AccumulatorFixture, codecOf, valuesOf } from '../../test/accumulator-fixture.ts'
import { ProducerClosedError, type ProducerError, TimeoutError } from '../errors.ts'
import type { RecordMetadata } from '../record.ts'
import type { ProducerBatch } from './producer-batch.ts'

type Told = (RecordMetadata | ProducerError | undefined)[]

/** A drained batch of these values, and what its callers are told. */
function batchOf(fixture: AccumulatorFixture, values: readonly string[]): { batch: ProducerBatch; told: Told } {
  const told: Told = []
  for (const value of values) {
    fixture.append(0, { value, onCompletion: (metadata, error) => void told.push(metadata ?? error) })
  }
  return { batch: fixture.take(1, 10)[0]!, told }
}

test('producer batch: a failure is told to each caller once, in order, without metadata', () => {
  const fixture = new AccumulatorFixture()
  const { batch, told } = batchOf(fixture, ['a', 'b'])
  const error = new ProducerClosedError('closed')
  fixture.finish(batch, { kind: 'failure', errorOf: () => error })
  expect(told).toEqual([error, error])
})

test('producer batch: its first outcome stays, a second one is a mistake', () => {
  for (const first of ['success', 'failure'] as const) {
    const fixture = new AccumulatorFixture()
    const { batch, told } = batchOf(fixture, ['a'])
    const error = new TimeoutError('DELIVERY_TIMEOUT', 'late')
    const success = { kind: 'success', baseOffset: 500n, logAppendTimeMs: 10 } as const
    const failure = { kind: 'failure', errorOf: () => error } as const
    fixture.finish(batch, first === 'success' ? success : failure)
    for (const second of [success, failure]) expect(() => batch.finish(second)).toThrow('finished twice')
    expect(told).toHaveLength(1)
    if (first === 'success') expect(told[0]).toMatchObject({ offset: 500n, timestamp: 10 })
    else expect(told[0]).toBe(error)
  }
})

test('producer batch: offsets are base + index, the time is that of the broker if it has one', () => {
  const fixture = new AccumulatorFixture()
  const { batch, told } = batchOf(fixture, ['a', 'bc'])
  fixture.finish(batch, { kind: 'success', baseOffset: 15n, logAppendTimeMs: 7 })
  const common = { topic: 't', partition: 0, timestamp: 7, serializedKeySize: -1 }
  expect(told).toEqual([
    { ...common, offset: 15n, serializedValueSize: 1 },
    { ...common, offset: 16n, serializedValueSize: 2 },
  ])
  const other = new AccumulatorFixture()
  const withoutTime = batchOf(other, ['a'])
  other.finish(withoutTime.batch, { kind: 'success', baseOffset: 15n, logAppendTimeMs: -1 })
  expect(withoutTime.told).toMatchObject([{ timestamp: 0 }])
})

test('producer batch: without a base offset every offset is unknown, and the rest is not', () => {
  const fixture = new AccumulatorFixture()
  const { batch, told } = batchOf(fixture, ['a', 'bc'])
  fixture.finish(batch, { kind: 'success', baseOffset: -1n, logAppendTimeMs: -1 })
  const common = { topic: 't', partition: 0, offset: -1n, timestamp: 0, serializedKeySize: -1 }
  expect(told).toEqual([
    { ...common, serializedValueSize: 1 },
    { ...common, serializedValueSize: 2 },
  ])
})

test('producer batch: each record can have an error of its own', () => {
  const fixture = new AccumulatorFixture()
  const { batch, told } = batchOf(fixture, ['a', 'b', 'c'])
  const errors = [0, 1, 2].map((index) => new TimeoutError('DELIVERY_TIMEOUT', `record ${index}`))
  fixture.finish(batch, { kind: 'failure', errorOf: (index) => errors[index]! })
  expect(told).toEqual(errors)
})

test('producer batch: once sealed it takes no record, and nothing of it changes', () => {
  const fixture = new AccumulatorFixture()
  const { batch } = batchOf(fixture, ['a'])
  const bytes = batch.seal().slice()
  const record = { key: null, value: new Uint8Array(1), headers: [], timestampMs: 0, onCompletion: () => {} }
  expect([batch.tryAppend(record), batch.isFull, batch.recordCount]).toEqual([false, true, 1])
  expect(batch.seal()).toEqual(bytes)
})

test('producer batch: one that has its outcome takes nothing and is not sent any more', () => {
  const fixture = new AccumulatorFixture()
  fixture.append(0)
  const [batch] = fixture.batches
  fixture.finish(batch!, { kind: 'failure', errorOf: () => new ProducerClosedError('closed') })
  const record = { key: null, value: null, headers: [], timestampMs: 0, onCompletion: () => {} }
  expect(batch!.tryAppend(record)).toBe(false)
  expect(() => batch!.seal()).toThrow('sent after its outcome')
})

test('producer batch: what it is counted for is what it holds, compressed or not, and nothing once discarded', () => {
  const fixture = new AccumulatorFixture({ codec: nodeCodecs.lz4, batchSize: 1_000, bufferMemory: 100_000 })
  const { ratios } = fixture.accumulator
  while (ratios.of('t') > 0.1) ratios.observe('t', 0)
  while (fixture.batches.length < 2) fixture.append(0, { bytes: 100 })
  const [full, open] = fixture.batches
  expect(full!.uncompressedBytes).toBeGreaterThan(7_000)
  expect([full!.heldBytes, open!.heldBytes]).toEqual([1_000, 1_000])
  for (let i = 0; i < 20; i++) fixture.append(0, { bytes: 100 })
  expect(open!.heldBytes).toBeGreaterThan(3_000)
  expect(fixture.availableBytes).toBe(100_000 - full!.heldBytes - open!.heldBytes)
  fixture.finish(open!, { kind: 'failure', errorOf: () => new ProducerClosedError('closed') })
  fixture.finish(full!)
  expect([open!.heldBytes, fixture.availableBytes]).toEqual([1_000, 100_000])
})

test('producer batch: without memory to grow it is closed, compressed and sent as it is', () => {
  const fixture = new AccumulatorFixture({ codec: nodeCodecs.lz4, batchSize: 1_000, bufferMemory: 5_000 })
  const { ratios } = fixture.accumulator
  while (ratios.of('t') > 0.1) ratios.observe('t', 0)
  const results: string[] = []
  for (let i = 0; i < 50; i++) results.push(fixture.append(0, { bytes: 100, value: `${i}`.padEnd(100) }))
  fixture.accumulator.checkInvariants()
  expect(new Set(results)).toContain('batch-created')
  const values = fixture.batches.flatMap(valuesOf).map((value) => Number(value))
  expect(values).toEqual(results.flatMap((result, i) => (result === 'no-memory' ? [] : [i])))
  expect(fixture.batches[0]!.recordCount).toBeGreaterThan(15)
})

test('producer batch: a batch that compression made larger gives back what it took', () => {
  const larger = { ...codecOf(() => 1), compress: (bytes: Uint8Array) => new Uint8Array(bytes.length + 50).fill(7) }
  const fixture = new AccumulatorFixture({ codec: larger, batchSize: 200, bufferMemory: 1_000 })
  fixture.append(0, { bytes: 90 })
  const [batch] = fixture.take(1, 10)
  expect(batch!.seal().length).toBeGreaterThan(200)
  fixture.finish(batch!)
  expect([fixture.availableBytes, fixture.accumulator.pool.pooledBytes]).toEqual([1_000, 0])
})

test('producer batch: renumbered, the same records leave under other numbers', () => {
  const fixture = new AccumulatorFixture({ codec: nodeCodecs.gzip })
  const { batch } = batchOf(fixture, ['a', 'b'])
  for (const stamp of [
    { producerId: 5n, producerEpoch: 0, baseSequence: 7 },
    { producerId: 5n, producerEpoch: 1, baseSequence: 0 },
  ]) {
    batch.renumber(stamp)
    const sent = readBatchHeader(batch.seal())
    expect(sent).toMatchObject(stamp)
    expect([isCrcValid(sent), readRecords(sent, nodeCodecs).length]).toEqual([true, 2])
  }
  batch.isInRequest = true
  expect(() => batch.renumber({ producerId: 5n, producerEpoch: 2, baseSequence: 0 })).toThrow(
    'renumbered while on the wire',
  )
})
