import { type History, shownMs, type TraceEvent, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** A fault-free run may need this many times the fewest requests, and so many more per broker. Measured: see docs/simulation.md. */
const boundFactor = 3
const boundExtra = 12

/**
 * AGGREGATE: requests to one broker carry what they can.
 *
 * Local optimality: of two Produce requests to one broker, q1 and q2, no batch of q2 was waiting when q1 left (created
 * before, first of its partition, nothing of that partition on its way, its partition never in trouble), of a partition
 * that q1 leaves out, and small enough to fit into q1, unless the cluster changed in between. And the batches of one request
 * do not exceed max.request.size, unless there is only one.
 *
 * Global bound, for runs without faults: give each batch the interval from its creation to the end of its linger, or to
 * the creation of its successor, which means that it was full. The fewest requests that stab all intervals of a broker
 * (greedy interval stabbing), or the batches of its busiest partition, of which each request takes one, are what a
 * clairvoyant producer needs; ours may need a few times as many. Requests that leave while a send waits for memory are not
 * counted, nor are their batches: nothing may linger then (java-producer: RecordAccumulator.ready, `exhausted`).
 */
export const aggregate: Law = {
  name: 'AGGREGATE',
  insideOnly: needsTrace,
  statement: 'a request takes along every waiting batch of its broker that fits; without faults few requests do',
  judge: (history) => [...judgeLocal(history), ...judgeBound(history)],
}

interface Waiting {
  readonly createdMs: number
  readonly order: number
}

interface Request {
  readonly atMs: number
  readonly order: number
  readonly bytes: number
  readonly partitions: ReadonlySet<string>
}

const disturbances = ['metadata-updated', 'leader-changed', 'producer-id', 'epoch-bumped', 'sequences-reset']
const troubles = ['batch-retried', 'batch-failed', 'batch-expired', 'batch-split']

function judgeLocal(history: History): Violation[] {
  const violations: Violation[] = []
  // What a batch comes to when it is compressed is only known once it has been taken: it is not what was reckoned with.
  const limit = history.producer.compresses ? 0 : history.producer.requestBytesMax
  const created = new Map<unknown, Waiting>()
  const onTheWay = new Map<string, number>()
  /** When nothing of the partition was on its way any more. */
  const freeSince = new Map<string, number>()
  const troubled = new Set<string>()
  const lastRequest = new Map<unknown, Request>()
  let disturbedAt = -1
  let order = 0
  const kinds = ['batch-created', 'batch-drained', 'batch-completed', 'request-sent', ...troubles, ...disturbances]
  const open = new Map<unknown, TraceEvent[]>()
  for (const event of eventsOf(history, ...kinds)) {
    order++
    const { details, atMs } = event
    if (disturbances.includes(event.event)) disturbedAt = order
    else if (troubles.includes(event.event)) troubled.add(whereOf(event))
    else if (event.event === 'batch-created') created.set(details['batch'], { createdMs: atMs, order })
    else if (event.event === 'batch-completed') {
      const where = whereOf(event)
      const left = (onTheWay.get(where) ?? 1) - 1
      onTheWay.set(where, left)
      if (left === 0) freeSince.set(where, order)
    } else if (event.event === 'batch-drained') {
      const { node } = details
      const batches = open.get(node)
      if (batches === undefined) open.set(node, [event])
      else batches.push(event)
    } else if (details['api'] === 'Produce') {
      const { node } = details
      const batches = open.get(node) ?? []
      open.delete(node)
      const before = lastRequest.get(node)
      for (const batch of batches) {
        const where = whereOf(batch)
        const waiting = created.get(batch.details['batch'])
        const left = before === undefined ? undefined : leftBehind(batch, before, { waiting, limit })
        const isFree = (onTheWay.get(where) ?? 0) === 0 && (freeSince.get(where) ?? 0) < (before?.order ?? 0)
        if (left !== undefined && isFree && !troubled.has(where) && disturbedAt < before!.order) violations.push(left)
      }
      for (const batch of batches) onTheWay.set(whereOf(batch), (onTheWay.get(whereOf(batch)) ?? 0) + 1)
      const bytes = batches.reduce((sum, batch) => sum + (batch.details['bytes'] as number), 0)
      if (batches.length > 1 && bytes > limit && limit > 0) {
        const message = `a request to broker ${node} holds ${bytes} bytes of batches, max.request.size is ${limit}`
        violations.push({ law: 'AGGREGATE', message, evidence: batches.map(whereOf), atMs })
      }
      lastRequest.set(node, { atMs, order, bytes, partitions: new Set(batches.map(whereOf)) })
    }
  }
  return violations
}

function leftBehind(
  batch: TraceEvent,
  before: Request,
  { waiting, limit }: { readonly waiting: Waiting | undefined; readonly limit: number },
): Violation | undefined {
  const where = whereOf(batch)
  const { node, bytes, attempt } = batch.details
  if (attempt !== 0 || waiting === undefined || waiting.order > before.order || waiting.createdMs >= before.atMs)
    return undefined
  if (before.partitions.has(where) || before.bytes + (bytes as number) > limit) return undefined
  return {
    law: 'AGGREGATE',
    message: `a batch of ${where} waited while a request to broker ${node} left without it`,
    evidence: [
      `created at ${shownMs(waiting.createdMs)}, ${bytes} bytes`,
      `request at ${shownMs(before.atMs)} with ${before.bytes} bytes of ${[...before.partitions].join(', ')}`,
      `sent at ${shownMs(batch.atMs)}`,
    ],
    atMs: batch.atMs,
  }
}

function judgeBound(history: History): Violation[] {
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
export function requestBounds(
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
