import { describeTopicPartitions, kafkaErrors, type ResponseInput, zeroUuid } from '@harrow/protocol'
import { authorizedOperations } from '../authorized-operations.ts'
import type { PartitionView, TopicView } from '../cluster-view.ts'
import { topicNameProblem } from '../config.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** The partitions of topics, sorted by name, page by page (KIP-966). Java: `DescribeTopicPartitionsRequestHandler`. */
export const describeTopicPartitionsHandler: Handler<typeof describeTopicPartitions> = {
  api: describeTopicPartitions,

  targets: (request) => request.topics.map(({ name }) => ({ topic: name })),

  handle(request, call) {
    const { cursor } = request
    const isForAll = request.topics.length === 0
    const names = isForAll ? [...call.view.topics].map(({ name }) => name) : request.topics.map(({ name }) => name)
    const sorted = [...new Set(names)].sort().filter((name) => cursor === null || name >= cursor.topicName)
    const topics: TopicAnswer[] = []
    let left = Math.max(1, Math.min(request.responsePartitionLimit, partitionsMax))
    let nextCursor: ResponseInput<typeof describeTopicPartitions>['nextCursor'] = null
    for (const name of sorted) {
      const from = cursor?.topicName === name ? cursor.partitionIndex : 0
      if (left === 0) {
        nextCursor = { topicName: name, partitionIndex: from }
        break
      }
      const answer = describe(name, from, left, call)
      topics.push(answer)
      left -= answer.partitions.length
      const after = from + answer.partitions.length
      if (after < (call.view.topic(name)?.partitions.length ?? 0) && answer.errorCode === 0) {
        nextCursor = { topicName: name, partitionIndex: after }
        break
      }
    }
    return { do: 'answer', body: { throttleTimeMs: 0, topics, nextCursor }, applied: true }
  },
}

/** `max.request.partition.size.limit` */
const partitionsMax = 2000

type TopicAnswer = ResponseInput<typeof describeTopicPartitions>['topics'][number]

function describe(name: string, from: number, count: number, call: Call): TopicAnswer {
  const topic = call.view.topic(name)
  const unknown =
    topicNameProblem(name) === undefined ? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION : kafkaErrors.INVALID_TOPIC_EXCEPTION
  const error = injectedError(call, name) ?? (topic === undefined ? unknown : undefined)
  if (error !== undefined || topic === undefined) {
    return { errorCode: (error ?? unknown).code, name, topicId: zeroUuid, partitions: [] }
  }
  return describeTopic(topic, topic.partitions.slice(from, from + count), call)
}

function describeTopic(topic: TopicView, partitions: readonly PartitionView[], call: Call): TopicAnswer {
  return {
    errorCode: kafkaErrors.NONE.code,
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.isInternal,
    topicAuthorizedOperations: authorizedOperations.ofTopic,
    partitions: partitions.map(({ index, leaderId, leaderEpoch, replicas, isr }) => ({
      errorCode: (leaderId === -1 ? kafkaErrors.LEADER_NOT_AVAILABLE : kafkaErrors.NONE).code,
      partitionIndex: index,
      leaderId,
      leaderEpoch,
      replicaNodes: [...replicas],
      isrNodes: [...isr],
      // Nobody is kept in reserve here.
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: replicas.filter((id) => call.view.node(id)?.isFenced !== false),
    })),
  }
}
