import {
  type KafkaErrorRow,
  kafkaErrors,
  metadata,
  type RequestOf,
  type ResponseInput,
  zeroUuid,
} from '@harrow/protocol'
import { authorizedOperations } from '../authorized-operations.ts'
import type { ClusterView, PartitionView, TopicView } from '../cluster-view.ts'
import { topicNameProblem } from '../config.ts'
import { type Call, type Handler, injectedError, type Outcome, type Target } from './handler.ts'
import { PartitionRoom } from './topic-operation.ts'

/** Who is in the cluster and who leads what, as this broker sees it. */
export const metadataHandler: Handler<typeof metadata> = {
  api: metadata,

  targets(request, cluster) {
    const named = request.topics === null ? [...cluster.topics] : request.topics.map((one) => topicOf(one, cluster))
    return named.flatMap((topic): Target[] => {
      if (typeof topic === 'string') return [{ topic }]
      if (topic === undefined) return []
      const { name, partitions } = topic
      return [{ topic: name }, ...partitions.map(({ index }) => ({ topic: name, partition: index }))]
    })
  },

  handle(request, call) {
    const asksById = request.topics?.some((topic) => topic.topicId !== zeroUuid || topic.name === null) ?? false
    if (asksById && call.version < idsFrom) return allRefused(request, kafkaErrors.INVALID_REQUEST)
    const asksForNothing = request.topics?.some((topic) => topic.topicId === zeroUuid && topic.name === null) ?? false
    if (asksForNothing) return allRefused(request, kafkaErrors.UNKNOWN_SERVER_ERROR)
    const topics = isForAll(request, call.version)
      ? [...call.view.topics].map((topic) => describe(topic, call, { byId: false }))
      : withoutRepeats(request.topics ?? []).flatMap((asked) => answerFor(asked, request.allowAutoTopicCreation, call))
    const body = { ...aboutCluster(call), topics: topics.map((topic) => withOperations(topic, request)) }
    const { ofCluster: clusterAuthorizedOperations } = authorizedOperations
    const asksForCluster = request.includeClusterAuthorizedOperations
    return {
      do: 'answer',
      body: asksForCluster ? { ...body, clusterAuthorizedOperations } : body,
      applied: true,
    }
  },
}

/** First version in which a topic may be asked for by id. Before, the field is there and does not work (M7). */
const idsFrom = 12
/** First version in which an empty list asks for no topic. */
const emptyIsNoneFrom = 1

type AskedTopic = NonNullable<RequestOf<typeof metadata>['topics']>[number]
type TopicAnswer = ResponseInput<typeof metadata>['topics'][number]

function isForAll(request: RequestOf<typeof metadata>, version: number): boolean {
  return request.topics === null || (request.topics.length === 0 && version < emptyIsNoneFrom)
}

function aboutCluster({ cluster, view, random }: Call) {
  const live = view.availableNodes
  return {
    brokers: live.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
    clusterId: cluster.clusterId,
    // With KRaft no broker is the controller, and each names any: requests for it are forwarded (M8).
    controllerId: live[random.below(Math.max(live.length, 1))]?.id ?? -1,
  }
}

function answerFor(asked: AskedTopic, mayCreate: boolean, call: Call): TopicAnswer[] {
  const topic = topicOf(asked, call.view)
  if (typeof topic === 'object') return [describe(topic, call, { byId: asked.topicId !== zeroUuid })]
  if (asked.topicId !== zeroUuid) {
    return [refused(kafkaErrors.UNKNOWN_TOPIC_ID, { name: null, topicId: asked.topicId })]
  }
  if (topic === undefined) return []
  const injected = injectedError(call, topic)
  if (injected !== undefined) return [refused(injected, { name: topic })]
  if (topicNameProblem(topic) !== undefined) return [refused(kafkaErrors.INVALID_TOPIC_EXCEPTION, { name: topic })]
  if (mayCreate && call.cluster.config.autoCreateTopics) create(topic, call)
  // With KRaft creation is only under way when this answer leaves (M3), so the client has to ask again.
  return [refused(kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION, { name: topic })]
}

function create(name: string, call: Call): void {
  const { cluster } = call
  // This broker may only not have heard of it.
  if (cluster.topic(name) !== undefined) return
  const { defaultPartitions: partitions, defaultReplicas: replicas } = cluster.config
  if (new PartitionRoom(call).take(partitions) !== undefined) return
  cluster.createTopic(name, { partitions, replicas, overrides: new Map() })
}

function describe(topic: TopicView, call: Call, { byId }: { readonly byId: boolean }): TopicAnswer {
  const injected = injectedError(call, topic.name)
  if (injected !== undefined) return refused(injected, byId ? { name: null, topicId: topic.id } : { name: topic.name })
  return {
    errorCode: kafkaErrors.NONE.code,
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.isInternal,
    partitions: topic.partitions.map((partition) => describePartition(partition, call)),
  }
}

function describePartition(partition: PartitionView, call: Call) {
  const leaderless = partition.leaderId === -1 ? kafkaErrors.LEADER_NOT_AVAILABLE : kafkaErrors.NONE
  // Java: `KRaftMetadataCache.isReplicaOffline`: its broker is fenced, or its directory is gone.
  const isOffline = (id: number): boolean => {
    const node = call.view.node(id)
    return node === undefined || node.isFenced || node.isLogDirOffline
  }
  return {
    errorCode: (injectedError(call, partition.topic, partition.index) ?? leaderless).code,
    partitionIndex: partition.index,
    leaderId: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: partition.replicas.filter(isOffline),
  }
}

/** KIP-430. Java: `KafkaApis.handleTopicMetadataRequest` sets them in every answer but that to an unknown id. */
function withOperations(topic: TopicAnswer, request: RequestOf<typeof metadata>): TopicAnswer {
  if (!request.includeTopicAuthorizedOperations || topic.errorCode === kafkaErrors.UNKNOWN_TOPIC_ID.code) return topic
  return { ...topic, topicAuthorizedOperations: authorizedOperations.ofTopic }
}

function refused(error: KafkaErrorRow, topic: { name: string | null; topicId?: string }): TopicAnswer {
  return { errorCode: error.code, partitions: [], ...topic }
}

/** An answer to the whole request: it does not even say who is in the cluster. Java: MetadataRequest.getErrorResponse. */
function allRefused(request: RequestOf<typeof metadata>, error: KafkaErrorRow): Outcome<typeof metadata> {
  const topics = (request.topics ?? []).map(({ name, topicId }) => refused(error, { name: name ?? '', topicId }))
  const body = { brokers: [], clusterId: null, controllerId: -1, topics, errorCode: error.code }
  return { do: 'answer', body, applied: false }
}

/** A topic that is asked for twice is answered once: Kafka keeps them in a set. */
function withoutRepeats(topics: readonly AskedTopic[]): AskedTopic[] {
  return [...new Map(topics.map((topic) => [`${topic.topicId}/${topic.name}`, topic])).values()]
}

/** The topic, or the name of one that does not exist, or undefined: an id that does not, or nothing at all. */
function topicOf(asked: AskedTopic, cluster: ClusterView): TopicView | string | undefined {
  if (asked.topicId !== zeroUuid) return cluster.topicById(asked.topicId)
  return asked.name === null ? undefined : (cluster.topic(asked.name) ?? asked.name)
}
