import { PerformanceObserver } from 'node:perf_hooks'
import type { RunResult, RunSpec } from '../spec.ts'

/** What was asked on the command line. */
export const spec = JSON.parse(process.argv[2] ?? '{}') as RunSpec

/** 1,000 keys of 10 bytes, made before anything is measured. */
export const keys: readonly Buffer[] = Array.from({ length: 1_000 }, (_, i) =>
  Buffer.from(`key-${`${i}`.padStart(6, '0')}`),
)

/** A few values, made before anything is measured. */
export const values: readonly Buffer[] = Array.from({ length: 64 }, (_, i) =>
  spec.payload === 'json' ? jsonValue(i) : Buffer.alloc(spec.valueBytes, 97 + (i % 26)),
)

export const warmUpRecords = Math.ceil(spec.records / 5)

let gcSeconds = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcSeconds += duration / 1_000
}).observe({ entryTypes: ['gc'] })

/** Runs the unmeasured and the measured part, prints the result, and ends the process. */
export async function measure(run: (records: number) => Promise<readonly number[] | undefined>): Promise<never> {
  await run(warmUpRecords)
  await new Promise((resolve) => setTimeout(resolve, 50))
  gcSeconds = 0
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const latenciesUs = await run(spec.records)
  const seconds = (performance.now() - startMs) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  await new Promise((resolve) => setImmediate(resolve))
  const result: RunResult = {
    records: spec.records,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssMiB: process.resourceUsage().maxRSS / 1_024,
    gcSeconds,
    ...(latenciesUs ? { latencyUs: percentiles(latenciesUs) } : {}),
  }
  await new Promise<void>((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, () => resolve()))
  process.exit()
}

/** `loops` and `latency` are the same for every client that returns a promise. */
export function awaited(send: (key: Buffer | null, value: Buffer) => Promise<unknown>) {
  return async (records: number): Promise<number[] | undefined> => {
    const loops = spec.mode === 'latency' ? 1 : spec.loops
    const latenciesUs: number[] | undefined = spec.mode === 'latency' ? [] : undefined
    let sent = 0
    const loop = async (): Promise<void> => {
      while (sent < records) {
        const i = sent++
        const startMs = latenciesUs === undefined ? 0 : performance.now()
        await send(spec.keys ? keys[i % keys.length]! : null, values[i % values.length]!)
        latenciesUs?.push((performance.now() - startMs) * 1_000)
      }
    }
    await Promise.all(Array.from({ length: loops }, loop))
    return latenciesUs
  }
}

/**
 * For clients that take lists: five sends of as many records as fill a batch of every partition, at any time. They have
 * no accumulator, so this is what stands in for `batch.size`.
 */
export function lists(send: (from: number, to: number) => Promise<unknown>) {
  const listRecords = Math.max(1, Math.floor((spec.partitions * spec.batchBytes) / (spec.valueBytes + 20)))
  return async (records: number): Promise<undefined> => {
    let sent = 0
    const loop = async (): Promise<void> => {
      while (sent < records) {
        const from = sent
        sent = Math.min(records, sent + listRecords)
        await send(from, sent)
      }
    }
    await Promise.all(Array.from({ length: 5 }, loop))
    return undefined
  }
}

function percentiles(unsorted: readonly number[]): { p50: number; p99: number } {
  const sorted = Float64Array.from(unsorted).sort()
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

function jsonValue(i: number): Buffer {
  const hash = (i * 2_654_435_761) >>> 0
  return Buffer.from(
    JSON.stringify({
      orderId: `order-${hash}`,
      customer: `customer-${hash % 5_000}`,
      status: ['created', 'paid', 'shipped', 'returned'][hash % 4],
      amountCents: hash % 100_000,
      currency: 'EUR',
      items: [{ sku: `SKU-${hash % 977}`, count: (hash % 7) + 1 }],
      at: 1_700_000_000_000 + (hash % 86_400_000),
      source: 'bench',
    }),
  )
}
