import type { CompressionName } from '@harrow/protocol'

/** How the application calls a client. */
export type Completion = 'callback' | 'promise'

/**
 * One run of one driver process, as JSON on its command line. The same for every client. A fifth of the records is sent
 * before, unmeasured, so that compilers of whatever kind are through with most of their work.
 *
 * - `flow`: as many records as the client takes; the time from the first send to the last answer.
 * - `loops`: `loops` loops, each sends one record and waits for it.
 * - `latency`: one loop; the time of every send.
 */
export interface RunSpec {
  readonly mode: 'flow' | 'loops' | 'latency'
  readonly bootstrap: string
  readonly topic: string
  readonly partitions: number
  /** Records in the measured part. */
  readonly records: number
  readonly valueBytes: number
  /** `zeros` is what every client can copy; `json` compresses like real records (lz4 about 2.8 times). */
  readonly payload: 'bytes' | 'json'
  readonly batchBytes: number
  readonly lingerMs: number
  readonly acks: 'all' | 1
  readonly compression: CompressionName
  readonly completion: Completion
  readonly loops: number
  /** Keys: 1,000 different ones of 10 bytes, or none, which leaves the partition to the client. */
  readonly keys: boolean
  /** Ours only: `native` uses `@node-rs/crc32`. */
  readonly crc?: 'js' | 'native'
  /** Ours only: keys and values are strings, not bytes. */
  readonly strings?: boolean
  /** Ours only: how many records are kept unanswered, instead of as many as the client finds enough. */
  readonly underWay?: number
  /** Ours only: `buffer.memory`, where it is not the default. */
  readonly bufferBytes?: number
}

/** What a driver prints, as one line of JSON. */
export interface RunResult {
  readonly records: number
  readonly seconds: number
  /** User and system time of the whole process, all threads, in the measured part. */
  readonly cpuSeconds: number
  /** Peak of the process since its start. */
  readonly rssMiB: number
  /** Time in garbage collection, by `PerformanceObserver`; undefined for what has no collector. */
  readonly gcSeconds?: number
  /** Only of `latency`, in microseconds. */
  readonly latencyUs?: { readonly p50: number; readonly p99: number }
}
