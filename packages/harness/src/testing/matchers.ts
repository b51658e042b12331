import type { JournalQuery, StoredRecord } from '@harrow/mock-broker'
import { type AnyCluster, type CheckResult, type ClusterView, viewOf } from './check.ts'
import { eventually, type Patience } from './eventually.ts'
import { hasNoDuplicates } from './has-no-duplicates.ts'
import { hasReceived } from './has-received.ts'
import { hasReceivedInOrder } from './has-received-in-order.ts'
import { hasSeenRequest } from './has-seen-request.ts'
import { hasStored } from './has-stored.ts'
import type { RecordMatch } from './record-match.ts'

/** What Jest and vitest both give a matcher as `this`. */
interface MatcherContext {
  readonly isNot?: boolean
}

/** What both want back. */
interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/**
 * Matchers for `expect.extend`, in vitest and Jest alike. They are asynchronous: `await expect(cluster).toHave...`. Those
 * that wait look for up to a second, or `within`; turned around with `.not` they look once, now.
 */
export const matchers = {
  /** At least one record of the topic matches. */
  toHaveReceived(this: MatcherContext, cluster: AnyCluster, topic: string, match?: RecordMatch, patience?: Patience) {
    return settle(
      this,
      viewing(cluster, { topic }, (view) => hasReceived(view, topic, match)),
      patience,
    )
  },
  /** Exactly so many records of the topic match. */
  toHaveReceivedTimes(
    this: MatcherContext,
    cluster: AnyCluster,
    topic: string,
    times: number,
    match?: RecordMatch,
    patience?: Patience,
  ) {
    return settle(
      this,
      viewing(cluster, { topic }, (view) => hasReceived(view, topic, match, { times })),
      patience,
    )
  },
  /** One partition of the topic has records that match, one after another. */
  toHaveReceivedInOrder(
    this: MatcherContext,
    cluster: AnyCluster,
    topic: string,
    matches: readonly RecordMatch[],
    patience?: Patience,
  ) {
    return settle(
      this,
      viewing(cluster, { topic }, (view) => hasReceivedInOrder(view, topic, matches)),
      patience,
    )
  },
  /** No two records of the topic are the same, byte for byte or by `by`. Looks once. */
  toHaveNoDuplicates(
    this: MatcherContext,
    cluster: AnyCluster,
    topic: string,
    options?: { readonly by?: (record: StoredRecord) => unknown },
  ) {
    return settle(
      this,
      viewing(cluster, { topic }, (view) => hasNoDuplicates(view, topic, options)),
      { within: 0 },
    )
  },
  /** The topic has exactly so many records. */
  toHaveStored(this: MatcherContext, cluster: AnyCluster, topic: string, count: number, patience?: Patience) {
    return settle(
      this,
      viewing(cluster, { topic }, (view) => hasStored(view, topic, count)),
      patience,
    )
  },
  /** A request came for which all of the query holds. */
  toHaveSeenRequest(this: MatcherContext, cluster: AnyCluster, query: JournalQuery, patience?: Patience) {
    return settle(
      this,
      viewing(cluster, { requests: query }, (view) => hasSeenRequest(view, query)),
      patience,
    )
  },
} as const

/** The same as methods of an assertion, for the type declarations of a test runner. */
export interface KafkaMatchers<Result = Promise<void>> {
  toHaveReceived(topic: string, match?: RecordMatch, patience?: Patience): Result
  toHaveReceivedTimes(topic: string, times: number, match?: RecordMatch, patience?: Patience): Result
  toHaveReceivedInOrder(topic: string, matches: readonly RecordMatch[], patience?: Patience): Result
  toHaveNoDuplicates(topic: string, options?: { readonly by?: (record: StoredRecord) => unknown }): Result
  toHaveStored(topic: string, count: number, patience?: Patience): Result
  toHaveSeenRequest(query: JournalQuery, patience?: Patience): Result
}

async function settle(
  context: MatcherContext,
  check: () => Promise<CheckResult>,
  patience: Patience | undefined,
): Promise<MatcherResult> {
  const { pass, message } = await eventually(check, context.isNot === true ? { within: 0 } : patience)
  return { pass, message: () => message }
}

function viewing(
  cluster: AnyCluster,
  at: Parameters<typeof viewOf>[1],
  check: (view: ClusterView) => CheckResult,
): () => Promise<CheckResult> {
  return async () => check(await viewOf(cluster, at))
}
