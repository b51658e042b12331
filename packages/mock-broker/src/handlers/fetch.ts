import { fetch, type KafkaErrorRow, kafkaErrors, type RequestOf, type ResponseInput } from '@harrow/protocol'
import type { Partition, Topic } from '../cluster.ts'
import { type Call, type Handler, injectedError, type Outcome } from './handler.ts'
import { leaderHint, type NodeEndpoint } from './leader-hint.ts'

/**
 * Reads batches, and waits for some if there are too few. Fetch sessions (KIP-227) are declined by answering session 0,
 * which is what a broker does whose session cache is full: the client sends the whole request every time.
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
    const error = sessionProblem(request)
    if (error !== undefined) return { do: 'answer', body: { errorCode: error.code, responses: [] }, applied: false }
    const first = read(request, call)
    const isEnough = ({ bytes, hasError }: Reading): boolean => hasError || bytes >= request.minBytes
    if (request.topics.length === 0 || request.maxWaitMs <= 0 || isEnough(first)) return first.outcome
    return { do: 'wait', start: (settle) => wait(request, call, isEnough, settle) }
  },
}

/** First version that names topics by id (KIP-516). */
const topicIdsFrom = 13
/** First version whose answers name the new leader and its address (KIP-951). */
const leaderHintsFrom = 16

type FetchRequest = RequestOf<typeof fetch>
type PartitionRequest = FetchRequest['topics'][number]['partitions'][number]
type PartitionAnswer = ResponseInput<typeof fetch>['responses'][number]['partitions'][number]

interface Reading {
  readonly outcome: Outcome<typeof fetch>
  readonly bytes: number
  readonly hasError: boolean
}

function sessionProblem({ sessionId, sessionEpoch }: FetchRequest): KafkaErrorRow | undefined {
  if (sessionId !== 0) return kafkaErrors.FETCH_SESSION_ID_NOT_FOUND
  return sessionEpoch > 0 ? kafkaErrors.INVALID_FETCH_SESSION_EPOCH : undefined
}

/** Looks again whenever one of the partitions changes, until there is enough or the time is over. */
function wait(
  request: FetchRequest,
  call: Call,
  isEnough: (reading: Reading) => boolean,
  settle: (outcome: Outcome<typeof fetch>) => void,
): () => void {
  const watched = request.topics.flatMap((asked) => {
    const topic = topicOf(asked, call)
    return asked.partitions.flatMap(({ partition }) => topic?.partitions[partition] ?? [])
  })
  let cancelLook: (() => void) | undefined
  const stop = (): void => {
    cancelTimeout()
    cancelLook?.()
    for (const partition of watched) partition.watchers.delete(changed)
  }
  const look = (): void => {
    cancelLook = undefined
    const reading = read(request, call)
    if (!isEnough(reading)) return
    stop()
    settle(reading.outcome)
  }
  // After the request that changed it, not inside: many appends of one request then make one look.
  const changed = (): void => {
    cancelLook ??= call.later(0, look)
  }
  const cancelTimeout = call.later(request.maxWaitMs, () => {
    stop()
    settle(read(request, call).outcome)
  })
  for (const partition of watched) partition.watchers.add(changed)
  return stop
}

function read(request: FetchRequest, call: Call): Reading {
  const endpoints = new Map<number, NodeEndpoint>()
  let bytes = 0
  let hasError = false
  const responses = request.topics.map((asked) => {
    const topic = topicOf(asked, call)
    const partitions = asked.partitions.map((one): PartitionAnswer => {
      const partition = topic?.partitions[one.partition]
      const error = problem(one, asked, topic, partition, call)
      if (error !== undefined || partition === undefined) {
        hasError = true
        return refused(one, error ?? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION, partition, call, endpoints)
      }
      const bytesMax = Math.min(one.partitionMaxBytes, request.maxBytes - bytes)
      // The first batch comes whatever its size, or a client with small limits would never get on (KIP-74).
      const batches = partition.log.read(one.fetchOffset, { bytesMax, atLeastOne: bytes === 0 })
      const records = joined(batches.map((batch) => batch.bytes))
      bytes += records.length
      return found(one, partition, request, records)
    })
    return { topic: asked.topic, topicId: asked.topicId, partitions }
  })
  const body = { sessionId: 0, responses, nodeEndpoints: [...endpoints.values()] }
  return { outcome: { do: 'answer', body, applied: true }, bytes, hasError }
}

function problem(
  one: PartitionRequest,
  asked: FetchRequest['topics'][number],
  topic: Topic | undefined,
  partition: Partition | undefined,
  call: Call,
): KafkaErrorRow | undefined {
  const injected = injectedError(call, topic?.name ?? asked.topic, one.partition)
  if (injected !== undefined) return injected
  if (topic === undefined && call.version >= topicIdsFrom) return kafkaErrors.UNKNOWN_TOPIC_ID
  if (partition === undefined) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
  const epoch = epochProblem(one.currentLeaderEpoch, partition)
  if (epoch !== undefined) return epoch
  if (partition.leaderId !== call.node.id) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  const isOutside = one.fetchOffset < partition.log.startOffset || one.fetchOffset > partition.log.endOffset
  return isOutside ? kafkaErrors.OFFSET_OUT_OF_RANGE : undefined
}

/** What a broker says to a client whose idea of the leader epoch is not its own (KIP-320). -1: no idea. */
export function epochProblem(currentLeaderEpoch: number, partition: Partition): KafkaErrorRow | undefined {
  if (currentLeaderEpoch === -1 || currentLeaderEpoch === partition.leaderEpoch) return undefined
  const isOld = currentLeaderEpoch < partition.leaderEpoch
  return isOld ? kafkaErrors.FENCED_LEADER_EPOCH : kafkaErrors.UNKNOWN_LEADER_EPOCH
}

function found(one: PartitionRequest, { log }: Partition, request: FetchRequest, records: Uint8Array): PartitionAnswer {
  return {
    partitionIndex: one.partition,
    errorCode: kafkaErrors.NONE.code,
    highWatermark: log.endOffset,
    lastStableOffset: log.endOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: request.isolationLevel === 0 ? null : [],
    records,
  }
}

function refused(
  one: PartitionRequest,
  error: KafkaErrorRow,
  partition: Partition | undefined,
  call: Call,
  endpoints: Map<number, NodeEndpoint>,
): PartitionAnswer {
  const isElsewhere = error === kafkaErrors.NOT_LEADER_OR_FOLLOWER || error === kafkaErrors.FENCED_LEADER_EPOCH
  const hint = isElsewhere && call.version >= leaderHintsFrom ? leaderHint(partition, call, endpoints) : {}
  const nothing = { highWatermark: -1n, abortedTransactions: null, records: new Uint8Array(0) }
  return { partitionIndex: one.partition, errorCode: error.code, ...nothing, ...hint }
}

function topicOf(asked: FetchRequest['topics'][number], { cluster, version }: Call): Topic | undefined {
  return version >= topicIdsFrom ? cluster.topicById(asked.topicId) : cluster.topic(asked.topic)
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
