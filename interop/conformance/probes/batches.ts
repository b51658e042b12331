import type { BatchSpec, Probe, Step, TopicKind } from '../probe.ts'
import { everyProduce, one } from './ranges.ts'
import { settled } from './settled.ts'

const fromSeven = { min: 7, max: 13 } as const

/** With null it is as if nobody had. */
function setForAllBrokers(name: string, value: string | null): Step {
  const configs = [{ name, configOperation: value === null ? 1 : 0, value }]
  const resources = [{ resourceType: 4, resourceName: '', configs }]
  return { ask: 'IncrementalAlterConfigs', version: 1, body: { resources, validateOnly: false } }
}

/** One batch, sent to one partition of a kind; then a good one shows whether anything was appended. */
function batch(
  row: string,
  name: string,
  records: BatchSpec | readonly BatchSpec[] | 'nothing',
  more: Partial<Probe> & { topic?: TopicKind } = {},
): Probe {
  const { topic = 'plain', ...rest } = more
  return {
    row,
    name,
    versions: everyProduce,
    steps: [
      { produce: [{ topic, records }] },
      { produce: [{ topic: 'plain', partition: topic === 'plain' ? 0 : 1, records: one }] },
    ],
    ...rest,
  }
}

/** A batch of a record that ends inside its own header, between two good ones in other partitions. */
function tooShort(batchLength: number): Probe {
  const records: BatchSpec = { header: { batchLength }, cutBytes: goodBatchBytes - 12 - batchLength }
  const between = [{ records: one }, { partition: 1, records }, { partition: 2, records: one }]
  return {
    row: 'B16',
    name: `a length of ${batchLength}, shorter than the header`,
    versions: everyProduce,
    steps: [{ produce: between }],
  }
}

/** Of a batch with one small record. */
const goodBatchBytes = 72

