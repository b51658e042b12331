import { type KafkaErrorRow, kafkaErrors, offsetDelete } from '@harrow/protocol'
import type { ClassicGroup } from '../groups/classic-group.ts'
import { coordinatorProblem } from './group-request.ts'
import type { Handler } from './handler.ts'

/** Forgets how far a group has read (KIP-496). Java: `OffsetMetadataManager.deleteOffsets`. */
export const offsetDeleteHandler: Handler<typeof offsetDelete> = {
  api: offsetDelete,

  targets: (request) =>
    request.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    ),

  handle(request, call) {
    const { cluster } = call
    const group = cluster.groups.group(request.groupId)
    const error = call.injected?.error ?? coordinatorProblem(request.groupId, call) ?? problem(group)
    if (error !== undefined || group === undefined) {
      return {
        do: 'answer',
        body: { errorCode: (error ?? kafkaErrors.GROUP_ID_NOT_FOUND).code, throttleTimeMs: 0, topics: [] },
        applied: false,
      }
    }
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        if (cluster.partition(name, partitionIndex) === undefined) {
          return { partitionIndex, errorCode: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code }
        }
        if (group.isSubscribedTo(name)) {
          return { partitionIndex, errorCode: kafkaErrors.GROUP_SUBSCRIBED_TO_TOPIC.code }
        }
        cluster.groups.forget(group, name, partitionIndex)
        return { partitionIndex, errorCode: 0 }
      }),
    }))
    const applied = topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode === 0))
    return { do: 'answer', body: { errorCode: 0, throttleTimeMs: 0, topics }, applied }
  },
}

/** Who reads is known of Kafka's consumers only. Java: `ClassicGroup.validateOffsetDelete`. */
function problem(group: ClassicGroup | undefined): KafkaErrorRow | undefined {
  if (group === undefined) return kafkaErrors.GROUP_ID_NOT_FOUND
  return group.state === 'Empty' || group.usesConsumerProtocol ? undefined : kafkaErrors.NON_EMPTY_GROUP
}
