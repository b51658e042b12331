import { deleteRecords, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/**
 * Moves the start of logs forward (KIP-107). Every replica follows at once. Java: `ReplicaManager.deleteRecords` and
 * `UnifiedLog.maybeIncrementLogStartOffset`.
 */
export const deleteRecordsHandler: Handler<typeof deleteRecords> = {
  api: deleteRecords,

  targets: (request) =>
    request.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    ),

  handle(request, call) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => {
        const topic = call.cluster.topic(name)
        const partition = topic?.partitions[partitionIndex]
        // -1: everything that is there.
        const wanted = offset === -1n ? (partition?.highWatermark ?? 0n) : offset
        const error = problem({ name, topic, partitionIndex, offset: wanted }, call)
        if (error !== undefined || partition === undefined) {
          const { code } = error ?? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
          return { partitionIndex, lowWatermark: -1n, errorCode: code }
        }
        partition.deleteBefore(wanted)
        return { partitionIndex, lowWatermark: partition.log.startOffset, errorCode: kafkaErrors.NONE.code }
      }),
    }))
    const applied = topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode === 0))
    return { do: 'answer', body: { throttleTimeMs: 0, topics }, applied }
  },
}

function problem(
  asked: {
    readonly name: string
    readonly topic: Topic | undefined
    readonly partitionIndex: number
    readonly offset: bigint
  },
  call: Call,
): KafkaErrorRow | undefined {
  const { name, topic, partitionIndex, offset } = asked
  const injected = injectedError(call, name, partitionIndex)
  if (injected !== undefined) return injected
  const partition = topic?.partitions[partitionIndex]
  if (topic === undefined || partition === undefined) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
  if (partition.leaderId !== call.node.id) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  if (topic.config.isCompacted && !topic.config.hasRetention) return kafkaErrors.POLICY_VIOLATION
  if (offset < 0n || offset > partition.highWatermark) return kafkaErrors.OFFSET_OUT_OF_RANGE
  return undefined
}
