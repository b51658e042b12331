import type { ApiName } from '@harrow/protocol'

/**
 * A probe asks a broker something and keeps what it says, so that two brokers can be compared. It is data: nothing in it
 * knows which broker is asked. It is run once for every version in `versions`, each time on partitions that nobody
 * wrote to, over fresh connections.
 */
export interface Probe {
  /** The row of the broker rules that it probes, such as `B17`. See docs/fidelity.md. */
  readonly row: string
  /** Unique within its row. */
  readonly name: string
  /** Versions of the API it is about. Each step uses the version at hand unless it names its own. */
  readonly versions: { readonly min: number; readonly max: number }
  readonly steps: readonly Step[]
}

/**
 * After the last step every connection is asked for ApiVersions: a broker that hung up shows there. Except those that
 * were `silentForMs`, which may be in the middle of a frame.
 */
export type Step =
  | ProduceStep
  /**
   * Any request but Produce. In `body`, `$plain` is the name of a topic and `#plain` its id (see `TopicKind`), `%group` a
   * group that only this run has, and `@name` what an earlier step kept under that name.
   */
  | {
      readonly ask: Exclude<ApiName, 'Produce'>
      readonly version?: number | undefined
      readonly body: object
      readonly on?: string
      readonly clientId?: string | null
      /** Send it, and read its answer only after the steps up to the next one that reads. */
      readonly pipelined?: true
      /** Fields of the answer that later steps need (`topics.0.topicId`), by the name under which they ask for them. */
      readonly keep?: Readonly<Record<string, string>>
    }
  /** Bytes as they are, hexadecimal. `answeredLike` reads an answer in that layout; without it nothing is read. */
  | { readonly bytes: string; readonly answeredLike?: readonly [ApiName, version: number]; readonly on?: string }
  /** An encoded request that something is done to. */
  | { readonly damaged: ProduceStep; readonly by: Damage; readonly on?: string }
  /** Nothing comes for so long. */
  | { readonly silentForMs: number; readonly on?: string }

export interface ProduceStep {
  readonly produce: readonly PartitionWrite[]
  readonly acks?: number
  readonly version?: number
  readonly transactionalId?: string | null
  readonly clientId?: string | null
  readonly on?: string
  readonly pipelined?: true
}

/** `{ topic: 'plain', partition: 0, ...}`: partition 0 is the first one that this run was given, whatever its number. */
export interface PartitionWrite {
  readonly topic?: TopicKind
  readonly partition?: number
  readonly records: BatchSpec | readonly BatchSpec[] | 'nothing' | null
}

export type Damage =
  | { readonly cutBytes: number }
  | { readonly appendBytes: number }
  /** Writes these hexadecimal digits over the frame (length prefix excluded), from the front or (negative) the end. */
  | { readonly at: number; readonly write: string }

/**
 * What topics there are. `unknown` is a name (or id) that does not exist; `remade` a probe makes by itself, and keeps its id
 * under that name.
 */
export type TopicKind =
  | 'plain'
  | 'compacted'
  | 'log-append-time'
  | 'small-messages'
  | 'small-segments'
  | 'strict-timestamps'
  | 'uncompressed'
  | 'described'
  | 'remade'
  | 'unknown'

export interface BatchSpec {
  /** A number stands for so many small records with keys. */
  readonly records?: number | readonly RecordSpec[]
  readonly codec?: 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly producer?: { readonly id: number; readonly epoch?: number; readonly sequence: number }
  readonly isTransactional?: true
  /** Header fields written over the finished batch. The checksum is made right again, except after `crc`. */
  readonly header?: Readonly<Partial<Record<HeaderField, number>>>
  /** So many bytes less at the end, or (negative) so many zeroes more. The length field stays. */
  readonly cutBytes?: number
}

export interface RecordSpec {
  readonly key?: string | null
  readonly value?: string | null
  /** Milliseconds after the time of the probe. `'none'` is timestamp -1. */
  readonly atMs?: number | 'none'
}

export type HeaderField =
  | 'baseOffset'
  | 'batchLength'
  | 'leaderEpoch'
  | 'magic'
  | 'crc'
  | 'attributes'
  | 'lastOffsetDelta'
  | 'producerId'
  | 'baseSequence'
  | 'recordCount'

/** The configuration of each topic kind that exists. */
export const topicKinds: Readonly<Record<Exclude<TopicKind, 'remade' | 'unknown'>, Readonly<Record<string, string>>>> =
  {
    plain: {},
    compacted: { 'cleanup.policy': 'compact' },
    'log-append-time': { 'message.timestamp.type': 'LogAppendTime' },
    'small-messages': { 'max.message.bytes': '200' },
    // The smallest that every release takes.
    'small-segments': { 'segment.bytes': '1048576', 'max.message.bytes': '4194304' },
    'strict-timestamps': { 'message.timestamp.before.max.ms': '600000', 'message.timestamp.after.max.ms': '600000' },
    // What is compressed well is small when it comes and large when it is stored.
    uncompressed: { 'compression.type': 'uncompressed', 'max.message.bytes': '2000' },
    // Two partitions, and nothing is written to them: to be asked about.
    described: {},
  }

/** How a probe is called in transcripts and tables. */
export function probeName(probe: Probe): string {
  return `${probe.row}: ${probe.name}`
}
