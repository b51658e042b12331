/** One record, as every client can say it. Text only: what bytes do is the business of the golden frames. */
export interface PlainRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

export interface ReadRecord extends PlainRecord {
  readonly partition: number
  readonly offset: number
}

export type CodecName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export type Acks = '0' | '1' | 'all'

export interface ProduceJob {
  readonly bootstrapServers: string
  readonly topic: string
  readonly acks: Acks
  readonly codec: CodecName
  readonly idempotent: boolean
}

export interface ConsumeJob {
  readonly bootstrapServers: string
  readonly topic: string
  /** Read as the only member of this group, from what it committed last or else from the beginning; commit, and leave. */
  readonly group?: string
}

/** A Kafka client that knows nothing of us, unmodified. */
export interface ForeignClient {
  /** For file names. */
  readonly id: string
  readonly name: string
  readonly language: string
  readonly codecs: readonly CodecName[]
  /** Those that it can be told. Default: all. */
  readonly acks?: readonly Acks[]
  readonly canBeIdempotent: boolean
  /** Whether it can be asked to read in a group here. */
  readonly readsInGroups: boolean
  /** Why acks=0 is not asked of it: a defect of its own, shown beside a real broker. */
  readonly acksZeroDefect?: string
  /** Installs or builds what is needed. Returns name and version. Throws Skip when this machine cannot have it. */
  prepare(): Promise<string>
  /** Resolves when every record was acknowledged (acks=0: handed to the network). Rejects when one was not. */
  produce(job: ProduceJob, records: readonly PlainRecord[]): Promise<void>
  /** Reads so many records from the beginning of all partitions, or what a group has not read. */
  consume(job: ConsumeJob, count: number): Promise<readonly ReadRecord[]>
}
