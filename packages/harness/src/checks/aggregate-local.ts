import { type History, shownMs, type TraceEvent, type Violation } from '../history.ts'
import { eventsOf, whereOf } from './trace-index.ts'

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

/** After these a batch may have had to wait for reasons that cannot be seen from here. */
const disturbances = ['metadata-updated', 'leader-changed', 'producer-id', 'epoch-bumped', 'sequences-reset']
/** Of a partition: what then holds it up is not seen from here. */
export const troubles = ['batch-retried', 'batch-failed', 'batch-expired', 'batch-split']

/** The local half of AGGREGATE: whoever could have come along was not left behind. */
export function judgeLocal(history: History): Violation[] {
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
