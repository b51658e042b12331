import type { Api, CompressionCodecs, KafkaErrorRow, RequestOf, ResponseInput } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { Cluster, ClusterNode } from '../cluster.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { WrittenBatch } from '../journal.ts'
import type { ServedVersions } from '../versions.ts'

/**
 * What a broker does with one API: a function of the cluster's state and the request. It may change the state, and it
 * knows neither sockets nor fault rules.
 */
export interface Handler<A extends Api = Api> {
  readonly api: A
  /** The topics and partitions that a request names, for fault rules that name some. */
  targets?(request: RequestOf<A>, cluster: Cluster): Target[]
  handle(request: RequestOf<A>, call: Call): Outcome<A>
}

/** Something that a request is about. */
export interface Target {
  readonly topic: string
  /** Undefined: the topic as a whole. */
  readonly partition?: number
}

/** Everything about a request besides its body. */
export interface Call {
  readonly cluster: Cluster
  /** The cluster as the broker that was asked knows it: what it tells others. It may be out of date (M9). */
  readonly view: ClusterView
  /** The broker that was asked. */
  readonly node: ClusterNode
  /** Ordinal within the cluster. */
  readonly connection: number
  /** Of this connection, so that what one client does changes no choice made for another. */
  readonly random: Random
  readonly clientId: string | null
  readonly version: number
  readonly served: ServedVersions
  readonly codecs: CompressionCodecs
  /** Calls `wake` once, so many milliseconds from now; returns how to take it back. */
  later(ms: number, wake: () => void): () => void
  /** An error that a fault rule wants in the answer. */
  readonly injected: InjectedError | undefined
  /** A batch of this request is in a log now, or was already; the journal shows it. */
  wrote(batch: WrittenBatch): void
  /** From ApiVersions; the journal shows it. */
  setSoftware(name: string, version: string): void
}

export interface InjectedError {
  readonly error: KafkaErrorRow
  /** Do the work first, then answer the error all the same. */
  readonly afterAppend: boolean
  /** Undefined: every topic. */
  readonly topic: string | undefined
  /** Undefined: every partition. */
  readonly partition: number | undefined
}

export type Outcome<A extends Api = Api> =
  | {
      readonly do: 'answer'
      readonly body: ResponseInput<A>
      /** Whether the request took effect, at least in part. */
      readonly applied: boolean
    }
  /** Nothing goes back, and that is right: acks=0. */
  | { readonly do: 'no-answer'; readonly applied: boolean }
  /** The broker closes the connection instead of answering. */
  | { readonly do: 'close'; readonly because: string; readonly applied: boolean }
  /**
   * Not yet: a Fetch that waits for records, a Produce that waits for replicas. `start` returns how to give up; `settle`
   * is called once, later. `applied` is what holds until then.
   */
  | {
      readonly do: 'wait'
      readonly applied: boolean
      readonly start: (settle: (outcome: Outcome<A>) => void) => () => void
    }

/** The error injected for this topic or partition, if any. Without `partition`: for the topic as a whole. */
export function injectedError(call: Call, topic: string, partition?: number): KafkaErrorRow | undefined {
  const { injected } = call
  if (injected === undefined) return undefined
  if (injected.topic !== undefined && injected.topic !== topic) return undefined
  if (injected.partition !== undefined && injected.partition !== partition) return undefined
  // A rule that names no partition means the topic, and in requests that list partitions each of them.
  return injected.error
}

/** The same items in an order of the broker's own: a real one answers in the order of a hash map (P10). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const [a, b] = [result[i] as T, result[j] as T]
    result[i] = b
    result[j] = a
  }
  return result
}
