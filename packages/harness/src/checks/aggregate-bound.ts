import type { History, Violation } from '../history.ts'
import { troubles } from './aggregate-local.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** A fault-free run may need this many times the fewest requests, and so many more per broker: slack for what is not seen from here. */
const boundFactor = 3
const boundExtra = 12

/** The global half of AGGREGATE: without faults a run needs few requests. */
export function judgeBound(history: History): Violation[] {
  if (history.faultHits.length > 0 || eventsOf(history, ...troubles).length > 0) return []
  const { requestBytesMax, inFlightRequestsMax } = history.producer
  return requestBounds(history).flatMap(({ node, requests, bound, bytes }): Violation[] => {
    const fewest = Math.max(bound, Math.ceil(bytes / requestBytesMax))
    // With one request in flight what is full waits for the answer, and leaves in any number of turns.
    if (inFlightRequestsMax === 1 || requests <= fewest * boundFactor + boundExtra) return []
    const message = `${requests} Produce requests to broker ${node}, ${fewest} would do`
    return [{ law: 'AGGREGATE', message, evidence: ['without any fault'] }]
  })
}

/** Per broker: Produce requests sent that were free to wait, the fewest that could have done, and the bytes of all batches. */
function requestBounds(
  history: History,
): { readonly node: number; readonly requests: number; readonly bound: number; readonly bytes: number }[] {
  const created = new Map<unknown, number>()
  const fullAt = new Map<unknown, number>()
  const tails = new Map<string, unknown>()
  for (const event of eventsOf(history, 'batch-created')) {
    const { batch } = event.details
    const where = whereOf(event)
    const before = tails.get(where)
    if (before !== undefined && !fullAt.has(before)) fullAt.set(before, event.atMs)
    tails.set(where, batch)
    created.set(batch, event.atMs)
    // Without room for a second record it is full as soon as it is there.
    if (history.producer.batchBytes === 0) fullAt.set(batch, event.atMs)
  }
  const nodes = new Map<number, NodeLoad>()
  const of = (node: number): NodeLoad => {
    const known = nodes.get(node) ?? {
      intervals: [],
      requests: 0,
      bytes: 0,
      batches: new Map<string, number>(),
      isHurried: false,
    }
    nodes.set(node, known)
    return known
  }
  let waitForMemory = 0
  for (const event of eventsOf(history, 'batch-drained', 'request-sent', 'send-blocked', 'send-unblocked')) {
    const { details } = event
    if (event.event === 'batch-drained') {
      const from = created.get(details['batch'])
      const load = of(details['node'] as number)
      if (waitForMemory > 0) load.isHurried = true
      if (from === undefined || load.isHurried) continue
      const until = Math.min(from + history.producer.lingerMs, fullAt.get(details['batch']) ?? Number.POSITIVE_INFINITY)
      load.intervals.push([from, until])
      load.bytes += details['bytes'] as number
      load.batches.set(whereOf(event), (load.batches.get(whereOf(event)) ?? 0) + 1)
    } else if (event.event === 'request-sent') {
      if (details['api'] !== 'Produce') continue
      const load = of(details['node'] as number)
      if (!load.isHurried) load.requests++
      load.isHurried = false
    } else if (details['on'] === 'memory') waitForMemory += event.event === 'send-blocked' ? 1 : -1
  }
  return [...nodes].map(([node, { intervals, requests, bytes, batches }]) => {
    const bound = Math.max(stabs(intervals), ...batches.values())
    return { node, requests, bytes, bound }
  })
}

interface NodeLoad {
  readonly intervals: [number, number][]
  /** How many of each partition. */
  readonly batches: Map<string, number>
  requests: number
  bytes: number
  /** The request that is being put together leaves for the sake of a send that waits for memory. */
  isHurried: boolean
}

/** The fewest points that touch every interval: always the earliest end that is not touched yet. */
export function stabs(intervals: readonly (readonly [from: number, until: number])[]): number {
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  for (const [from, until] of intervals.toSorted((a, b) => a[1] - b[1])) {
    if (from <= last) continue
    last = until
    count++
  }
  return count
}
