import type { Measured } from '../rounds.ts'

export type Results = Readonly<Record<string, readonly Measured[]>>

/** One goal: a ratio of two entries of the same run. */
export interface Target {
  readonly what: string
  readonly atLeast?: number
  readonly atMost?: number
  /** Undefined when something that it needs was not measured. */
  value(results: Results): number | undefined
  /** Why it is missed, where it is. */
  readonly because?: string
}

type Take = (measured: Measured) => number | undefined

const rate: Take = ({ recordsPerSecond }) => recordsPerSecond.median
const cpu: Take = ({ cpuPerMillion }) => cpuPerMillion.median
const javascript = ['kafkajs', 'platformatic', 'node-rdkafka', 'confluent', 'confluent-promises']

function find(results: Results, workload: string, label: string, take: Take): number | undefined {
  const found = results[workload]?.find((one) => one.label === label)
  return found === undefined ? undefined : take(found)
}

/** Of the clients that JavaScript can call. */
function best(
  results: Results,
  workload: string,
  take: Take,
  better: (...values: number[]) => number,
): number | undefined {
  const values = (results[workload] ?? []).flatMap((one) => (javascript.includes(one.client) ? [take(one)] : []))
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : better(...known)
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b
}

function toC(workload: string, label: string, take = rate) {
  return (results: Results) => ratio(find(results, workload, label, take), find(results, workload, 'librdkafka', take))
}

function toJavaScript(workload: string) {
  return (results: Results) =>
    ratio(find(results, workload, 'harrow, promise', rate), best(results, workload, rate, Math.max))
}

function latency(percentile: 'p50' | 'p99') {
  const take: Take = ({ latencyUs }) => latencyUs?.[percentile].median
  return (results: Results) =>
    ratio(find(results, 'latency', 'harrow, promise', take), best(results, 'latency', take, Math.min))
}

function mock(workload: string, label: string) {
  return (results: Results) =>
    ratio(find(results, workload, label, rate), find(results, workload, "librdkafka's mock", rate))
}

const callback = 'harrow, callback'
const native = 'harrow, callback, native CRC'
const promise = 'harrow, promise'

/** What was promised, in the order of the promise. */
export const targets: readonly Target[] = [
  { what: 'callbacks / librdkafka C, 100 B, 16 KiB batches', atLeast: 1.8, value: toC('100-16k', callback) },
  { what: 'callbacks / librdkafka C, 100 B, 1 MiB batches', atLeast: 1.5, value: toC('100-1m', callback) },
  { what: 'promises / librdkafka C, 100 B, 16 KiB batches', atLeast: 1, value: toC('100-16k', promise) },
  { what: 'promises / librdkafka C, 100 B, 1 MiB batches', atLeast: 0.6, value: toC('100-1m', promise) },
  { what: 'callbacks / librdkafka C, 1 KiB, 16 KiB batches', atLeast: 1.3, value: toC('1k-16k', callback) },
  { what: 'callbacks / librdkafka C, 1 KiB, 1 MiB batches', atLeast: 0.8, value: toC('1k-1m', callback) },
  { what: 'the same with native CRC, 16 KiB batches', atLeast: 1.8, value: toC('1k-16k', native) },
  { what: 'the same with native CRC, 1 MiB batches', atLeast: 1.2, value: toC('1k-1m', native) },
  { what: 'promises / best client for JavaScript, 100 B', atLeast: 5, value: toJavaScript('100-16k') },
  { what: 'promises / best client for JavaScript, 1 KiB', atLeast: 5, value: toJavaScript('1k-16k') },
  { what: 'the same with lz4', atLeast: 2.5, value: toJavaScript('lz4') },
  { what: 'the same with snappy', atLeast: 2.5, value: toJavaScript('snappy') },
  { what: 'the same with gzip', atLeast: 1.5, value: toJavaScript('gzip') },
  { what: 'the same with zstd', atLeast: 1.5, value: toJavaScript('zstd') },
  { what: '100 awaiting loops / best client for JavaScript', atLeast: 6, value: toJavaScript('loops') },
  { what: 'latency p50 / best client for JavaScript', atMost: 0.95, value: latency('p50') },
  { what: 'latency p99 / best client for JavaScript', atMost: 0.95, value: latency('p99') },
  { what: 'CPU per record / librdkafka C, 100 B, 16 KiB', atMost: 0.7, value: toC('100-16k', callback, cpu) },
  {
    what: 'peak RSS of ten million records, MiB',
    atMost: 100 * (1e6 / 2 ** 20),
    value: (results) => find(results, 'memory', callback, ({ rssMiB }) => rssMiB.median),
  },
  {
    what: 'CPU per record, 10,000 partitions / 1',
    atMost: 1.5,
    value: growth('1 broker, 1 partition', '1 broker, 10,000 partitions'),
  },
  {
    what: 'CPU per record, 100 brokers and partitions / 1',
    atMost: 1.5,
    value: growth('1 broker, 1 partition', '100 brokers, 100 partitions'),
  },
  {
    what: 'CPU per record, 1,000,000 records under way / 1,000',
    atMost: 1.5,
    value: growth('1,000 records under way', '1,000,000 records under way'),
  },
  {
    what: "mock / librdkafka's mock, its load, full validation",
    atLeast: 0.5,
    value: mock('mock-flow', 'harrow mock'),
  },
  { what: 'the same, validation: headers', atLeast: 0.8, value: mock('mock-flow', 'harrow mock, headers') },
  { what: 'the same in requests of one record', atLeast: 0.5, value: mock('mock-requests', 'harrow mock') },
]

function growth(from: string, to: string) {
  return (results: Results) => ratio(find(results, 'growth', to, cpu), find(results, 'growth', from, cpu))
}

export function isMet({ atLeast, atMost }: Target, value: number): boolean {
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY)
}
