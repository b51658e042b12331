/** What some clients can do and others cannot. */
export type Ability =
  /** Tells of a failed record whether it may be in the log: `definite` or `maybe`. */
  | 'certainty'
  /** Closes within a time limit, failing what is still open then. */
  | 'close-timeout'

export const abilities: readonly Ability[] = ['certainty', 'close-timeout']

/** Configuration with Kafka's dotted keys. `acks` is `all`, `0` or `1`; times are milliseconds, sizes bytes. */
export type SubjectConfig = Readonly<Record<string, string | number | boolean>>

export interface SubjectOptions<Library> {
  /** `host:port,host:port`. */
  readonly bootstrapServers: string
  /** What the scenario sets, and always `acks`, `enable.idempotence` and the requests in flight. */
  readonly config: SubjectConfig
  /** The package named by `packageName`, as the project of the user has it. */
  readonly library: Library
}

/** One record to send. */
export interface ForeignRecord {
  readonly topic: string
  /** Undefined: the client chooses. */
  readonly partition: number | undefined
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>> | undefined
}

/** Where a record was written, as far as the client tells. */
export interface ForeignAck {
  readonly partition?: number | undefined
  readonly offset?: bigint | number | string | undefined
  /** Milliseconds since 1970, as stored. */
  readonly timestamp?: number | undefined
}

/** How a record failed. */
export interface ForeignFailure {
  /** Kafka's name of a broker's error, `DELIVERY_TIMEOUT`, `BUFFER_EXHAUSTED`, or the client's own word. */
  readonly error: string
  readonly message: string
  /** Only with the ability `certainty`. */
  readonly certainty?: 'definite' | 'maybe' | undefined
}

/** A producer that is open: what the workload is played on. */
export interface ForeignProducerHandle {
  /**
   * Called once per record, in order, without waiting for the record before: as with the Java producer. Rejects when
   * the record failed; `describeError` says how.
   */
  send(record: ForeignRecord): Promise<ForeignAck>
  /** Resolves when every record sent so far has met its end. Undefined: the driver waits for the open sends itself. */
  flush?(): Promise<void>
  /** Closes. What is still open after `timeoutMs` fails; without it, close waits for it. */
  close(timeoutMs: number | undefined): Promise<void>
}

/** A client to judge. */
export interface SubjectDefinition<Library = unknown> {
  readonly name: string
  /** Of the client. Default: that of the package `packageName`. */
  readonly version?: string
  /** npm package of the client, resolved from the user's project; not a dependency of the harness. */
  readonly packageName?: string
  /** Kafka's dotted key -> how this client calls it. A key that is not here cannot be told, and what needs it is not judged. */
  readonly settings: Readonly<Record<string, string>>
  /** Why this value of a setting cannot be had, though others can: a codec that needs a plug-in. */
  cannotSet?(key: string, value: string | number | boolean): string | undefined
  readonly can?: readonly Ability[]
  open(options: SubjectOptions<Library>): ForeignProducerHandle | Promise<ForeignProducerHandle>
  /** Default: the error's `code` or name, and its message. */
  describeError?(error: unknown): ForeignFailure
}

/**
 * Types a subject module: `export default defineSubject({ ... })`. Run it with `harrow run scenarios --subject ./it.ts`.
 */
export function defineSubject<Library = unknown>(definition: SubjectDefinition<Library>): SubjectDefinition<Library> {
  return definition
}
