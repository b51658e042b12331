import type { StoredRecord } from '@harrow/mock-broker'
import { previewBytes } from './record-match.ts'

const rowsMax = 20

/** What is in the log, for messages: a line per record, the last ones where there are many. */
export function receivedTable(records: readonly StoredRecord[]): string {
  if (records.length === 0) return 'received: nothing'
  const hidden = Math.max(0, records.length - rowsMax)
  const rows = records
    .slice(hidden)
    .map(({ partition, offset, key, value, headers }) => [
      `${partition}@${offset}`,
      `key ${previewBytes(key)}`,
      `value ${previewBytes(value)}`,
      headers.length === 0 ? '' : `headers ${headers.map((one) => `${one.key}=${previewBytes(one.value)}`).join(' ')}`,
    ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
  const more = hidden === 0 ? [] : [`  (${hidden} earlier ones not shown)`]
  return [`received: ${records.length}`, ...more, ...lines].join('\n')
}
