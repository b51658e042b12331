import { fetch, type KafkaErrorRow, kafkaErrors, type RequestOf, type ResponseInput } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import type { FetchContext, FetchedPartition } from '../fetch-sessions.ts'
import type { EpochEnd } from '../log/leader-epochs.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Partition } from '../replication/partition.ts'
import { type Call, type Handler, injectedError, type Outcome } from './handler.ts'
import { leaderHint, type NodeEndpoint } from './leader-hint.ts'

/**
 * Reads batches up to the high watermark, and waits for some if there are too few. From version 11 on a follower answers
 * as well (KIP-392).
 */
export const fetchHandler: Handler<typeof fetch> = {
  api: fetch,

  targets(request, cluster) {
    return request.topics.flatMap(({ topic: name, topicId, partitions }) => {
      const topic = name || cluster.topicById(topicId)?.name
      return topic === undefined ? [] : partitions.map(({ partition }) => ({ topic, partition }))
    })
  },

  handle(request, call) {
    const options = { usesTopicIds: call.version >= topicIdsFrom, nowMs: call.cluster.clock.nowMs() }
    const context = call.node.fetchSessions.contextOf(request, options)
    if ('error' in context) {
      return { do: 'answer', body: { errorCode: context.error.code, responses: [] }, applied: false }
    }
    const asked: AskedFetch = { request, context, call }
    const first = read(asked)
    const isEnough = ({ bytes, hasError }: Reading): boolean => hasError || bytes >= request.minBytes
    if (context.partitions.length === 0 || request.maxWaitMs <= 0 || isEnough(first)) return answer(asked, first)
    return { do: 'wait', applied: false, start: (settle) => wait(asked, isEnough, settle) }
  },
}

/** First version that names topics by id (KIP-516). */
const topicIdsFrom = 13
/** First version whose answers name the new leader and its address (KIP-951). */
const leaderHintsFrom = 16
/** First version in which a follower may answer (KIP-392). */
const followersFrom = 11

type FetchRequest = RequestOf<typeof fetch>
type PartitionAnswer = ResponseInput<typeof fetch>['responses'][number]['partitions'][number]

interface AskedFetch {
  readonly request: FetchRequest
  readonly context: FetchContext
  readonly call: Call
}

interface Reading {
  readonly partitions: readonly { readonly asked: FetchedPartition; readonly answer: PartitionAnswer }[]
  readonly nodeEndpoints: readonly NodeEndpoint[]
  readonly bytes: number
  readonly hasError: boolean
}

/** Looks again whenever one of the partitions changes, until there is enough or the time is over. */
function wait(
  asked: AskedFetch,
  isEnough: (reading: Reading) => boolean,
  settle: (outcome: Outcome<typeof fetch>) => void,
): () => void {
  const { call, context, request } = asked
  const watched = context.partitions.flatMap((one) => topicOf(one, call)?.partitions[one.asked.partition] ?? [])
  let cancelLook: (() => void) | undefined
  const stop = (): void => {
    cancelTimeout()
    cancelLook?.()
    for (const partition of watched) partition.watchers.delete(changed)
  }
  const look = (): void => {
    cancelLook = undefined
    const reading = read(asked)
    if (!isEnough(reading)) return
    stop()
    settle(answer(asked, reading))
  }
  // After the request that changed it, not inside: many appends of one request then make one look.
  const changed = (): void => {
    cancelLook ??= call.later(0, look)
  }
  const cancelTimeout = call.later(request.maxWaitMs, () => {
    stop()
    settle(answer(asked, read(asked)))
  })
  for (const partition of watched) partition.watchers.add(changed)
  return stop
}

function read({ request, context, call }: AskedFetch): Reading {
  const endpoints = new Map<number, NodeEndpoint>()
  let bytes = 0
  let hasError = false
  const partitions = context.partitions.map((one) => {
    const topic = topicOf(one, call)
    const partition = topic?.partitions[one.asked.partition]
    const from = source(one, topic, partition, call)
    if ('error' in from) {
      hasError = true
      return { asked: one, answer: refused(one, from.error, partition, call, endpoints) }
    }
    if (from.diverging !== undefined) return { asked: one, answer: diverged(one, from.log, from.diverging) }
    const bytesMax = Math.min(one.asked.partitionMaxBytes, request.maxBytes - bytes)
    // The first batch comes whatever its size, or a client with small limits would never get on (KIP-74).
    const limits = { bytesMax, atLeastOne: bytes === 0, until: from.log.highWatermark }
    const records = joined(from.log.read(one.asked.fetchOffset, limits).map((batch) => batch.bytes))
    bytes += records.length
    return { asked: one, answer: found(one, from.log, request, records) }
  })
  return { partitions, nodeEndpoints: [...endpoints.values()], bytes, hasError }
}

