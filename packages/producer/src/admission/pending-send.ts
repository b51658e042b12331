import type { ProducerRecord } from '../record.ts'
import type { PreparedRecord } from '../record-encoder.ts'

/** A record that `send` accepted and that is in no batch yet. */
export interface PendingSend {
  /** Counts the sends of a producer. */
  readonly sendNumber: number
  readonly topic: string
  /** As asked for; else chosen once the partition count is known; undefined where the sticky partitioner chooses. */
  partition: number | undefined
  readonly key: unknown
  readonly value: unknown
  /** Without key and value as long as these are being serialized. */
  encoded: PreparedRecord
  /** The end of `max.block.ms`: one budget for serializer, metadata and memory. */
  deadlineMs: number
  waitsFor: 'serializer' | 'metadata' | 'memory' | 'nothing'
  waitsSinceMs: number
  /** The memory that it may need, while it waits. */
  waitingBytes: number
}

/** Waits for nothing, so far. */
export function pendingSend(
  { topic, partition, key = null, value }: ProducerRecord<unknown, unknown>,
  sendNumber: number,
  encoded: PreparedRecord,
): PendingSend {
  const waiting = { deadlineMs: 0, waitsFor: 'nothing', waitsSinceMs: 0, waitingBytes: 0 } as const
  return { sendNumber, topic, partition, key, value, encoded, ...waiting }
}
