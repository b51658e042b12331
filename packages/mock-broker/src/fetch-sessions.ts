import { type fetch, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'

type FetchRequest = RequestOf<typeof fetch>
type AskedPartition = FetchRequest['topics'][number]['partitions'][number]

/** A partition that a client reads. */
export interface FetchedPartition {
  /** The topic as the client names it: the other of the two is empty. */
  readonly topic: string
  readonly topicId: string
  readonly asked: AskedPartition
}

/** What a session remembers of a partition: only what differs from it is answered. */
interface CachedPartition extends FetchedPartition {
  highWatermark: bigint
  logStartOffset: bigint
}

interface Session {
  readonly id: number
  readonly usesTopicIds: boolean
  /** The epoch that the next request must have. */
  epoch: number
  usedAtMs: number
  readonly partitions: Map<string, CachedPartition>
}

/** How one Fetch is to be answered. */
export interface FetchContext {
  readonly sessionId: number
  readonly partitions: readonly FetchedPartition[]
  /** Whether the answer about a partition goes out: in an incremental session only what is new (KIP-227). */
  isNews(partition: FetchedPartition, answer: AnsweredPartition): boolean
}

export interface AnsweredPartition {
  readonly errorCode: number
  readonly highWatermark: bigint
  readonly logStartOffset: bigint
  readonly recordBytes: number
}

/** Epoch of a request that begins a session, and of one that wants none. */
const initialEpoch = 0
const finalEpoch = -1
/** `max.incremental.fetch.session.cache.slots` */
const sessionsMax = 1000
/** `min.incremental.fetch.session.eviction.ms`: a session used more recently is not taken away. */
const evictionMs = 120_000

/**
 * The incremental fetch sessions of one broker (KIP-227): a client names its partitions once, and from then on only what
 * changes, in either direction. Java: `FetchManager` and `FetchSessionCache`.
 */
export class FetchSessions {
  private readonly random: Random
  /** The one used longest ago first. */
  private readonly sessions = new Map<number, Session>()

  constructor(random: Random) {
    this.random = random
  }

  /** What a request asks for, all told, or why it cannot be answered. */
  contextOf(request: FetchRequest, options: { readonly usesTopicIds: boolean; readonly nowMs: number }) {
    const { sessionId, sessionEpoch } = request
    const isFull = sessionEpoch === initialEpoch || sessionEpoch === finalEpoch
    return isFull
      ? this.full(request, options, sessionEpoch === finalEpoch)
      : this.incremental(request, options, this.sessions.get(sessionId))
  }

  /** The broker restarts. */
  clear(): void {
    this.sessions.clear()
  }

  get size(): number {
    return this.sessions.size
  }

  private full(
    request: FetchRequest,
    { usesTopicIds, nowMs }: { readonly usesTopicIds: boolean; readonly nowMs: number },
    isFinal: boolean,
  ): FetchContext {
    this.sessions.delete(request.sessionId)
    const partitions = namedPartitions(request)
    const isSessionless = isFinal || partitions.length === 0 || !this.makeRoom(nowMs)
    if (isSessionless) return { sessionId: 0, partitions, isNews: () => true }
    const id = this.freeId()
    const cached = new Map(partitions.map((one) => [keyOf(one), { ...one, highWatermark: -1n, logStartOffset: -1n }]))
    this.sessions.set(id, { id, usesTopicIds, epoch: 1, usedAtMs: nowMs, partitions: cached })
    const isNews = (partition: FetchedPartition, answer: AnsweredPartition): boolean => {
      remember(cached, partition, answer)
      return true
    }
    return { sessionId: id, partitions, isNews }
  }

  private incremental(
    request: FetchRequest,
    { usesTopicIds, nowMs }: { readonly usesTopicIds: boolean; readonly nowMs: number },
    session: Session | undefined,
  ): FetchContext | { readonly error: KafkaErrorRow } {
    if (session === undefined) return { error: kafkaErrors.FETCH_SESSION_ID_NOT_FOUND }
    if (session.epoch !== request.sessionEpoch) return { error: kafkaErrors.INVALID_FETCH_SESSION_EPOCH }
    if (session.usesTopicIds !== usesTopicIds) return { error: kafkaErrors.FETCH_SESSION_TOPIC_ID_ERROR }
    const { id, partitions } = session
    for (const one of namedPartitions(request)) {
      const known = partitions.get(keyOf(one))
      const { highWatermark = -1n, logStartOffset = -1n } = known ?? {}
      partitions.set(keyOf(one), { ...one, highWatermark, logStartOffset })
    }
    for (const { topic, topicId, partitions: forgotten } of request.forgottenTopicsData) {
      for (const partition of forgotten) partitions.delete(keyOf({ topic, topicId, asked: { partition } }))
    }
    this.sessions.delete(id)
    const list = [...partitions.values()]
    if (list.length === 0) return { sessionId: 0, partitions: list, isNews: () => true }
    session.epoch = session.epoch === 2 ** 31 - 1 ? 1 : session.epoch + 1
    session.usedAtMs = nowMs
    // Behind the others: it was used last.
    this.sessions.set(id, session)
    return { sessionId: id, partitions: list, isNews: (partition, answer) => remember(partitions, partition, answer) }
  }

  private makeRoom(nowMs: number): boolean {
    if (this.sessions.size < sessionsMax) return true
    const [oldest] = this.sessions.values()
    if (oldest === undefined || nowMs - oldest.usedAtMs <= evictionMs) return false
    this.sessions.delete(oldest.id)
    return true
  }

  private freeId(): number {
    for (;;) {
      const id = 1 + this.random.below(2 ** 31 - 1)
      if (!this.sessions.has(id)) return id
    }
  }
}

/** Whether the answer differs from what the client was told last. Java: `CachedPartition.maybeUpdateResponseData`. */
function remember(
  partitions: Map<string, CachedPartition>,
  partition: FetchedPartition,
  answer: AnsweredPartition,
): boolean {
  const key = keyOf(partition)
  const cached = partitions.get(key)
  if (cached === undefined) return true
  const { highWatermark, logStartOffset, recordBytes, errorCode } = answer
  const isNews = recordBytes > 0 || cached.highWatermark !== highWatermark || cached.logStartOffset !== logStartOffset
  // An error is told every time, and so is its end.
  cached.highWatermark = errorCode === 0 ? highWatermark : -1n
  cached.logStartOffset = logStartOffset
  // Whoever had records stands behind the others next time, so that a small limit starves nobody.
  if (recordBytes > 0) {
    partitions.delete(key)
    partitions.set(key, cached)
  }
  return isNews || errorCode !== 0
}

function namedPartitions(request: FetchRequest): FetchedPartition[] {
  return request.topics.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((asked) => ({ topic, topicId, asked })),
  )
}

function keyOf(one: { topic: string; topicId: string; asked: { partition: number } }): string {
  return `${one.topicId}/${one.topic}/${one.asked.partition}`
}
