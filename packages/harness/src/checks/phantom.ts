import { partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { sameBytes, sourcesOf } from './logged.ts'

/**
 * PHANTOM: every entry of the log was handed to the producer, and for that topic; key and value are equal byte by byte.
 *
 * What breaks it is reuse of memory: a pooled buffer given back while the socket still reads it, a split that drops
 * what it does not know (KAFKA-5700).
 */
export const phantom: Law = {
  name: 'PHANTOM',
  statement: 'every entry of the log was handed to the producer for that topic, with equal bytes',
  judge(history) {
    const violations: Violation[] = []
    const sources = sourcesOf(history)
    for (const [i, entry] of history.log.entries()) {
      const record = sources[i]
      const differs =
        record === undefined
          ? 'was never handed to the producer'
          : record.topic !== entry.topic
            ? `is record ${record.number}, which was meant for ${record.topic}`
            : !sameBytes(record.value, entry.value)
              ? `is record ${record.number} with another value`
              : !isKey(record.key, entry.key)
                ? `is record ${record.number} with another key`
                : undefined
      if (differs === undefined) continue
      const where = `${partitionName(entry)}@${entry.offset}`
      violations.push({
        law: 'PHANTOM',
        message: `${where} ${differs}`,
        evidence: [
          `value: ${shownValue(entry.value)}`,
          ...(record === undefined ? [] : [`sent:  ${shownValue(record.value)}`]),
        ],
        ...(record === undefined ? {} : { atMs: record.submittedAtMs }),
      })
    }
    return violations
  },
}

function isKey(key: string | null, bytes: Uint8Array | null): boolean {
  if (key === null || bytes === null) return key === bytes
  // Keys of workloads are ASCII; whatever is not is compared in full.
  let isSame = key.length === bytes.length
  for (let i = 0; isSame && i < key.length; i++) isSame = key.charCodeAt(i) === bytes[i] && bytes[i]! < 0x80
  return isSame || sameBytes(new TextEncoder().encode(key), bytes)
}

function shownValue(value: Uint8Array | null): string {
  if (value === null) return 'null'
  const text = JSON.stringify(new TextDecoder().decode(value.subarray(0, 40)))
  return `${text}${value.length > 40 ? ` ... (${value.length} bytes)` : ''}`
}
