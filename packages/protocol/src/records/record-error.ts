/**
 * What is wrong with the records section of a batch. A broker answers INVALID_RECORD to all of them, except that an
 * offset delta is looked at only when the batch is compressed.
 */
export type RecordErrorKind = 'magic' | 'record-count' | 'malformed-record' | 'offset-delta' | 'trailing-bytes'

/** The records of a batch are not what its header says, or not records. */
export class RecordError extends Error {
  readonly kind: RecordErrorKind
  /** Which record, counted from 0; undefined if it is about the batch. */
  readonly recordIndex: number | undefined

  constructor(kind: RecordErrorKind, problem: string, recordIndex?: number, options?: ErrorOptions) {
    super(recordIndex === undefined ? problem : `record ${recordIndex}: ${problem}`, options)
    this.name = 'RecordError'
    this.kind = kind
    this.recordIndex = recordIndex
  }
}