function answer({ context }: AskedFetch, { partitions, nodeEndpoints }: Reading): Outcome<typeof fetch> {
  const responses = new Map<string, { topic: string; topicId: string; partitions: PartitionAnswer[] }>()
  for (const { asked, answer } of partitions) {
    const { errorCode, highWatermark, logStartOffset = -1n, records } = answer
    const told = { errorCode, highWatermark, logStartOffset, recordBytes: records?.length ?? 0 }
    if (!context.isNews(asked, told)) continue
    const { topic, topicId } = asked
    const key = `${topicId}/${topic}`
    const entry = responses.get(key) ?? { topic, topicId, partitions: [] }
    entry.partitions.push(answer)
    responses.set(key, entry)
  }
  const body = { sessionId: context.sessionId, responses: [...responses.values()], nodeEndpoints }
  return { do: 'answer', body, applied: true }
}

/** The log to read from, or why not. Java: `Partition.localLogWithEpochOrThrow` and `Partition.readRecords`. */
function source(
  one: FetchedPartition,
  topic: Topic | undefined,
  partition: Partition | undefined,
  call: Call,
): { readonly error: KafkaErrorRow } | { readonly log: PartitionLog; readonly diverging: EpochEnd | undefined } {
  const { partition: index, currentLeaderEpoch, lastFetchedEpoch, fetchOffset } = one.asked
  const injected = injectedError(call, topic?.name ?? one.topic, index)
  if (injected !== undefined) return { error: injected }
  if (topic === undefined && call.version >= topicIdsFrom) return { error: kafkaErrors.UNKNOWN_TOPIC_ID }
  if (partition === undefined) return { error: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION }
  const replica = partition.replica(call.node.id)
  if (replica === undefined) return { error: kafkaErrors.NOT_LEADER_OR_FOLLOWER }
  if (call.node.isLogDirOffline) return { error: kafkaErrors.KAFKA_STORAGE_ERROR }
  const epoch = epochProblem(currentLeaderEpoch, partition)
  if (epoch !== undefined) return { error: epoch }
  const mayFollowerAnswer = call.version >= followersFrom
  if (partition.leaderId !== call.node.id && !mayFollowerAnswer) return { error: kafkaErrors.NOT_LEADER_OR_FOLLOWER }
  partition.retain(call.cluster.wallMsAt(call.node))
  const { log } = replica
  if (lastFetchedEpoch >= 0) {
    // The client's last record may have been truncated since (KIP-595).
    const end = log.endOfEpoch(lastFetchedEpoch)
    if (end.epoch === -1) return { error: kafkaErrors.OFFSET_OUT_OF_RANGE }
    if (end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset) return { log, diverging: end }
  }
  const isOutside = fetchOffset < log.startOffset || fetchOffset > log.endOffset
  return isOutside ? { error: kafkaErrors.OFFSET_OUT_OF_RANGE } : { log, diverging: undefined }
}

/** What a broker says to a client whose idea of the leader epoch is not its own (KIP-320). -1: no idea. */
export function epochProblem(currentLeaderEpoch: number, partition: Partition): KafkaErrorRow | undefined {
  if (currentLeaderEpoch === -1 || currentLeaderEpoch === partition.leaderEpoch) return undefined
  const isOld = currentLeaderEpoch < partition.leaderEpoch
  return isOld ? kafkaErrors.FENCED_LEADER_EPOCH : kafkaErrors.UNKNOWN_LEADER_EPOCH
}

function found(
  { asked }: FetchedPartition,
  { highWatermark, startOffset }: PartitionLog,
  request: FetchRequest,
  records: Uint8Array,
): PartitionAnswer {
  return {
    partitionIndex: asked.partition,
    errorCode: kafkaErrors.NONE.code,
    highWatermark,
    lastStableOffset: highWatermark,
    logStartOffset: startOffset,
    abortedTransactions: request.isolationLevel === 0 ? null : [],
    records,
  }
}

function diverged({ asked }: FetchedPartition, log: PartitionLog, divergingEpoch: EpochEnd): PartitionAnswer {
  return {
    partitionIndex: asked.partition,
    errorCode: kafkaErrors.NONE.code,
    highWatermark: log.highWatermark,
    lastStableOffset: log.highWatermark,
    logStartOffset: log.startOffset,
    abortedTransactions: null,
    records: new Uint8Array(0),
    divergingEpoch,
  }
}

function refused(
  { asked }: FetchedPartition,
  error: KafkaErrorRow,
  partition: Partition | undefined,
  call: Call,
  endpoints: Map<number, NodeEndpoint>,
): PartitionAnswer {
  const isElsewhere = error === kafkaErrors.NOT_LEADER_OR_FOLLOWER || error === kafkaErrors.FENCED_LEADER_EPOCH
  const hint = isElsewhere && call.version >= leaderHintsFrom ? leaderHint(partition, call, endpoints) : {}
  const nothing = { highWatermark: -1n, abortedTransactions: null, records: new Uint8Array(0) }
  return { partitionIndex: asked.partition, errorCode: error.code, ...nothing, ...hint }
}

function topicOf({ topic, topicId }: FetchedPartition, { cluster, version }: Call): Topic | undefined {
  return version >= topicIdsFrom ? cluster.topicById(topicId) : cluster.topic(topic)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
