import { type History, shownMs, type TraceEvent, type Violation } from '../history.ts'
import { hurriesOf, largestRecordBytes } from './hurry.ts'
import type { Law } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/**
 * PROMPT: what is due leaves.
 *
 * A batch is due when its linger is over, when it is followed by another or full, or when something hurries (flush, close,
 * a send that waits for memory); on a retry when its backoff is over, or another leader is known. A batch that has been
 * due while the connection to its broker was ready and wholly idle, nothing of its partition was on its way and the
 * cluster did not change, has left within one timer step. Before any fault has acted the connection need not be idle: it is
 * enough that it had room for one more request.
 */
export const prompt: Law = {
  name: 'PROMPT',
  statement: 'a batch that is due leaves at once if its broker is idle, or undisturbed and not busy',
  judge: (history) => new Watch(history).judge(),
}

interface Waiting {
  readonly createdMs: number
  attempt: number
  /** On a retry: not before. */
  retryAtMs: number
  /** First moment at which it was followed by another of its partition. */
  followedMs: number
}

interface Node {
  isReady: boolean
  /** Since when nothing is unanswered. */
  idleSinceMs: number
  /** Since when there is room for one more request. */
  roomSinceMs: number
  readonly open: Set<unknown>
  readonly batches: TraceEvent[]
}

const kinds = [
  'batch-created',
  'batch-drained',
  'batch-retried',
  'batch-completed',
  'batch-failed',
  'batch-expired',
  'batch-split',
  'request-sent',
  'response-received',
  'connection-state',
  'connection-lost',
  'leader-changed',
  'metadata-updated',
  'producer-id',
  'epoch-bumped',
  'sequences-reset',
  'send-blocked',
  'send-unblocked',
  'topic-deleted',
]
/** After these a partition may have to wait for reasons that cannot be seen from here. */
const disturbing = ['metadata-updated', 'leader-changed', 'producer-id', 'epoch-bumped', 'sequences-reset']

class Watch {
  private readonly history: History
  private readonly violations: Violation[] = []
  private readonly batches = new Map<unknown, Waiting>()
  /** Batches of a partition that were created and have no end yet, oldest first. */
  private readonly queues = new Map<string, unknown[]>()
  private readonly onTheWay = new Map<string, Set<unknown>>()
  private readonly freeSinceMs = new Map<string, number>()
  private readonly nodes = new Map<unknown, Node>()
  private readonly deleted = new Set<unknown>()
  private disturbedMs = 0
  /** Partitions of which a batch was given up or split: what then holds up their numbers is not seen from here. */
  private readonly troubled = new Set<string>()
  private readonly hurries: readonly (readonly [fromMs: number, untilMs: number])[]
  private blocked = 0
  private blockedSinceMs = Number.POSITIVE_INFINITY
  private readonly firstFaultMs: number

