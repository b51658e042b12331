import { thousands, whole } from './report/text-table.ts'
import { spread } from './rounds.ts'

/** One run of one side. */
export interface Sample {
  readonly cpuPerMillion: number
  readonly recordsPerSecond: number
  readonly rssMiB: number
  /** Only of one record at a time. */
  readonly latencyUs?: { readonly p50: number; readonly p99: number } | undefined
}

/** Runs in turn: `other[i]` and `own[i]` are of one round. */
export interface Comparison {
  readonly otherName: string
  readonly other: readonly Sample[]
  readonly own: readonly Sample[]
}

interface Column {
  readonly title: string
  readonly of: (sample: Sample) => number
  readonly shown: (value: number) => string
  /** Which end of the spread a busy machine has touched least. */
  readonly best: 'min' | 'max'
}

const flowColumns: readonly Column[] = [
  { title: 'CPU s/M', of: ({ cpuPerMillion }) => cpuPerMillion, shown: (value) => value.toFixed(3), best: 'min' },
  { title: 'records/s', of: ({ recordsPerSecond }) => recordsPerSecond, shown: thousands, best: 'max' },
  { title: 'RSS MiB', of: ({ rssMiB }) => rssMiB, shown: whole, best: 'min' },
]

const latencyColumns: readonly Column[] = [
  { title: 'p50 us', of: ({ latencyUs }) => latencyUs?.p50 ?? Number.NaN, shown: whole, best: 'min' },
  { title: 'p99 us', of: ({ latencyUs }) => latencyUs?.p99 ?? Number.NaN, shown: whole, best: 'min' },
]

/** A table for people: best and median of each side, ours by theirs, and the median of the ratios within rounds. */
export function comparisonTable({ otherName, other, own }: Comparison): string {
  const columns = own[0]?.latencyUs === undefined ? flowColumns : [...flowColumns, ...latencyColumns]
  const rows: string[][] = [['', ...columns.flatMap(({ title }) => [title, 'median'])]]
  const sides = columns.map(({ of }) => [spread(other.map(of)), spread(own.map(of))] as const)
  for (const [side, name] of [otherName, 'this checkout'].entries()) {
    const cells = columns.flatMap(({ shown, best }, column) => {
      const values = sides[column]![side]!
      return [shown(values[best]), shown(values.median)]
    })
    rows.push([name, ...cells])
  }
  rows.push([
    'ratio',
    ...columns.flatMap(({ best }, column) => {
      const [theirs, ours] = sides[column]!
      return [(ours[best] / theirs[best]).toFixed(3), (ours.median / theirs.median).toFixed(3)]
    }),
  ])
  rows.push([
    'in one round',
    ...columns.flatMap(({ of }) => [
      '',
      spread(own.map((sample, round) => of(sample) / of(other[round]!))).median.toFixed(3),
    ]),
  ])
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n')
}
