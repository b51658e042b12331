import { AssertionError } from 'node:assert'
import type { JournalQuery, StoredRecord } from '@harrow/mock-broker'
import { type AnyCluster, type CheckResult, viewOf } from './check.ts'
import { eventually, type Patience } from './eventually.ts'
import { hasNoDuplicates } from './has-no-duplicates.ts'
import { hasReceived } from './has-received.ts'
import { hasReceivedInOrder } from './has-received-in-order.ts'
import { hasSeenRequest } from './has-seen-request.ts'
import { hasStored } from './has-stored.ts'
import type { RecordMatch } from './record-match.ts'

/** The checks as plain functions, for node:test and every other runner. Each rejects with node's AssertionError. */

/** Waits for a record that matches. With `times`: for exactly so many. */
export function expectReceived(
  cluster: AnyCluster,
  topic: string,
  match?: RecordMatch,
  options: Patience & { readonly times?: number } = {},
): Promise<void> {
  return holds(async () => hasReceived(await viewOf(cluster, { topic }), topic, match, options), options)
}

/** Waits for records that match, one after another in one partition. */
export function expectReceivedInOrder(
  cluster: AnyCluster,
  topic: string,
  matches: readonly RecordMatch[],
  options: Patience = {},
): Promise<void> {
  return holds(async () => hasReceivedInOrder(await viewOf(cluster, { topic }), topic, matches), options)
}

/** Waits for exactly so many records. */
export function expectStored(cluster: AnyCluster, topic: string, count: number, options: Patience = {}): Promise<void> {
  return holds(async () => hasStored(await viewOf(cluster, { topic }), topic, count), options)
}

/** Looks now, once: duplicates do not go away. */
export function expectNoDuplicates(
  cluster: AnyCluster,
  topic: string,
  options: { readonly by?: (record: StoredRecord) => unknown } = {},
): Promise<void> {
  return holds(async () => hasNoDuplicates(await viewOf(cluster, { topic }), topic, options), { within: 0 })
}

/** Waits for a request for which all of the query holds. With `times`: for exactly so many. */
export function expectSeenRequest(
  cluster: AnyCluster,
  query: JournalQuery,
  options: Patience & { readonly times?: number } = {},
): Promise<void> {
  return holds(async () => hasSeenRequest(await viewOf(cluster, { requests: query }), query, options), options)
}

async function holds(check: () => Promise<CheckResult>, patience: Patience): Promise<void> {
  const { pass, message } = await eventually(check, patience)
  if (!pass) throw new AssertionError({ message })
}
