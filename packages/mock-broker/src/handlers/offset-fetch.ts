import { type KafkaErrorRow, kafkaErrors, offsetFetch, type RequestOf, type ResponseInput } from '@harrow/protocol'
import type { ClassicGroup } from '../groups/classic-group.ts'
import { coordinatorProblem } from './group-request.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** How far groups have read. Java: `KafkaApis.handleOffsetFetchRequest`, `OffsetMetadataManager.fetchOffsets`. */
export const offsetFetchHandler: Handler<typeof offsetFetch> = {
  api: offsetFetch,

  targets: (request, cluster) =>
    askedGroups(request).flatMap(({ topics }) =>
      (topics ?? []).flatMap(({ name, topicId, partitionIndexes }) => {
        const topic = name || cluster.topicById(topicId)?.name
        return topic === undefined ? [] : partitionIndexes.map((partition) => ({ topic, partition }))
      }),
    ),

  handle(request, call) {
    const groups = askedGroups(request).map((asked) => ofGroup(asked, call))
    if (call.version >= manyGroupsFrom) return { do: 'answer', body: { groups }, applied: true }
    const { topics: found = [], errorCode = 0 } = groups[0] ?? {}
    const topics = found.map(({ name = '', partitions }) => ({ name, partitions }))
    return { do: 'answer', body: { topics, errorCode }, applied: true }
  },
}

/** KIP-709. */
const manyGroupsFrom = 8
/** First version that names topics by id. */
const topicIdsFrom = 10
/** First version with an error for the whole group; before, every partition has it. */
const groupErrorFrom = 2

type Request = RequestOf<typeof offsetFetch>
type AskedGroup = Request['groups'][number]
type GroupAnswer = NonNullable<ResponseInput<typeof offsetFetch>['groups']>[number]
type PartitionAnswer = GroupAnswer['topics'][number]['partitions'][number]

/** The one group of old versions like those of new ones. */
function askedGroups({ groupId, topics, groups }: Request): readonly AskedGroup[] {
  if (groups.length > 0) return groups
  const named = topics?.map(({ name, partitionIndexes }) => ({ name, topicId: '', partitionIndexes })) ?? null
  return [{ groupId, memberId: null, memberEpoch: -1, topics: named }]
}

function ofGroup({ groupId, topics }: AskedGroup, call: Call): GroupAnswer {
  const error = coordinatorProblem(groupId, call)
  if (error !== undefined) {
    const isInPartitions = call.version < groupErrorFrom
    const answers = isInPartitions ? (topics ?? []).map((topic) => nothing(topic, error)) : []
    return { groupId, topics: answers, errorCode: isInPartitions ? 0 : error.code }
  }
  const group = call.cluster.groups.group(groupId)
  const asked = topics ?? (group === undefined ? [] : everything(group, call))
  return { groupId, topics: asked.map((topic) => ofTopic(topic, group, call)), errorCode: 0 }
}

type AskedTopic = NonNullable<AskedGroup['topics']>[number]

function everything({ offsets }: ClassicGroup, { cluster }: Call): AskedTopic[] {
  return offsets.topics.map((name) => {
    return { name, topicId: cluster.topic(name)?.id ?? '', partitionIndexes: offsets.partitionsOf(name) }
  })
}

function ofTopic(asked: AskedTopic, group: ClassicGroup | undefined, call: Call): GroupAnswer['topics'][number] {
  const { name, topicId, partitionIndexes } = asked
  const isById = call.version >= topicIdsFrom
  const topic = isById ? call.cluster.topicById(topicId)?.name : name
  if (topic === undefined) return nothing(asked, kafkaErrors.UNKNOWN_TOPIC_ID)
  const partitions = partitionIndexes.map((index): PartitionAnswer => {
    const error = injectedError(call, topic, index)
    if (error !== undefined) return none(index, error)
    const committed = group?.offsets.get(topic, index)
    if (committed === undefined) return none(index, kafkaErrors.NONE)
    const { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata } = committed
    return { partitionIndex: index, committedOffset, committedLeaderEpoch, metadata, errorCode: 0 }
  })
  return { ...(isById ? { topicId } : { name }), partitions }
}

function nothing({ name, topicId, partitionIndexes }: AskedTopic, error: KafkaErrorRow): GroupAnswer['topics'][number] {
  const partitions = partitionIndexes.map((index) => none(index, error))
  return { ...(name === '' ? { topicId } : { name }), partitions }
}

function none(partitionIndex: number, { code: errorCode }: KafkaErrorRow): PartitionAnswer {
  return { partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode }
}
