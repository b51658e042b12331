import { isCrcValid, readBatchHeader, readRecords } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { AccumulatorFixture, codecOf, valuesOf } from '../../test/accumulator-fixture.ts'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import { split } from './split.ts'

/** What the sender does with a batch that a broker found too large. */
function splitUp(fixture: AccumulatorFixture, batch: ProducerBatch): ProducerBatch[] {
  const { accumulator } = fixture
  accumulator.ratios.reset('t', batch.compressionRatio)
  const parts = split(batch, accumulator, nodeCodecs)
  batch.finish('split')
  accumulator.replace(batch, parts)
  accumulator.free(batch)
  accumulator.checkInvariants()
  return parts
}

test('split: two records become two batches, which leave one after the other and tell each caller its own offset', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024 })
  const told: unknown[] = []
  const onCompletion = (metadata: unknown): void => void told.push(metadata)
  for (const value of ['first', 'second']) fixture.append(0, { value: value.padEnd(400), onCompletion })
  const [whole] = fixture.take(1, 10)
  whole!.seal()
  const parts = splitUp(fixture, whole!)
  expect(parts).toHaveLength(2)
  for (const [index, part] of parts.entries()) {
    expect(fixture.take(1, 20)).toEqual([part])
    fixture.finish(part, { kind: 'success', baseOffset: BigInt(index), logAppendTimeMs: -1 })
    expect(told).toMatchObject([{ offset: 0n }, { offset: 1n }].slice(0, index + 1))
  }
  expect(fixture.accumulator.isEmpty).toBe(true)
})

test('split: the parts take no memory of the pool', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024, bufferMemory: 1_024 })
  for (let i = 0; i < 4; i++) fixture.append(0, { bytes: 200 })
  const [whole] = fixture.take(1, 10)
  whole!.seal()
  expect(fixture.availableBytes).toBe(0)
  const parts = splitUp(fixture, whole!)
  expect(fixture.availableBytes).toBe(1_024)
  for (const part of parts) fixture.finish(part)
  expect(fixture.availableBytes).toBe(1_024)
})

test.each([nodeCodecs.none, nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4])(
  'split: headers, times, codec and order survive, with $name',
  (codec) => {
    const fixture = new AccumulatorFixture({ batchSize: 4_096, codec })
    const headers = [
      { key: 'h', value: Uint8Array.of(1) },
      { key: 'h', value: null },
    ]
    for (let i = 0; i < 20; i++) fixture.append(0, { value: `${i}`.padEnd(50), headers })
    const [whole] = fixture.take(1, 10)
    const before = readRecords(readBatchHeader(whole!.seal()), nodeCodecs)
    const parts = splitUp(fixture, whole!)
    expect(parts.length).toBeGreaterThan(1)
    const sent = parts.map((part) => readBatchHeader(part.seal()))
    for (const batch of sent) {
      expect(batch).toMatchObject({ magic: 2, compression: codec.name, baseOffset: 0n })
      expect(isCrcValid(batch)).toBe(true)
    }
    const after = sent.flatMap((batch) => readRecords(batch, nodeCodecs)).map(({ offset, ...record }) => record)
    expect(after).toEqual(before.map(({ offset, ...record }) => record))
  },
)

test('split: parts are smaller than the whole, also below batch.size, so it ends (K16)', () => {
  const fixture = new AccumulatorFixture({ batchSize: 4_096 })
  for (let i = 0; i < 30; i++) fixture.append(0, { value: `${i}`.padEnd(50) })
  let [rejected] = fixture.take(1, 10)
  const sizes: number[] = []
  for (; rejected !== undefined && rejected.recordCount > 1; [rejected] = fixture.take(1, 10)) {
    sizes.push(rejected.seal().length)
    const parts = splitUp(fixture, rejected)
    expect(parts.flatMap(valuesOf)[0]?.trim()).toBe('0')
  }
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => b - a))
  expect(sizes.length).toBeLessThan(8)
})

test('split: parts are as old as the whole, so they do not live longer', () => {
  const fixture = new AccumulatorFixture({ batchSize: 1_024 })
  for (let i = 0; i < 4; i++) fixture.append(0, { bytes: 200, nowMs: 7 })
  const [whole] = fixture.take(1, 100)
  whole!.seal()
  fixture.append(1, { nowMs: 50 })
  const parts = splitUp(fixture, whole!)
  expect(parts.map(({ deadlineMs }) => deadlineMs)).toEqual(parts.map(() => 1_007))
  expect(fixture.batches.map(({ deadlineMs }) => deadlineMs)).toEqual([...parts.map(() => 1_007), 1_050])
})

test('split: whatever part of the records compresses well, less than a tenth of all batches turn out too large', () => {
  const compressible = (bytes: Uint8Array): number =>
    bytes.reduce((sum, byte) => sum + (byte === 1 ? 0.3 : 1), 0) / bytes.length
  for (const percent of [1, 5, 10, 25, 50, 75, 90, 95, 99]) {
    const random = seededRandom(percent)
    const codec = codecOf(compressible)
    const fixture = new AccumulatorFixture({ batchSize: 1_024, bufferMemory: 100_000, codec })
    let tooLarge = 0
    let batches = 0
    while (batches < 500) {
      const byte = random.below(100) < percent ? 1 : 2
      fixture.append(0, { value: new Uint8Array(20 + random.below(40)).fill(byte) })
      if (fixture.batches.length < 2) continue
      for (const batch of fixture.take(1, 0)) {
        batches++
        const { length } = batch.seal()
        fixture.accumulator.ratios.observe('t', batch.compressionRatio)
        if (length > 1_024) {
          tooLarge++
          fixture.accumulator.ratios.reset('t', batch.compressionRatio)
        }
        fixture.finish(batch)
      }
    }
    expect(tooLarge / batches).toBeLessThan(0.1)
  }
})
