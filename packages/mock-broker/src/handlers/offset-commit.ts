import { type KafkaErrorRow, kafkaErrors, offsetCommit, type RequestOf } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import { type CommitItem, commit } from '../groups/commit.ts'
import { askedBy, coordinatorProblem } from './group-request.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** Stores how far a group has read. Java: `KafkaApis.handleOffsetCommitRequest`. */
export const offsetCommitHandler: Handler<typeof offsetCommit> = {
  api: offsetCommit,

  targets: (request, cluster) =>
    request.topics.flatMap(({ name, topicId, partitions }) => {
      const topic = name || cluster.topicById(topicId)?.name
      return topic === undefined ? [] : partitions.map(({ partitionIndex }) => ({ topic, partition: partitionIndex }))
    }),

  handle(request, call) {
    const items: CommitItem[] = []
    const errors = new Map<Asked, KafkaErrorRow>()
    for (const { name, topicId, partitions } of request.topics) {
      const topic = call.version >= topicIdsFrom ? call.cluster.topicById(topicId) : call.cluster.topic(name)
      for (const partition of partitions) {
        const error = problem(topic, partition, call)
        if (error !== undefined) errors.set(partition, error)
        else items.push({ topic: topic?.name ?? name, partition })
      }
    }
    // Nobody asks the coordinator about nothing.
    const refusal = coordinatorProblem(request.groupId, call)
    const { version } = call
    const committing = { coordinator: call.cluster.groups, request, version, at: askedBy(call) }
    const results = refusal === undefined && items.length > 0 ? commit(committing, items) : items.map(() => refusal)
    for (const [index, { partition }] of items.entries()) errors.set(partition, results[index] ?? kafkaErrors.NONE)
    const topics = request.topics.map(({ name, topicId, partitions }) => ({
      ...(version >= topicIdsFrom ? { topicId } : { name }),
      partitions: partitions.map((partition) => {
        return { partitionIndex: partition.partitionIndex, errorCode: errors.get(partition)?.code ?? 0 }
      }),
    }))
    const applied = results.some((error) => error === kafkaErrors.NONE)
    return { do: 'answer', body: { topics }, applied }
  },
}

/** First version that names topics by id. */
const topicIdsFrom = 10

type Asked = RequestOf<typeof offsetCommit>['topics'][number]['partitions'][number]

function problem(topic: Topic | undefined, { partitionIndex }: Asked, call: Call): KafkaErrorRow | undefined {
  const injected = injectedError(call, topic?.name ?? '', partitionIndex)
  if (injected !== undefined) return injected
  if (topic === undefined && call.version >= topicIdsFrom) return kafkaErrors.UNKNOWN_TOPIC_ID
  return topic?.partitions[partitionIndex] === undefined ? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION : undefined
}
