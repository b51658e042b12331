import {
  BatchWriter,
  type CompressionCodec,
  crc32c,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  fetch,
  portableCodecs,
  produce,
  readBatchHeader,
  readRecords,
  scanRecords,
} from '@harrow/protocol'
import { ProducerBatch } from '../../packages/producer/src/accumulator/producer-batch.ts'
import { LedgerPool } from '../../packages/producer/src/accumulator/record-ledger.ts'
import { murmur2 } from '../../packages/producer/src/partitioners/murmur2.ts'
import { utf8Bytes } from '../../packages/producer/src/utf8.ts'
import { AccumulatorFixture } from '../../packages/producer/test/accumulator-fixture.ts'
import { varintSize, writeVarint } from '../../packages/protocol/src/records/varint.ts'

/** One function on the hot path. */
export interface HotFunction {
  readonly name: string
  /** What is counted: `record`, `KiB`. */
  readonly per: string
  /** Does its work; returns how many of `per` that was. */
  run(): number
  /**
   * The most that one may cost, in rounds of the reference loop. About three times what was measured: a busy machine does
   * not fail it, and a function that got several times slower does.
   */
  readonly budget: number
}

const key = new Uint8Array(10).fill(107)
const value = new Uint8Array(100).fill(118)
const buffer = new Uint8Array(16_384)
const timestampMs = 1_700_000_000_000

function fill(): BatchWriter {
  const writer = new BatchWriter(buffer)
  while (writer.tryAppend(timestampMs, key, value, []));
  return writer
}

const ledgers = new LedgerPool()
const batchOptions = { id: 0, topic: 'orders', partition: 0, createdMs: 0, deliveryTimeoutMs: 0, firstSend: 0 }
const told = (): void => {}

/** The same, with whom to tell of each record; told in the end, so that its ledger is used again. */
function filled(): ProducerBatch {
  const options = { ...batchOptions, codec: undefined, compressionRatio: 1, memory: undefined, ledgers }
  const batch = new ProducerBatch(buffer, options)
  while (batch.tryAppendFields(key, value, [], timestampMs, told));
  batch.finish({ kind: 'success', baseOffset: 0n, logAppendTimeMs: -1 })
  batch.complete(told)
  return batch
}

const batch = fill().close().slice()
const { recordCount } = readBatchHeader(batch)
const partitionData = [0, 3].map((index) => ({ index, records: batch }))
const request = { acks: -1, timeoutMs: 30_000, topicData: [{ name: 'orders', partitionData }] }
const answer = encodeResponse(produce, 9, 1, {
  responses: [
    {
      name: 'orders',
      partitionResponses: [0, 3].map((index) => ({ index, errorCode: 0, baseOffset: 7n, logStartOffset: 0n })),
    },
  ],
}).subarray(4)
const fetched = encodeResponse(fetch, 12, 1, {
  throttleTimeMs: 0,
  errorCode: 0,
  responses: [
    {
      topic: 'orders',
      partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 145n, abortedTransactions: null, records: batch }],
    },
  ],
}).subarray(4)

/** 64 KiB of records as JSON, much alike. */
const json = new TextEncoder()
  .encode(
    Array.from({ length: 600 }, (_, i) => {
      const hash = (i * 2_654_435_761) >>> 0
      return JSON.stringify({
        orderId: `order-${hash}`,
        status: ['paid', 'shipped'][hash & 1],
        amountCents: hash % 99_991,
        currency: 'EUR',
      })
    }).join(''),
  )
  .subarray(0, 65_536 - 1_024)

function compressed(codec: CompressionCodec): number {
  codec.compress(json)
  return json.length / 1_024
}

const text = 'order-2654435761'.repeat(13).slice(0, 200)

function times(count: number, act: (i: number) => void): number {
  for (let i = 0; i < count; i++) act(i)
  return count
}

export const hotFunctions: readonly HotFunction[] = [
  { name: 'record append', per: 'record', budget: 300, run: () => fill().recordCount },
  { name: 'join an open batch', per: 'record', budget: 450, run: () => filled().recordCount },
  { name: 'CRC-32C', per: 'KiB', budget: 800, run: () => times(16, () => void crc32c(buffer)) * 16 },
  { name: 'lz4', per: 'KiB', budget: 1_600, run: () => compressed(portableCodecs.lz4) },
  { name: 'snappy', per: 'KiB', budget: 1_600, run: () => compressed(portableCodecs.snappy) },
  {
    name: 'varint size and write',
    per: 'varint',
    budget: 60,
    run: () => times(4_096, (i) => void writeVarint(buffer, i & 1_023, i * (varintSize(i) + 31))),
  },
  {
    name: 'utf8 of 10 characters',
    per: 'text',
    budget: 180,
    run: () => times(1_024, () => void utf8Bytes('key-000042')),
  },
  { name: 'utf8 of 200 characters', per: 'text', budget: 400, run: () => times(256, () => void utf8Bytes(text)) },
  { name: 'murmur2 of 10 bytes', per: 'key', budget: 45, run: () => times(1_024, () => void murmur2(key)) },
  {
    name: 'drain',
    per: 'batch',
    budget: 75_000,
    run() {
      const fixture = new AccumulatorFixture({ lingerMs: 0 })
      let drained = 0
      for (let round = 0; round < 8; round++) {
        for (const partition of [0, 1, 2]) fixture.append(partition)
        for (const node of fixture.readyNodes(round)) drained += fixture.take(node, round).length
      }
      return drained
    },
  },
  {
    name: 'Produce request encode',
    per: 'request',
    budget: 90_000,
    run: () => times(8, (i) => void encodeRequest(produce, 9, { correlationId: i, clientId: 'bench' }, request)),
  },
  {
    name: 'Produce response decode',
    per: 'response',
    budget: 15_000,
    run: () => times(16, () => void decodeResponse(produce, 9, answer)),
  },
  {
    name: 'Fetch response decode',
    per: 'record',
    budget: 1_500,
    run() {
      const { body } = decodeResponse(fetch, 12, fetched)
      const records = body.responses[0]?.partitions[0]?.records ?? new Uint8Array(0)
      return readRecords(readBatchHeader(records), portableCodecs).length
    },
  },
  {
    name: 'batch validation',
    per: 'record',
    budget: 300,
    run() {
      scanRecords(readBatchHeader(batch), portableCodecs, () => {})
      return recordCount
    },
  },
]