/** B: one batch, one partition. */
export const batchProbes: readonly Probe[] = [
  {
    row: 'B2',
    name: 'a partition that the topic does not have',
    versions: everyProduce,
    steps: [{ produce: [{ partition: 1_000_000, records: one }, { records: one }] }],
  },
  {
    row: 'B2',
    name: 'a negative partition',
    versions: everyProduce,
    steps: [{ produce: [{ partition: -1, records: one }] }],
  },
  batch('B3', 'no bytes', 'nothing'),
  batch('B3', '11 bytes', { cutBytes: 61 }, {}),
  batch('B3', 'a length beyond the end', { header: { batchLength: 500 } }),
  batch('B3', 'cut short', { cutBytes: 3 }),
  batch('B4', 'magic 0', { header: { magic: 0 } }),
  batch('B4', 'magic 1', { header: { magic: 1 } }),
  batch('B6', 'two batches', [one, one]),
  batch('B6', 'a good one and one with a wrong checksum', [one, { header: { crc: 1 } }]),
  batch('B7', 'junk behind it, shorter than a header', { records: 2, cutBytes: -11 }),
  batch('B7', 'zeroes behind it, longer than a header', { records: 2, cutBytes: -80 }),
  batch('B8', 'zstd id and bytes that are none', { header: { attributes: 4 } }),
  ...[5, 6, 7].map((id) => batch('B9', `compression id ${id}`, { header: { attributes: id } })),
  batch('B14', 'base offset 1', { header: { baseOffset: 1 } }),
  batch('B14', 'base offset -1', { header: { baseOffset: -1 } }),
  batch('B15', 'a batch over max.message.bytes', { records: 20 }, { topic: 'small-messages' }),
  batch('B15', 'a batch under it', { records: 2 }, { topic: 'small-messages' }),
  batch(
    'B15',
    'compressed under it',
    { records: Array.from({ length: 20 }, () => ({})), codec: 'gzip' },
    { topic: 'small-messages' },
  ),
  batch(
    'B15',
    'compressed under it, and stored uncompressed',
    { records: Array.from({ length: 20 }, () => ({ value: 'x'.repeat(200) })), codec: 'gzip' },
    { topic: 'uncompressed' },
  ),
  batch('B15', 'stored uncompressed, and under it', { records: 20, codec: 'gzip' }, { topic: 'uncompressed' }),
  {
    row: 'B15',
    name: 'a batch over message.max.bytes, set for all brokers',
    versions: { min: 9, max: 9 },
    steps: [
      setForAllBrokers('message.max.bytes', '200'),
      settled,
      { produce: [{ records: { records: 20 } }, { topic: 'uncompressed', records: { records: 20 } }] },
      {
        ask: 'DescribeConfigs',
        version: 4,
        body: {
          resources: [{ resourceType: 2, resourceName: '$plain', configurationKeys: ['max.message.bytes'] }],
          includeSynonyms: true,
          includeDocumentation: false,
        },
      },
      setForAllBrokers('message.max.bytes', null),
      settled,
      { produce: [{ records: { records: 20 } }] },
    ],
  },
  batch('B16', 'a wrong checksum', { header: { crc: 12_345 } }),
  // A checksum that fits what there is would take an effort; these say what is looked at before it.
  ...[14, 20, 28, 36, 44, 48].map((batchLength) => tooShort(batchLength)),
  batch('B17', 'no records', { header: { recordCount: 0 } }),
  batch('B17', 'a negative count', { header: { recordCount: -1 } }),
  batch('B17', 'lastOffsetDelta too large', { records: 2, header: { lastOffsetDelta: 5 } }),
  batch('B17', 'lastOffsetDelta negative', { records: 2, header: { lastOffsetDelta: -1 } }),
  batch('B17', 'the control bit', { header: { attributes: 0x20 } }),
  batch('B17', 'a producer id and no sequence', { header: { producerId: 9 } }),
  batch('B17', 'an unused attribute bit', { header: { attributes: 0x100 } }),
  batch('B17', 'a leader epoch', { header: { leaderEpoch: 77 } }),
  batch('B18', 'one record fewer than counted', { records: 2, header: { recordCount: 3, lastOffsetDelta: 2 } }),
  batch('B18', 'one record more than counted', { records: 3, header: { recordCount: 2, lastOffsetDelta: 1 } }),
  batch('B18', 'fewer, compressed', { records: 2, codec: 'gzip', header: { recordCount: 3, lastOffsetDelta: 2 } }),
  batch('B18', 'more, compressed', { records: 3, codec: 'lz4', header: { recordCount: 2, lastOffsetDelta: 1 } }),
  ...[1, 2, 3].map((id) =>
    batch('B19', `compression id ${id} and bytes that are none`, { records: 3, header: { attributes: id } }),
  ),
  ...(['gzip', 'snappy', 'lz4'] as const).map((codec) => batch('B41', `good ${codec}`, { records: 50, codec })),
  batch(
    'B20',
    'compacted, some keys missing',
    { records: [{}, { key: null }, {}, { key: null }] },
    { topic: 'compacted' },
  ),
  batch('B20', 'compacted, keys and a tombstone', { records: [{}, { value: null }] }, { topic: 'compacted' }),
  batch('B20', 'compacted, compressed, no keys', { records: [{ key: null }], codec: 'gzip' }, { topic: 'compacted' }),
  batch('B21', 'two hours in the future', { records: [{}, { atMs: 7_200_000 }] }),
  batch('B21', 'fifty minutes in the future', { records: [{ atMs: 3_000_000 }] }),
  batch('B21', 'a year in the past', { records: [{ atMs: -31_536_000_000 }] }),
  batch(
    'B21',
    'older than allowed',
    { records: [{ atMs: -700_000 }, {}, { atMs: -700_000 }] },
    { topic: 'strict-timestamps' },
  ),
  batch('B21', 'newer than allowed', { records: [{}, { atMs: 700_000 }] }, { topic: 'strict-timestamps' }),
  batch('B22', 'no timestamp', { records: [{ atMs: 'none' }] }),
  batch('B22', 'no timestamp where it is strict', { records: [{ atMs: 'none' }] }, { topic: 'strict-timestamps' }),
  batch('B22', 'no timestamp on LogAppendTime', { records: [{ atMs: 'none' }] }, { topic: 'log-append-time' }),
  batch('B23', 'the LogAppendTime bit on CreateTime', { header: { attributes: 8 } }),
  batch(
    'B23',
    'the LogAppendTime bit on LogAppendTime',
    { records: 2, header: { attributes: 8 } },
    { topic: 'log-append-time' },
  ),
  batch('B23', 'the LogAppendTime bit and no timestamp', { records: [{ atMs: 'none' }], header: { attributes: 8 } }),
  batch('B24', 'CreateTime on LogAppendTime', { records: 3 }, { topic: 'log-append-time' }),
  batch('B24', 'compressed CreateTime on LogAppendTime', { records: 3, codec: 'snappy' }, { topic: 'log-append-time' }),
  batch(
    'B25',
    'larger than a segment',
    { records: [{ value: 'x'.repeat(1_200_000) }] },
    { topic: 'small-segments', versions: { min: 9, max: 9 } },
  ),
  {
    row: 'B36',
    name: 'the same bytes twice without a producer id',
    versions: everyProduce,
    steps: [{ produce: [{ records: one }] }, { produce: [{ records: one }] }],
  },
  {
    row: 'B41',
    name: 'offsets follow on',
    versions: everyProduce,
    steps: [
      { produce: [{ records: { records: 3 } }], acks: 1 },
      { produce: [{ records: { records: 2 } }, { partition: 1, records: { records: 5 } }] },
      { produce: [{ records: one }, { partition: 1, records: one }] },
    ],
  },
  {
    row: 'B41',
    name: 'zstd written by Kafka is not needed: an empty value and no key',
    versions: fromSeven,
    steps: [{ produce: [{ records: { records: [{ key: null, value: '' }] } }] }],
  },
]
