import type { Measured, Spread } from '../rounds.ts'

/** For a terminal: the fastest first. */
export function textTable(measured: readonly Measured[]): string {
  const isLatency = measured.some(({ latencyUs }) => latencyUs !== undefined)
  const head = isLatency
    ? ['client', 'p50 us (min-max)', 'p99 us (min-max)', 'CPU s/M', 'RSS MiB', 'GC']
    : ['client', 'records/s (min-max)', 'CPU s/M', 'RSS MiB', 'GC']
  const rows = [...measured]
    .sort((a, b) => b.recordsPerSecond.median - a.recordsPerSecond.median)
    .map(({ label, recordsPerSecond, cpuPerMillion, rssMiB, gcShare, latencyUs }) => [
      label,
      ...(latencyUs === undefined
        ? [range(recordsPerSecond, thousands)]
        : [range(latencyUs.p50, whole), range(latencyUs.p99, whole)]),
      cpuPerMillion.median.toFixed(3),
      whole(rssMiB.median),
      gcShare === undefined ? '-' : `${(gcShare.median * 100).toFixed(1)} %`,
    ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n')
}

export function range({ median, min, max }: Spread, shown: (value: number) => string): string {
  return `${shown(median)} (${shown(min)}-${shown(max)})`
}

export function thousands(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)} k`
}

export function whole(value: number): string {
  return value.toFixed(0)
}
