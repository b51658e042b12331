import { partitionName, type TraceEvent } from '../history.ts'

/** What a batch was doing for a while: gathering records, on its way to a broker and back, or waiting to be sent again. */
export interface BatchSpan {
  /** Whose it is, of several producers: each numbers its own. */
  readonly producer?: string
  readonly batch: number
  readonly partition: string
  readonly kind: 'gathering' | 'in-flight' | 'backoff'
  readonly fromMs: number
  readonly toMs: number
  /** How it ended: the event, and why. */
  readonly end: string
  readonly records: number | undefined
  readonly bytes: number | undefined
  /** 0 for the first. */
  readonly attempt: number
  readonly sequence: number | undefined
}

interface OpenBatch {
  readonly producer?: string
  readonly batch: number
  kind: BatchSpan['kind']
  fromMs: number
  partition: string
  records: number | undefined
  bytes: number | undefined
  attempt: number
  sequence: number | undefined
}

/** What follows each of these events; undefined where the batch is over. */
const phases: Readonly<Record<string, BatchSpan['kind'] | undefined>> = {
  'batch-created': 'gathering',
  'batch-drained': 'in-flight',
  'batch-retried': 'backoff',
  'batch-completed': undefined,
  'batch-failed': undefined,
  'batch-expired': undefined,
  'batch-split': undefined,
}

/** What every batch of every producer did, in the order of the beginnings. What is still open lasts until `endMs`. */
export function batchSpans(trace: readonly TraceEvent[], endMs: number): BatchSpan[] {
  const open = new Map<string, OpenBatch>()
  const spans: BatchSpan[] = []
  const close = (id: string, toMs: number, end: string): void => {
    const current = open.get(id)
    if (current === undefined) return
    open.delete(id)
    spans.push({ toMs, end, ...current })
  }
  for (const { atMs, source, producer, event, details } of trace) {
    if (source !== 'producer' || !Object.hasOwn(phases, event)) continue
    const batch = details['batch'] as number
    const id = `${producer ?? ''}/${batch}`
    const before = open.get(id)
    close(id, atMs, details['because'] === undefined ? event : `${event}: ${details['because']}`)
    const kind = phases[event]
    if (kind === undefined) continue
    open.set(id, {
      ...(producer === undefined ? {} : { producer }),
      batch,
      kind,
      fromMs: atMs,
      partition: partitionName(details as { topic: string; partition: number }),
      records: (details['records'] as number | undefined) ?? before?.records,
      bytes: (details['bytes'] as number | undefined) ?? before?.bytes,
      attempt: (details['attempt'] as number | undefined) ?? before?.attempt ?? 0,
      sequence: (details['sequence'] as number | undefined) ?? before?.sequence,
    })
  }
  for (const id of [...open.keys()]) close(id, endMs, 'still open')
  return spans.sort((a, b) => a.fromMs - b.fromMs || a.batch - b.batch)
}
