import type { PeerName } from './peers.ts'
import type { RunSpec } from './spec.ts'

export type SinkName = 'sink' | 'mock' | 'mock-headers' | 'librdkafka-mock'

/** One client, called in one way, against one sink. */
export interface Entry {
  readonly client: 'harrow' | PeerName
  /** In tables: `harrow, callback`. */
  readonly label: string
  readonly sink: SinkName
  readonly spec: Omit<RunSpec, 'bootstrap' | 'topic' | 'partitions' | 'records'>
  /** Where they differ from those of the workload. */
  readonly brokers?: number
  readonly partitions?: number
  /** A slow client gets fewer, or a round takes minutes. */
  readonly records: number
}

/** What is measured side by side, in rounds: every entry once per round, so that a slow minute hits all of them. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly unit: 'records/s' | 'us'
  readonly brokers: number
  readonly partitions: number
  readonly entries: readonly Entry[]
}

const base = {
  mode: 'flow',
  payload: 'bytes',
  valueBytes: 100,
  batchBytes: 16_384,
  lingerMs: 5,
  acks: 1,
  compression: 'none',
  completion: 'callback',
  loops: 0,
  keys: true,
} as const satisfies Entry['spec']

type Part = Partial<Entry['spec']>

function ours(spec: Part, records: number, label?: string): Entry {
  const completion = spec.completion ?? 'callback'
  return {
    client: 'harrow',
    label: label ?? `harrow, ${completion}`,
    sink: 'sink',
    spec: { ...base, ...spec },
    records,
  }
}

function grown(
  label: string,
  {
    brokers,
    partitions,
    underWay,
  }: { readonly brokers?: number; readonly partitions?: number; readonly underWay?: number },
): Entry {
  // Room for every record that may be under way, so that it is their number that counts.
  const spec = underWay === undefined ? {} : { underWay, bufferBytes: underWay * 120 + 2 ** 20 }
  return {
    ...ours({ keys: false, ...spec }, 2_000_000, label),
    ...(brokers === undefined ? {} : { brokers }),
    ...(partitions === undefined ? {} : { partitions }),
  }
}

function theirs(client: PeerName, spec: Part, records: number): Entry {
  return { client, label: client, sink: 'sink', spec: { ...base, ...spec }, records }
}

function flow(
  name: string,
  title: string,
  spec: Part,
  size: { readonly fast: number; readonly slow: number },
): Workload {
  const clients: Entry[] = [
    ours(spec, size.fast),
    ...(spec.valueBytes === 1_024 ? [ours({ ...spec, crc: 'native' }, size.fast, 'harrow, callback, native CRC')] : []),
    ours({ ...spec, completion: 'promise' }, size.fast),
    theirs('librdkafka', spec, size.fast),
    theirs('confluent', spec, size.slow),
    theirs('node-rdkafka', spec, size.slow),
    theirs('platformatic', spec, size.slow),
    theirs('kafkajs', spec, Math.ceil(size.slow / 2)),
  ]
  return { name, title, unit: 'records/s', brokers: 3, partitions: 6, entries: clients }
}

/** Every client whose calls can be awaited, with as many records each; the bindings of librdkafka get as many as Confluent's. */
function awaiting(
  spec: Part,
  records: {
    readonly harrow: number
    readonly librdkafka?: number
    readonly confluent: number
    readonly platformatic: number
    readonly kafkajs: number
  },
): Entry[] {
  return [
    ours({ ...spec, completion: 'promise' }, records.harrow),
    ...(records.librdkafka === undefined ? [] : [theirs('librdkafka', spec, records.librdkafka)]),
    theirs('confluent-promises', spec, records.confluent),
    theirs('confluent', spec, records.confluent),
    theirs('node-rdkafka', spec, records.confluent),
    theirs('platformatic', spec, records.platformatic),
    theirs('kafkajs', spec, records.kafkajs),
  ]
}

const toMock = { acks: 'all' } as const

function mockEntries(spec: Part, records: number): Entry[] {
  return (['librdkafka-mock', 'mock', 'mock-headers'] as const).map((sink) => ({
    client: 'librdkafka',
    label: { 'librdkafka-mock': "librdkafka's mock", mock: 'harrow mock', 'mock-headers': 'harrow mock, headers' }[
      sink
    ],
    sink,
    spec: { ...base, ...spec },
    records,
  }))
}

export const workloads: readonly Workload[] = [
  flow('100-16k', '100-byte values, batches of 16 KiB', {}, { fast: 2_000_000, slow: 200_000 }),
  flow('100-1m', '100-byte values, batches of 1 MiB', { batchBytes: 2 ** 20 }, { fast: 2_000_000, slow: 200_000 }),
  flow('1k-16k', '1 KiB values, batches of 16 KiB', { valueBytes: 1_024 }, { fast: 1_000_000, slow: 200_000 }),
  flow(
    '1k-1m',
    '1 KiB values, batches of 1 MiB',
    { valueBytes: 1_024, batchBytes: 2 ** 20 },
    { fast: 1_000_000, slow: 200_000 },
  ),
  ...(['lz4', 'snappy', 'gzip', 'zstd'] as const).map((compression) =>
    flow(
      compression,
      `${compression}, JSON values, batches of 16 KiB`,
      { compression, payload: 'json', valueBytes: 200 },
      compression === 'gzip' ? { fast: 300_000, slow: 200_000 } : { fast: 1_000_000, slow: 250_000 },
    ),
  ),
  {
    name: 'strings',
    title: 'keys and JSON values of 200 bytes as bytes and as strings',
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: [false, true].map((strings) =>
      ours({ payload: 'json', valueBytes: 200, strings }, 1_000_000, strings ? 'harrow, strings' : 'harrow, bytes'),
    ),
  },
  {
    name: 'loops',
    title: '100 loops, each awaits its own send, acks=all, linger 0',
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: awaiting(
      { mode: 'loops', lingerMs: 0, acks: 'all', loops: 100 },
      { harrow: 400_000, confluent: 60_000, platformatic: 30_000, kafkajs: 20_000 },
    ),
  },
  {
    name: 'latency',
    title: 'one record at a time, acks=all, linger 0',
    unit: 'us',
    brokers: 3,
    partitions: 6,
    entries: awaiting(
      { mode: 'latency', lingerMs: 0, acks: 'all' },
      // Of 10,000 the slowest hundredth was what compilers had not done yet, of every client.
      { harrow: 40_000, librdkafka: 40_000, confluent: 40_000, platformatic: 40_000, kafkajs: 40_000 },
    ),
  },
  {
    name: 'growth',
    title: 'CPU per record as brokers, partitions and records under way grow; no keys',
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: [
      grown('1 broker, 1 partition', { brokers: 1, partitions: 1 }),
      grown('1 broker, 10,000 partitions', { brokers: 1, partitions: 10_000 }),
      grown('100 brokers, 100 partitions', { brokers: 100, partitions: 100 }),
      grown('1,000 records under way', { underWay: 1_000 }),
      grown('1,000,000 records under way', { underWay: 1_000_000 }),
    ],
  },
  {
    name: 'memory',
    title: 'ten million records at default buffer.memory',
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: [ours({}, 10_000_000)],
  },
  {
    name: 'mock-flow',
    title: "librdkafka's load on a mock cluster, 100-byte values, acks=all",
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: mockEntries(toMock, 2_000_000),
  },
  {
    name: 'mock-requests',
    title: 'requests of one record on a mock cluster',
    unit: 'records/s',
    brokers: 3,
    partitions: 6,
    entries: mockEntries({ ...toMock, batchBytes: 1, lingerMs: 0 }, 100_000),
  },
]
