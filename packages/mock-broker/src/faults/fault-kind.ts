import type { Api, KafkaErrorRow } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { ClusterAdmin } from '../cluster-admin.ts'
import type { Field, Issue } from '../field.ts'
import type { FaultRule, RequestConditions } from './rule.ts'

/**
 * Something that can go wrong. A kind is a file in this folder and a line in `index.ts`; its fields make it valid in
 * TypeScript, YAML and wherever else rules are written.
 */
export interface FaultKind<Action = never> {
  /** The key that names it in `do`. */
  readonly key: string
  /** Which stage of a request's life it belongs to in tables. */
  readonly family: FaultFamily
  readonly doc: string
  /** What `do` may hold for this kind, its own key first. */
  readonly fields: readonly Field[]
  /** A rule with it that works, and what happens then. Documentation shows it, a test runs it. */
  readonly example: { readonly rule: FaultRule; readonly shows: string }
  /**
   * `request`: it happens to a request or a connection. `cluster`: it happens to the cluster, at a time or when a request
   * comes, and the request that set it off goes on.
   */
  readonly scope: 'request' | 'cluster'
  /** Somebody else may lead afterwards, without what only the old leader had: acks=1 promises nothing then. */
  readonly takesLeadership?: true
  stage(action: Action): Stage
  /** What is wrong with a rule beyond its fields. */
  check?(action: Action, rule: RuleContext, path: Issue['path']): Issue[]
  /** Does it. A request goes on when `step.next` is called, now or later, and not at all if it never is. */
  run(action: Action, step: FaultStep): void
}

/** In the order of a request's life. */
export const faultFamilies = ['connection', 'request', 'response', 'bytes', 'cluster'] as const
export type FaultFamily = (typeof faultFamilies)[number]

/**
 * When it acts: when a connection is accepted; before a request is handled; or after, and then the request was applied.
 */
export type Stage = 'connecting' | 'before' | 'after'

/** What a kind may want to know about the rule around it. */
export interface RuleContext {
  readonly isTimed: boolean
  readonly on: RequestConditions
}

/** How the client that asked reads the answer. */
export interface AnswerFormat {
  readonly api: Api
  readonly version: number
}

/** What a fault can do, and what it may know. */
export interface FaultStep {
  readonly control: ClusterControl
  /** Does something that administrators, or accidents, do. What cannot be done is left undone, and found. */
  administer(act: (admin: ClusterAdmin) => void): void
  /** Of this rule and this hit: what one rule draws moves nothing for another. */
  readonly random: Random
  /** The partition that the rule's conditions picked out of the request, if it names any. */
  readonly target: { readonly topic: string; readonly partition: number } | undefined
  /** Where the request came from. A rule with `at` has none. */
  connection(): ConnectionControl
  next(): void
  later(ms: number, wake: () => void): void
  /** `end` is called once: after `ms`, if that is given, or when the rule is taken out. */
  during(ms: number | undefined, end: () => void): void
  /** Makes the handler answer this error, for what the rule's conditions name. */
  inject(error: KafkaErrorRow, options: { readonly afterAppend: boolean }): void
  /** The connection answers nothing more and forgets what it reads, until the client closes it. */
  hang(): void
  disconnect(how: 'fin' | 'reset'): void
  /** Changes the answer, given as a client of this version would decode it. What it returns is encoded again. */
  edit(change: (answer: Answer) => Readonly<Record<string, unknown>>): void
  /** Decides how the answer leaves: `plan` is given its frame, length prefix and all. */
  deliver(plan: (frame: Uint8Array) => Delivery): void
  /** What cannot be done is left undone, and found. */
  impossible(message: string): void
  /** The API and version that the answer is in. */
  answers(): AnswerFormat
}

export interface Answer {
  readonly api: Api
  readonly version: number
  readonly body: Record<string, unknown>
}

/** How an answer leaves: piece by piece, each so long after the one before it. Meanwhile nothing else is answered. */
export interface Delivery {
  readonly pieces: readonly { readonly bytes: Uint8Array; readonly afterMs: number }[]
  /** Closes the connection behind the last piece. */
  readonly close?: 'fin' | 'reset'
  /** It goes out behind the next answer of the connection. */
  readonly isOvertaken?: true
  /** Takes no further request of the connection for so long. Java: channel muting (KIP-219). */
  readonly muteMs?: number
}

/** Which way bytes go: requests, answers, or each of them. */
export type Side = 'request' | 'response' | 'both'

/** A connection, as faults may change it. */
export interface ConnectionControl {
  disconnect(how: 'fin' | 'reset', because: string): void
  /** It answers nothing and forgets what it reads, until the client closes it. */
  forgetAll(): void
  /** Reads nothing for so long, for ever if undefined; then goes on and calls `then`. The sender feels it. */
  stopReading(ms: number | undefined, then: () => void): void
  /** From now on no more than so many bytes a second get through; returns how to lift it. */
  limitBandwidth(bytesPerSecond: number, side: Side): () => void
  /** Nothing gets through, and nothing is lost; returns how to let it go again. */
  clog(side: Side): () => void
  /** When so many bytes of requests were read, `then` is called, and no further byte is read. */
  limitBytes(count: number, then: () => void): void
  /** Closed when idle for so long, whatever the cluster's own limit is. */
  limitIdleness(ms: number): void
}

/** The cluster, as faults may change it. What cannot be done is left undone, and found. */
export interface ClusterControl {
  admin(): ClusterAdmin
  brokerIds(): readonly number[]
  stopBroker(id: number, how: 'fin' | 'reset'): void
  /** `atNewPort`: at any free one instead of the one it had. */
  startBroker(id: number, options?: { readonly atNewPort: boolean }): void
  /** Whether new connections are refused. Those that are open live on. */
  refuseConnections(id: number, refuse: boolean): void
  /** Nothing gets through between a broker and its clients, on open connections and on new ones; returns how to end it. */
  cutOff(id: number, side: Side): () => void
  /** Node id; undefined if the partition is not known, -1 if nobody leads. */
  leaderOf(topic: string, partition: number): number | undefined
}
