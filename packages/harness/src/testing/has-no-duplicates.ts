import type { StoredRecord } from '@harrow/mock-broker'
import { type CheckResult, type ClusterView, recordsOf } from './check.ts'
import { previewBytes } from './record-match.ts'

/**
 * No two records of the topic are the same: same key, value and headers, byte for byte, or whatever `by` says makes two of
 * them one (an order number, say).
 */
export function hasNoDuplicates(
  cluster: ClusterView,
  topic: string,
  options: { readonly by?: (record: StoredRecord) => unknown } = {},
): CheckResult {
  const { by = contentOf } = options
  const seen = new Map<unknown, StoredRecord>()
  const pairs: string[] = []
  const records = recordsOf(cluster, topic)
  for (const record of records) {
    const identity = by(record)
    const first = seen.get(identity)
    if (first === undefined) seen.set(identity, record)
    else
      pairs.push(
        `  ${placeOf(first)} and ${placeOf(record)}: key ${previewBytes(record.key)} value ${previewBytes(record.value)}`,
      )
  }
  if (pairs.length === 0)
    return { pass: true, message: `topic ${topic} has no duplicates among ${records.length} records` }
  return {
    pass: false,
    message: `topic ${topic} has ${pairs.length} duplicates among ${records.length} records\n${pairs.slice(0, 20).join('\n')}`,
  }
}

function placeOf({ partition, offset }: StoredRecord): string {
  return `${partition}@${offset}`
}

function contentOf({ key, value, headers }: StoredRecord): string {
  return JSON.stringify([hex(key), hex(value), headers.map((header) => [header.key, hex(header.value)])])
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
