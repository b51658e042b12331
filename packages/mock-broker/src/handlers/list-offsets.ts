import { type KafkaErrorRow, kafkaErrors, listOffsets, type RequestOf, type ResponseInput } from '@harrow/protocol'
import { type FoundOffset, offsetOfMaxTimestamp, offsetOfTimestamp } from '../log/timestamp-lookup.ts'
import type { Partition } from '../replication/partition.ts'
import { epochProblem } from './fetch.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** Offsets by timestamp, and the sentinels for the ends of the log. */
export const listOffsetsHandler: Handler<typeof listOffsets> = {
  api: listOffsets,

  targets: (request) =>
    request.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    ),

  handle(request, call) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((one) => answerFor(name, one, call)),
    }))
    return { do: 'answer', body: { topics }, applied: true }
  },
}

/** First version whose answers carry the leader epoch of the record (KIP-320). */
const leaderEpochsFrom = 4
/** First version that may answer OFFSET_NOT_AVAILABLE (KIP-207). */
const offsetNotAvailableFrom = 5
/** Timestamps that are questions, and the first version that may ask them. */
const sentinels: ReadonlyMap<bigint, { readonly is: 'latest' | 'earliest' | 'max' | 'tiered'; readonly from: number }> =
  new Map([
    [-1n, { is: 'latest', from: 0 }],
    [-2n, { is: 'earliest', from: 0 }],
    [-3n, { is: 'max', from: 7 }],
    // The first offset kept on the broker itself: without tiered storage, the first.
    [-4n, { is: 'earliest', from: 8 }],
    [-5n, { is: 'tiered', from: 9 }],
  ])

type PartitionRequest = RequestOf<typeof listOffsets>['topics'][number]['partitions'][number]
type PartitionAnswer = ResponseInput<typeof listOffsets>['topics'][number]['partitions'][number]

function answerFor(topic: string, one: PartitionRequest, call: Call): PartitionAnswer {
  const partition = call.cluster.partition(topic, one.partitionIndex)
  const error = injectedError(call, topic, one.partitionIndex) ?? problem(one, partition, call)
  const answer = { partitionIndex: one.partitionIndex, errorCode: (error ?? kafkaErrors.NONE).code }
  if (error !== undefined || partition === undefined) return answer
  const found = lookUp(one, partition, call)
  return call.version >= leaderEpochsFrom ? { ...answer, ...found } : { ...answer, ...found, leaderEpoch: -1 }
}

function problem(one: PartitionRequest, partition: Partition | undefined, call: Call): KafkaErrorRow | undefined {
  if (partition === undefined) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
  const sentinel = sentinels.get(one.timestamp)
  if (one.timestamp < 0n && (sentinel === undefined || call.version < sentinel.from)) {
    return kafkaErrors.UNSUPPORTED_VERSION
  }
  if (partition.replica(call.node.id) === undefined) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  if (call.node.isLogDirOffline) return kafkaErrors.KAFKA_STORAGE_ERROR
  const epoch = epochProblem(one.currentLeaderEpoch, partition)
  if (epoch !== undefined) return epoch
  if (partition.leaderId !== call.node.id) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  partition.retain(call.cluster.wallMsAt(call.node))
  // A new leader does not know yet how far its predecessor had come, and would answer with less (KIP-207).
  const needsEnd = sentinel === undefined || sentinel.is === 'latest'
  if (!needsEnd || partition.isHighWatermarkCertain) return undefined
  return call.version >= offsetNotAvailableFrom ? kafkaErrors.OFFSET_NOT_AVAILABLE : kafkaErrors.LEADER_NOT_AVAILABLE
}

function lookUp(one: PartitionRequest, { log, leaderEpoch }: Partition, call: Call) {
  // What consumers can read; nobody else asks here.
  const until = log.highWatermark
  const visible = (found: FoundOffset | undefined) => (found !== undefined && found.offset < until ? found : {})
  switch (sentinels.get(one.timestamp)?.is) {
    case 'latest':
      return { offset: until, leaderEpoch }
    case 'earliest':
      return { offset: log.startOffset, leaderEpoch: log.stored[0]?.leaderEpoch ?? leaderEpoch }
    case 'tiered':
      return {}
    case 'max':
      return visible(offsetOfMaxTimestamp(log, call.codecs))
    default:
      return visible(offsetOfTimestamp(log, Number(one.timestamp), call.codecs))
  }
}