  constructor(history: History) {
    this.history = history
    this.hurries = hurriesOf(history)
    this.firstFaultMs = history.faultHits[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  judge(): Violation[] {
    for (const event of eventsOf(this.history, ...kinds)) this.take(event)
    return this.violations
  }

  private take(event: TraceEvent): void {
    const { details, atMs } = event
    const { batch } = details
    if (disturbing.includes(event.event)) this.disturbedMs = atMs
    switch (event.event) {
      case 'topic-deleted':
        this.deleted.add(details['topic'])
        return
      case 'leader-changed':
        // The reason for the backoff is gone (KIP-951). Epochs of a topic that was made anew begin again: then nobody can tell.
        if ((details['epoch'] as number) < 0 || this.deleted.has(details['topic'])) return
        for (const waiting of this.queue(event)) {
          const one = this.batches.get(waiting)!
          one.retryAtMs = Math.min(one.retryAtMs, atMs)
        }
        return
      case 'batch-created': {
        const queue = this.queue(event)
        const before = this.batches.get(queue.at(-1))
        if (before !== undefined) before.followedMs = Math.min(before.followedMs, atMs)
        queue.push(batch)
        this.batches.set(batch, { createdMs: atMs, attempt: 0, retryAtMs: 0, followedMs: Number.POSITIVE_INFINITY })
        return
      }
      case 'batch-drained': {
        const node = this.node(details['node'])
        node.batches.push(event)
        return
      }
      case 'batch-retried': {
        const one = this.batches.get(batch)
        this.landed(event)
        if (one === undefined) return
        one.attempt++
        one.retryAtMs = atMs + (details['afterMs'] as number)
        return
      }
      case 'batch-completed':
      case 'batch-failed':
      case 'batch-expired':
      case 'batch-split': {
        this.landed(event)
        const queue = this.queue(event)
        const at = queue.indexOf(batch)
        if (at >= 0) queue.splice(at, 1)
        this.batches.delete(batch)
        if (event.event !== 'batch-completed') this.troubled.add(whereOf(event))
        // Made just now; they take no record more, and need not wait for any.
        if (event.event === 'batch-split')
          for (const part of queue.slice(-(details['parts'] as number))) this.batches.get(part)!.followedMs = atMs
        return
      }
      case 'request-sent':
        this.sent(event)
        return
      case 'response-received':
      case 'connection-state':
      case 'connection-lost': {
        const node = this.node(details['node'])
        // As long as it was full; a throttled one is seen to by what comes last.
        if (event.event !== 'response-received' || node.open.size >= this.history.producer.inFlightRequestsMax)
          node.roomSinceMs = atMs
        if (event.event === 'response-received') node.open.delete(details['correlationId'])
        else node.open.clear()
        if (event.event === 'connection-state') node.isReady = details['to'] === 'ready'
        const throttleMs = (details['throttleTimeMs'] as number | undefined) ?? 0
        if (throttleMs > 0) {
          node.idleSinceMs = Math.max(node.idleSinceMs, atMs + throttleMs)
          node.roomSinceMs = Math.max(node.roomSinceMs, atMs + throttleMs)
        } else if (node.open.size === 0) node.idleSinceMs = Math.max(node.idleSinceMs, atMs)
        return
      }
      case 'send-blocked':
        if (details['on'] !== 'memory') return
        if (this.blocked++ === 0) this.blockedSinceMs = atMs
        return
      case 'send-unblocked':
        if (details['on'] !== 'memory') return
        if (--this.blocked === 0) this.blockedSinceMs = Number.POSITIVE_INFINITY
        return
    }
  }

  private sent({ details }: TraceEvent): void {
    const node = this.node(details['node'])
    if (details['api'] === 'Produce') {
      const batches = node.batches.splice(0)
      const dues = batches.map((event) => this.dueMs(event))
      for (const [i, event] of batches.entries()) this.late(event, node, dues[i]!)
      for (const event of batches) this.way(event).add(event.details['batch'])
    }
    // With acks=0 there is no answer to wait for; the connection counts as busy ever after, and is not looked at.
    node.open.add(details['correlationId'])
  }

  private late(event: TraceEvent, node: Node, dueMs: number): void {
    const { details, atMs } = event
    const where = whereOf(event)
    const isIdle = node.open.size === 0
    if (!node.isReady || this.way(event).size > 0 || this.troubled.has(where)) return
    // What holds up bytes on their way is not seen from here.
    const isDisturbed = atMs >= this.firstFaultMs
    if (!isIdle && (isDisturbed || node.open.size >= this.history.producer.inFlightRequestsMax)) return
    if (this.queue(event)[0] !== details['batch']) return
    const sinceMs = Math.max(
      dueMs,
      isDisturbed ? node.idleSinceMs : node.roomSinceMs,
      this.disturbedMs,
      this.freeSinceMs.get(where) ?? 0,
    )
    if (atMs - sinceMs <= this.history.timerSlackMs) return
    this.violations.push({
      law: 'PROMPT',
      message: `a batch of ${where} left ${shownMs(atMs - sinceMs)} after it could have`,
      evidence: [
        `due since ${shownMs(dueMs)}, its broker ${isDisturbed ? `idle since ${shownMs(node.idleSinceMs)}` : `had room since ${shownMs(node.roomSinceMs)}`}`,
      ],
      atMs,
    })
  }

  /** When it had to leave, at the latest the present; later than that if it need not yet. */
  private dueMs(event: TraceEvent): number {
    const { details, atMs } = event
    const one = this.batches.get(details['batch'])
    const { lingerMs, batchBytes, compresses } = this.history.producer
    if (one === undefined) return atMs
    if (one.attempt > 0) return Math.min(one.retryAtMs, atMs)
    const due = Math.max(
      one.createdMs,
      Math.min(one.createdMs + lingerMs, one.followedMs, this.blockedSinceMs, this.hurriedSinceMs(atMs)),
    )
    const mayBeFull = compresses || (details['bytes'] as number) + largestRecordBytes >= batchBytes
    return mayBeFull ? Math.min(due, atMs) : due
  }

  /** Since when a flush or a close is under way. */
  private hurriedSinceMs(atMs: number): number {
    let sinceMs = Number.POSITIVE_INFINITY
    for (const [fromMs, untilMs] of this.hurries)
      if (fromMs <= atMs && atMs <= untilMs) sinceMs = Math.min(sinceMs, fromMs)
    return sinceMs
  }

  private landed(event: TraceEvent): void {
    const way = this.way(event)
    if (way.delete(event.details['batch']) && way.size === 0) this.freeSinceMs.set(whereOf(event), event.atMs)
  }

  private way(event: TraceEvent): Set<unknown> {
    const where = whereOf(event)
    const known = this.onTheWay.get(where) ?? new Set()
    this.onTheWay.set(where, known)
    return known
  }

  private queue(event: TraceEvent): unknown[] {
    const where = whereOf(event)
    const known = this.queues.get(where) ?? []
    this.queues.set(where, known)
    return known
  }

  private node(id: unknown): Node {
    const known = this.nodes.get(id) ?? { isReady: false, idleSinceMs: 0, roomSinceMs: 0, open: new Set(), batches: [] }
    this.nodes.set(id, known)
    return known
  }
}
