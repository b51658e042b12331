import type { PreparedRecord } from '../record-encoder.ts'

/** A record that `send` accepted and that is in no batch yet. */
export interface PendingSend {
  /** Counts the sends of a producer. */
  sendNumber: number
  topic: string
  /** As asked for; else chosen once the partition count is known; undefined where the sticky partitioner chooses. */
  partition: number | undefined
  key: unknown
  value: unknown
  /** Without key and value as long as these are being serialized. */
  encoded: PreparedRecord
  /** The end of `max.block.ms`: one budget for serializer, metadata and memory. */
  deadlineMs: number
  waitsFor: 'serializer' | 'metadata' | 'memory' | 'nothing'
  waitsSinceMs: number
  /** The memory that it may need, while it waits. */
  waitingBytes: number
}

/** To be filled in: a send that waits for nothing. */
export function emptySend(): PendingSend {
  return {
    sendNumber: -1,
    topic: '',
    partition: undefined,
    key: null,
    value: null,
    encoded: {
      key: null,
      value: null,
      headers: [],
      timestampMs: 0,
      onCompletion: () => {},
      serialization: undefined,
    },
    deadlineMs: 0,
    waitsFor: 'nothing',
    waitsSinceMs: 0,
    waitingBytes: 0,
  }
}
