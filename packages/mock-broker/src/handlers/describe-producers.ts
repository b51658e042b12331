import { describeProducers, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import { type Call, type Handler, injectedError } from './handler.ts'

/** What a replica on this broker remembers of the producers of a partition (KIP-664). */
export const describeProducersHandler: Handler<typeof describeProducers> = {
  api: describeProducers,

  targets: (request) =>
    request.topics.flatMap(({ name, partitionIndexes }) =>
      partitionIndexes.map((partition) => ({ topic: name, partition })),
    ),

  handle(request, call) {
    const topics = request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => {
        const error = problem(name, partitionIndex, call)
        const log = call.cluster.partition(name, partitionIndex)?.replica(call.node.id)?.log
        if (error !== undefined || log === undefined) {
          const { code, message } = error ?? kafkaErrors.NOT_LEADER_OR_FOLLOWER
          return { partitionIndex, errorCode: code, errorMessage: message, activeProducers: [] }
        }
        log.producers.expire(call.cluster.wallMsAt(call.node))
        const activeProducers = [...log.producers.describe()].map((producer) => ({
          ...producer,
          lastTimestamp: BigInt(producer.lastTimestamp),
          // No transaction was ever coordinated here.
          coordinatorEpoch: -1,
        }))
        return { partitionIndex, errorCode: kafkaErrors.NONE.code, activeProducers }
      }),
    }))
    return { do: 'answer', body: { throttleTimeMs: 0, topics }, applied: true }
  },
}

function problem(name: string, index: number, call: Call): KafkaErrorRow | undefined {
  const injected = injectedError(call, name, index)
  if (injected !== undefined) return injected
  const partition = call.cluster.partition(name, index)
  if (partition === undefined) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
  if (partition.replica(call.node.id) === undefined) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  return call.node.isLogDirOffline ? kafkaErrors.KAFKA_STORAGE_ERROR : undefined
}
