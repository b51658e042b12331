/**
 * `pnpm bench:report <results.json>...`: writes `bench/README.md` and the plots from what `pnpm bench --json` measured.
 * Nothing in there is written by hand but the reasons in `misses.ts`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Measured } from '../rounds.ts'
import { workloads } from '../workloads.ts'
import type { Machine } from './machine.ts'
import { misses } from './misses.ts'
import { barPlot } from './plot.ts'
import { isMet, type Results, type Target, targets } from './targets.ts'
import { range, thousands, whole } from './text-table.ts'

interface ResultFile {
  readonly machine: Machine
  readonly command: string
  readonly rounds: number
  readonly versions: Readonly<Record<string, string>>
  readonly missing: readonly string[]
  readonly results: Results
}

const folder = join(import.meta.dirname, '..')
const files = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')) as ResultFile)
const [first] = files
if (first === undefined) throw new Error('pnpm bench:report <results.json>...')
const results: Results = Object.assign({}, ...files.map((file) => file.results))
const versions: Readonly<Record<string, string>> = Object.assign({}, ...files.map((file) => file.versions))
/** Workloads that another Node ran than the first file's. */
const otherNodes = new Map(
  files.flatMap(({ machine: { node }, results }) =>
    node === first.machine.node ? [] : Object.keys(results).map((workload) => [workload, node] as const),
  ),
)
const missing = files.flatMap((file) =>
  file.missing.map((client) => `${client} (${Object.keys(file.results).join(', ')})`),
)

mkdirSync(join(folder, 'plots'), { recursive: true })
const sections: string[] = []
for (const { name, title } of workloads) {
  const measured = results[name]
  if (measured === undefined || measured.length === 0) continue
  writeFileSync(join(folder, 'plots', `${name}.svg`), barPlot(title, measured))
  const node = otherNodes.has(name) ? `Clients on Node ${otherNodes.get(name)}.\n\n` : ''
  sections.push(`### ${name}: ${title}\n\n${node}![${title}](plots/${name}.svg)\n\n${table(measured)}`)
}
writeFileSync(join(folder, 'README.md'), page())

function page(): string {
  const { machine } = first!
  return `# Bench

How fast the producer and the mock cluster are, next to other clients, measured side by side. Written by
\`pnpm bench:report\`; trust ratios, not absolute figures.

    pnpm bench --list                       # what there is
    pnpm bench --install                    # builds node-rdkafka and Confluent's client outside the tree; minutes
    pnpm bench 100-16k --compare all        # one workload, every client that is here
    pnpm bench --compare all --json all.json && pnpm bench:report all.json
    pnpm bench:compare HEAD~1 100-16k       # this checkout next to another state of the project
    pnpm bench zstd --node 24               # clients on another Node, which npm fetches; this one may have no zstd
    pnpm bench:micro                        # hot functions against their budgets, which \`pnpm test\` checks

A run starts a sink (a broker that answers and throws records away, [sink/sink.ts](sink/sink.ts)) on one core and a client
on another, each in a process of its own, and in every round every client once. A fifth of the records is sent before,
unmeasured. Median (min-max) of the rounds; CPU is user and system time of the whole client process by the operating
system, per million records; RSS is the peak of the process; GC is time in garbage collection by the clock.
Where the time goes, what was tried and what it gave: [docs/performance.md](../docs/performance.md).

${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}; commit ${machine.commit}, ${machine.date}.
${Object.entries(versions)
  .filter(([name]) => name !== 'harrow')
  .map(([name, version]) => `${name}: ${version}`)
  .join('; ')}.
${missing.length === 0 ? '' : `\nNot measured: ${missing.join('; ')}.\n`}
Commands: ${[...new Set(files.map(({ command }) => `\`${command}\``))].join(', ')}

## Targets

| measure | target | measured | |
|---|---|---|---|
${targets.map((target) => row(target)).join('\n')}

${misses.map(({ title, text }) => `**${title}** ${text}`).join('\n\n')}

## Results

${sections.join('\n\n')}
`
}

function row(target: Target): string {
  const value = target.value(results)
  const wanted = target.atLeast === undefined ? `<= ${Number(target.atMost?.toPrecision(3))}` : `>= ${target.atLeast}`
  if (value === undefined) return `| ${target.what} | ${wanted} | not measured | |`
  return `| ${target.what} | ${wanted} | ${value.toFixed(2)} | ${isMet(target, value) ? 'met' : '**missed**'} |`
}

function table(measured: readonly Measured[]): string {
  const isLatency = measured.some(({ latencyUs }) => latencyUs !== undefined)
  const head = isLatency ? '| client | p50 us | p99 us |' : '| client | records/s |'
  const rows = [...measured]
    .sort((a, b) => b.recordsPerSecond.median - a.recordsPerSecond.median)
    .map(({ label, recordsPerSecond, cpuPerMillion, rssMiB, gcShare, latencyUs, rounds }) => {
      const speed =
        latencyUs === undefined
          ? `${range(recordsPerSecond, thousands)}`
          : `${range(latencyUs.p50, whole)} | ${range(latencyUs.p99, whole)}`
      const gc = gcShare === undefined ? '-' : `${(gcShare.median * 100).toFixed(1)} %`
      return `| ${label} | ${speed} | ${cpuPerMillion.median.toFixed(2)} | ${whole(rssMiB.median)} | ${gc} | ${rounds} |`
    })
  const columns = isLatency ? 7 : 6
  return [`${head} CPU s/M records | RSS MiB | GC | rounds |`, `|${'---|'.repeat(columns)}`, ...rows].join('\n')
}
