/**
 * One run as the page of `harrow run --report` shows it: plain JSON of bounded size, made by `reportRun` from a
 * history and read by the script in `report-page/`. Times are milliseconds since the run began.
 */
export interface ReportedRun {
  readonly name: string
  readonly file?: string
  readonly world: string
  /** The client, when it is not harrow's own producer seen from inside. */
  readonly subject?: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
  readonly seed: number
  readonly why?: string
  readonly replay: string
  readonly endMs: number
  readonly realMs: number
  /** When all faults were over. */
  readonly healedAtMs?: number
  readonly counts: {
    readonly records: number
    readonly acknowledged: number
    readonly failed: number
    readonly requests: number
    readonly events: number
  }
  readonly broken: readonly BrokenLaw[]
  readonly held: readonly string[]
  readonly notJudged: readonly { readonly law: string; readonly why: string }[]
  readonly faults: readonly ReportedFault[]
  readonly lanes: readonly Lane[]
  readonly bars: readonly Bar[]
  readonly marks: readonly Mark[]
  readonly charts: Charts
  readonly trace: readonly TraceRow[]
  /** What was left out to keep the page small, in sentences. */
  readonly cut: readonly string[]
}

/** What the page knows of a run before it is chosen. */
export type RunSummary = Pick<ReportedRun, 'name' | 'file' | 'world' | 'outcome'>

export interface BrokenLaw {
  readonly law: string
  readonly statement?: string
  readonly message: string
  readonly evidence: readonly string[]
  readonly atMs?: number
}

export interface ReportedFault {
  readonly name: string
  readonly hits: number
  readonly isConsumed: boolean
  /** Why it did not act: the condition that came closest. */
  readonly closest?: string
}

/** One horizontal strip of the timeline. */
export interface Lane {
  readonly kind: 'application' | 'producer' | 'broker' | 'partition'
  readonly name: string
  /** How many bars may lie above each other. */
  readonly rows: number
}

export const barKinds = [
  'step',
  'blocked',
  'produce',
  'request',
  'lost',
  'down',
  'gathering',
  'in-flight',
  'backoff',
] as const
export type BarKind = (typeof barKinds)[number]

/** Something that took time. */
export interface Bar {
  /** Index into `lanes`. */
  readonly lane: number
  /** From 0, within the lane. */
  readonly row: number
  readonly fromMs: number
  readonly toMs: number
  readonly kind: BarKind
  readonly title: string
  readonly details: readonly string[]
  /** What to look for in the trace: words of `key=value`. */
  readonly find?: string
}

export const markKinds = [
  'send',
  'acknowledged',
  'failed',
  'fault',
  'leader',
  'appended',
  'duplicate',
  'refused',
  'retry',
  'event',
] as const
export type MarkKind = (typeof markKinds)[number]

/** Something that happened at one moment. */
export interface Mark {
  readonly lane: number
  readonly atMs: number
  readonly kind: MarkKind
  readonly title: string
  readonly find?: string
}

export type Point = readonly [atMs: number, value: number]

export interface Charts {
  /** Bytes of buffer.memory in use, of all producers together; empty when nobody looked. */
  readonly bufferBytes: readonly Point[]
  readonly bufferBytesTotal: number
  /** Calls of `send` that wait for metadata or memory. */
  readonly blockedSends: readonly Point[]
  readonly inFlight: readonly Point[]
  /** How full each batch was when it was first sent: bytes by `batch.size`. */
  readonly batchFill: readonly (readonly [atMs: number, fill: number, records: number, partition: string])[]
  /** `batch.size`; 0 if producers differ. */
  readonly batchBytesMax: number
  /** From `send` to the completion. */
  readonly latency: readonly (readonly [
    submittedAtMs: number,
    latencyMs: number,
    outcome: 'acknowledged' | 'failed',
    record: number,
  ])[]
}

/** Time, who said it, what, and the rest as `key=value` words. */
export type TraceRow = readonly [atMs: number, source: string, event: string, words: string]
