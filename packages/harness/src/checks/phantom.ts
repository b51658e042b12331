import { type LoggedRecord, partitionName, type SentRecord, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { sameBytes, sourceOf } from './logged.ts'

const utf8 = new TextEncoder()

/**
 * PHANTOM: every entry of the log was handed to a producer of the run, and for that topic; key, value and headers are equal
 * byte by byte; and its timestamp is not before the moment at which it was handed over, unless a broker's clock is wrong.
 *
 * What breaks it is reuse of memory: a pooled buffer given back while the socket still reads it, a split that drops
 * what it does not know (KAFKA-5700).
 */
export const phantom: Law = {
  name: 'PHANTOM',
  scope: 'run',
  statement:
    'every entry of the log was handed to a producer for that topic, with equal bytes, and is not older than that',
  judge(history) {
    const violations: Violation[] = []
    const isClockWrong = history.faultHits.some(({ action }) => action === 'clock-skew')
    for (const entry of history.log) {
      const record = sourceOf(history, entry)
      const where = `${partitionName(entry)}@${entry.offset}`
      const differs =
        record === undefined
          ? 'was never handed to a producer'
          : record.topic !== entry.topic
            ? `is record ${record.number}, which was meant for ${record.topic}`
            : !sameBytes(record.value, entry.value)
              ? `is record ${record.number} with another value`
              : !sameBytes(record.key === null ? null : utf8.encode(record.key), entry.key)
                ? `is record ${record.number} with another key`
                : entry.headers !== undefined && !sameHeaders(record, entry.headers)
                  ? `is record ${record.number} with other headers`
                  : !isClockWrong && entry.timestamp < (record.submittedWallMs ?? 0)
                    ? `is record ${record.number} with timestamp ${entry.timestamp}, from before it was sent at ${record.submittedWallMs}`
                    : undefined
      if (differs === undefined) continue
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

function sameHeaders(record: SentRecord, headers: NonNullable<LoggedRecord['headers']>): boolean {
  const sent = Object.entries(record.headers ?? {})
  return (
    sent.length === headers.length &&
    sent.every(([key, value], i) => headers[i]?.[0] === key && headers[i]?.[1] === value)
  )
}

function shownValue(value: Uint8Array | null): string {
  if (value === null) return 'null'
  const text = JSON.stringify(new TextDecoder().decode(value.subarray(0, 40)))
  return `${text}${value.length > 40 ? ` ... (${value.length} bytes)` : ''}`
}
