import { BatchWriter, portableCodecs } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { decodeBatch, SecondDecoderError } from './second-decoder.ts'

const at = { topic: 'orders', partition: 3 }
const utf8 = new TextEncoder()

function batch(): Uint8Array {
  const writer = new BatchWriter(new Uint8Array(1_024))
  writer.tryAppend(1_000_000, utf8.encode('a'), utf8.encode('first'), [])
  writer.tryAppend(1_000_000 + 2 ** 33, null, null, [
    { key: 'trace', value: utf8.encode('x') },
    { key: 'none', value: null },
  ])
  return writer.close({ producerId: 7n, producerEpoch: 2, baseSequence: 2 ** 31 - 1 }).slice()
}

test('second decoder: reads what the first one wrote, and wraps sequences', () => {
  const common = { ...at, batchTimestampMax: 1_000_000 + 2 ** 33, producerId: 7n, producerEpoch: 2 }
  expect(decodeBatch(batch(), at, portableCodecs)).toEqual([
    {
      ...common,
      offset: 0n,
      timestamp: 1_000_000,
      key: utf8.encode('a'),
      value: utf8.encode('first'),
      headers: [],
      sequence: 2 ** 31 - 1,
    },
    {
      ...common,
      offset: 1n,
      timestamp: 1_000_000 + 2 ** 33,
      key: null,
      value: null,
      headers: [
        ['trace', 'x'],
        ['none', ''],
      ],
      sequence: 0,
    },
  ])
})

test('second decoder: no byte under the checksum can change unnoticed', () => {
  const good = batch()
  for (let i = 16; i < good.length; i++) {
    const bad = good.slice()
    bad[i]! ^= 0x10
    expect(() => decodeBatch(bad, at, portableCodecs), `byte ${i}`).toThrow(SecondDecoderError)
  }
})

test('second decoder: a batch cut anywhere is refused', () => {
  const good = batch()
  for (let length = 0; length < good.length; length++) {
    expect(() => decodeBatch(good.slice(0, length), at, portableCodecs), `${length} bytes`).toThrow(SecondDecoderError)
  }
})
