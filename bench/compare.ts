/**
 * `pnpm bench:compare <checkout> <workload...>`: this checkout next to another one, of which the producer (or, in workloads
 * of the mock, the mock) is measured: both are bundled in the same way and run in turn.
 */
import { parseArgs } from 'node:util'
import { checkout } from './checkout.ts'
import { comparisonTable, type Sample } from './comparison.ts'
import { thisNode } from './node-binary.ts'
import { harrow, type Peer, peer } from './peers.ts'
import { canPin } from './processes.ts'
import { bundlePrograms } from './programs.ts'
import { playEntry } from './rounds.ts'
import { type Entry, type Workload, workloads } from './workloads.ts'

const usage = `pnpm bench:compare <checkout> <workload...> [--rounds 10] [--only text] [--records n]

  checkout    a folder, or a commit, for which a temporary worktree is made
  workload    see pnpm bench --list
  --only      of the workload only the entries whose label ends in this: callback
  --records   fewer or more of them than the workload has

Records are sent to this checkout's sink from both. In workloads of the mock both mocks get the load of librdkafka, and
CPU and RSS are those of the mock's process since its start.`

/** One of the two that take turns. */
interface Side {
  readonly samples: Sample[]
  readonly program: (name: string) => string
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '10' },
      only: { type: 'string', default: '' },
      records: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [where, ...names] = positionals
  const rounds = Number(values.rounds)
  const chosen = workloads.filter(({ name }) => names.includes(name))
  const isUnderstood = where !== undefined && chosen.length > 0 && chosen.length === names.length && rounds >= 1
  if (values.help || !isUnderstood) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const other = checkout(where)
  try {
    const otherProgram = await bundlePrograms(other.bench)
    const program = await bundlePrograms()
    if (!canPin) console.log('client and sink share their cores here (no taskset, or one core): trust only CPU seconds')
    for (const workload of chosen) {
      for (const entry of comparable(workload, values.only)) {
        const asked = values.records === undefined ? entry : { ...entry, records: Number(values.records) }
        const sides = [otherProgram, program].map((of): Side => ({ samples: [], program: of }))
        for (let round = 0; round < rounds; round++) {
          // Who comes second may find a machine that has changed its mind.
          for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
            side.samples.push(await sampleOf(workload, asked, side, program))
          }
        }
        const [theirs, ours] = sides.map(({ samples }) => samples)
        console.log(`\n${workload.name}: ${entry.label}, ${rounds} rounds of ${asked.records} records`)
        console.log(comparisonTable({ otherName: other.name, other: theirs!, own: ours! }))
      }
    }
    return 0
  } finally {
    other.remove()
  }
}

/** Entries of which something is ours. */
function comparable({ entries }: Workload, only: string): Entry[] {
  return entries.filter(
    ({ client, sink, label }) => (client === 'harrow' || sink.startsWith('mock')) && label.endsWith(only),
  )
}

async function sampleOf(
  workload: Workload,
  entry: Entry,
  side: Side,
  sinkProgram: (name: string) => string,
): Promise<Sample> {
  const isOfMock = entry.sink !== 'sink'
  const drivers = { node: thisNode, program: side.program }
  const client: Peer | { readonly missing: string } =
    entry.client === 'harrow' ? harrow(drivers) : peer(entry.client, drivers)
  if ('missing' in client) throw new Error(client.missing)
  const { result, sink } = await playEntry(workload, entry, client, isOfMock ? side.program : sinkProgram)
  const recordsPerSecond = result.records / result.seconds
  if (!isOfMock) {
    const { cpuSeconds, rssMiB, latencyUs } = result
    return { cpuPerMillion: (cpuSeconds / result.records) * 1e6, recordsPerSecond, rssMiB, latencyUs }
  }
  const { cpuSeconds = Number.NaN, rssMiB = Number.NaN } = sink ?? {}
  return { cpuPerMillion: (cpuSeconds / (result.records * warmedUp)) * 1e6, recordsPerSecond, rssMiB }
}

/** A fifth comes before what is measured. */
const warmedUp = 1.2

process.exitCode = await main()
