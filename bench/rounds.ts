import { librdkafkaDriver, type Peer } from './peers.ts'
import { type Command, type ProcessUse, runForJson, startServer } from './processes.ts'
import type { RunResult, RunSpec } from './spec.ts'
import type { Entry, SinkName, Workload } from './workloads.ts'

/** The middle of several rounds, and how far they lay apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What came of one entry. */
export interface Measured {
  readonly client: string
  readonly label: string
  readonly rounds: number
  readonly recordsPerSecond: Spread
  readonly cpuPerMillion: Spread
  readonly rssMiB: Spread
  readonly gcShare: Spread | undefined
  readonly latencyUs: { readonly p50: Spread; readonly p99: Spread } | undefined
}

const producerCore = 0
const sinkCore = 1
const runMsMax = 60_000

/**
 * Every entry once a round, in turn, for as many rounds as asked for; each run with a sink of its own. Entries that fail
 * are told, and left out.
 */
export async function playRounds(
  workload: Workload,
  peers: ReadonlyMap<string, Peer>,
  options: {
    readonly rounds: number
    readonly program: (name: string) => string
    readonly print: (line: string) => void
  },
): Promise<Measured[]> {
  const results = new Map<Entry, RunResult[]>()
  const failed = new Set<Entry>()
  for (let round = 0; round < options.rounds; round++) {
    for (const entry of workload.entries) {
      const peer = peers.get(entry.client)
      if (peer === undefined || failed.has(entry)) continue
      if (!peer.can(specOf(workload, entry))) {
        if (round === 0) options.print(`${workload.name}: ${entry.label} cannot do this here`)
        continue
      }
      try {
        const { result } = await playEntry(workload, entry, peer, options.program)
        results.set(entry, [...(results.get(entry) ?? []), result])
      } catch (error) {
        failed.add(entry)
        options.print(`${workload.name}: ${entry.label} failed: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  return [...results].map(([entry, runs]) => summary(entry, runs))
}

/** One run of one entry against a sink of its own, whose programs are those of `sinkProgram`. */
export async function playEntry(
  workload: Workload,
  entry: Entry,
  peer: Peer,
  sinkProgram: (name: string) => string,
): Promise<{ readonly result: RunResult; readonly sink: ProcessUse | undefined }> {
  const spec = specOf(workload, entry)
  const { brokers = workload.brokers, partitions = workload.partitions } = entry
  const server = await startServer(sinkCommand(entry.sink, { brokers, partitions }, sinkProgram), sinkCore)
  try {
    const command = peer.command({ ...spec, bootstrap: server.bootstrap })
    const result = await runForJson<RunResult>(command, producerCore, runMsMax)
    return { result, sink: server.use() }
  } finally {
    await server.stop()
  }
}

function specOf(workload: Workload, entry: Entry): RunSpec {
  const { partitions = workload.partitions, records } = entry
  return { ...entry.spec, topic: 'bench', partitions, records, bootstrap: '' }
}

export function sinkCommand(
  sink: SinkName,
  at: { brokers: number; partitions: number },
  program: (name: string) => string,
): Command {
  const { brokers, partitions } = at
  switch (sink) {
    case 'sink':
      return { argv: [process.execPath, program('sink-sink'), `${brokers}`, `${partitions}`] }
    case 'mock':
      return { argv: [process.execPath, program('sink-mock'), `${brokers}`, `${partitions}`, 'full'] }
    case 'mock-headers':
      return { argv: [process.execPath, program('sink-mock'), `${brokers}`, `${partitions}`, 'headers'] }
    case 'librdkafka-mock': {
      const driver = librdkafkaDriver()
      if (typeof driver !== 'string') throw new Error(driver.missing)
      return { argv: [driver, 'mode=mock', `brokers=${brokers}`, `partitions=${partitions}`, 'topic=bench'] }
    }
  }
}

function summary(entry: Entry, runs: readonly RunResult[]): Measured {
  const of = (value: (run: RunResult) => number): Spread => spread(runs.map(value))
  const gcShares = runs.flatMap(({ gcSeconds, seconds }) => (gcSeconds === undefined ? [] : [gcSeconds / seconds]))
  return {
    client: entry.client,
    label: entry.label,
    rounds: runs.length,
    recordsPerSecond: of(({ records, seconds }) => records / seconds),
    cpuPerMillion: of(({ records, cpuSeconds }) => (cpuSeconds / records) * 1e6),
    rssMiB: of(({ rssMiB }) => rssMiB),
    gcShare: gcShares.length === 0 ? undefined : spread(gcShares),
    latencyUs:
      entry.spec.mode === 'latency'
        ? {
            p50: of(({ latencyUs }) => latencyUs?.p50 ?? Number.NaN),
            p99: of(({ latencyUs }) => latencyUs?.p99 ?? Number.NaN),
          }
        : undefined,
  }
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
