import { type KafkaErrorRow, kafkaErrors, offsetForLeaderEpoch, type RequestOf } from '@harrow/protocol'
import { epochProblem } from './fetch.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** Where a leader epoch ended: how a consumer finds out that records it has read were truncated (KIP-320). */
export const offsetForLeaderEpochHandler: Handler<typeof offsetForLeaderEpoch> = {
  api: offsetForLeaderEpoch,

  targets: (request) =>
    request.topics.flatMap(({ topic, partitions }) => partitions.map(({ partition }) => ({ topic, partition }))),

  handle(request, call) {
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => {
        const { partition: index, leaderEpoch } = asked
        const error = problem(topic, asked, call)
        const partition = call.cluster.partition(topic, index)
        if (error !== undefined || partition === undefined) {
          return { partition: index, errorCode: (error ?? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION).code }
        }
        const end = partition.log.endOfEpoch(leaderEpoch)
        return { partition: index, errorCode: 0, leaderEpoch: end.epoch, endOffset: end.endOffset }
      }),
    }))
    return { do: 'answer', body: { topics }, applied: true }
  },
}

type AskedPartition = RequestOf<typeof offsetForLeaderEpoch>['topics'][number]['partitions'][number]

function problem(topic: string, asked: AskedPartition, call: Call): KafkaErrorRow | undefined {
  const injected = injectedError(call, topic, asked.partition)
  if (injected !== undefined) return injected
  const partition = call.cluster.partition(topic, asked.partition)
  if (partition === undefined) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
  if (partition.replica(call.node.id) === undefined) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
  const epoch = epochProblem(asked.currentLeaderEpoch, partition)
  if (epoch !== undefined) return epoch
  return partition.leaderId === call.node.id ? undefined : kafkaErrors.NOT_LEADER_OR_FOLLOWER
}
