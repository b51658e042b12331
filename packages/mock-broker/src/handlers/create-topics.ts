import { createTopics, type KafkaErrorRow, kafkaErrors, type RequestOf, type ResponseInput } from '@harrow/protocol'
import type { Cluster } from '../cluster.ts'
import { type TopicPlan, topicNameProblem } from '../config.ts'
import { type TopicOverrides, topicOverridesFromStrings } from '../topic-config.ts'
import { type Call, type Handler, injectedError } from './handler.ts'
import { excessiveOperation, PartitionRoom, repeatedNames } from './topic-operation.ts'

/** Creates topics, at any broker: with KRaft they forward it. Java: `ReplicationControlManager.createTopics`. */
export const createTopicsHandler: Handler<typeof createTopics> = {
  api: createTopics,

  targets: (request) => request.topics.map(({ name }) => ({ topic: name })),

  handle(request, call) {
    const repeated = repeatedNames(request.topics)
    const collisions = collisionsIn(call.cluster)
    const room = new PartitionRoom(call)
    // One answer for each name, in the order in which they were named first.
    const plans = new Map<string, Plan | No>()
    let records = 0
    for (const asked of request.topics) {
      if (plans.has(asked.name)) continue
      const planned = repeated.has(asked.name)
        ? no(kafkaErrors.INVALID_REQUEST, 'Duplicate topic name.')
        : withRoom(plan(asked, call, collisions), room)
      plans.set(asked.name, planned)
      if (!('error' in planned)) records += 1 + planned.partitions + asked.configs.length
    }
    if (records > call.node.release.operationRecordsMax) {
      for (const name of plans.keys()) plans.set(name, no(kafkaErrors.POLICY_VIOLATION, excessiveOperation))
    }
    const topics = [...plans].map(([name, planned]) =>
      'error' in planned ? refused(name, planned) : create(name, planned, request.validateOnly, call),
    )
    return { do: 'answer', body: { topics }, applied: topics.some((topic) => topic.errorCode === 0) }
  },
}

type AskedTopic = RequestOf<typeof createTopics>['topics'][number]
type TopicAnswer = ResponseInput<typeof createTopics>['topics'][number]

interface No {
  readonly error: KafkaErrorRow
  readonly message: string
}

interface Plan extends TopicPlan {
  readonly assignments: readonly (readonly number[])[] | undefined
}

function withRoom(planned: Plan | No, room: PartitionRoom): Plan | No {
  if ('error' in planned) return planned
  const because = room.take(planned.partitions)
  return because === undefined ? planned : no(kafkaErrors.POLICY_VIOLATION, because)
}

/** Names with dots or underscores, by what they look like where dots turn into underscores: in metrics. */
function collisionsIn(cluster: Cluster): ReadonlyMap<string, string> {
  const collisions = new Map<string, string>()
  for (const { name } of cluster.topics) if (mayCollide(name)) collisions.set(withoutDots(name), name)
  return collisions
}

function plan(asked: AskedTopic, call: Call, collisions: ReadonlyMap<string, string>): Plan | No {
  const { cluster } = call
  const injected = injectedError(call, asked.name)
  if (injected !== undefined) return no(injected, injected.message)
  const nameProblem = topicNameProblem(asked.name)
  if (nameProblem !== undefined) return no(kafkaErrors.INVALID_TOPIC_EXCEPTION, nameProblem)
  if (cluster.topic(asked.name) !== undefined) {
    return no(kafkaErrors.TOPIC_ALREADY_EXISTS, `Topic '${asked.name}' already exists.`)
  }
  const colliding = mayCollide(asked.name) ? collisions.get(withoutDots(asked.name)) : undefined
  if (colliding !== undefined) {
    const message = `Topic '${asked.name}' collides with existing topic: ${colliding}`
    return no(kafkaErrors.INVALID_TOPIC_EXCEPTION, message)
  }
  const overrides = topicOverridesFromStrings(asked.configs)
  if ('problem' in overrides) return no(kafkaErrors.INVALID_CONFIG, overrides.problem)
  return asked.assignments.length > 0 ? planAssigned(asked, overrides, cluster) : planCounted(asked, overrides, cluster)
}

function planCounted(asked: AskedTopic, overrides: TopicOverrides, cluster: Cluster): Plan | No {
  const { numPartitions, replicationFactor } = asked
  if (numPartitions === 0 || numPartitions < -1) {
    const message = 'Number of partitions was set to an invalid non-positive value.'
    return no(kafkaErrors.INVALID_PARTITIONS, message)
  }
  if (replicationFactor === 0 || replicationFactor < -1) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.'
    return no(kafkaErrors.INVALID_REPLICATION_FACTOR, message)
  }
  const replicas = replicationFactor === -1 ? cluster.config.defaultReplicas : replicationFactor
  if (replicas > cluster.nodes.length) {
    const message = `Unable to replicate the partition ${replicas} time(s): only ${cluster.nodes.length} broker(s) are registered.`
    return no(kafkaErrors.INVALID_REPLICATION_FACTOR, message)
  }
  const partitions = numPartitions === -1 ? cluster.config.defaultPartitions : numPartitions
  return { partitions, replicas, overrides, assignments: undefined }
}

function planAssigned(asked: AskedTopic, overrides: TopicOverrides, cluster: Cluster): Plan | No {
  if (asked.replicationFactor !== -1 || asked.numPartitions !== -1) {
    const what = asked.replicationFactor !== -1 ? 'replication factor' : 'partition count'
    return no(
      kafkaErrors.INVALID_REQUEST,
      `A manual partition assignment was specified, but ${what} was not set to -1.`,
    )
  }
  const byIndex = new Map(asked.assignments.map(({ partitionIndex, brokerIds }) => [partitionIndex, brokerIds]))
  if (byIndex.size < asked.assignments.length) {
    return no(kafkaErrors.INVALID_REPLICA_ASSIGNMENT, 'Found multiple manual partition assignments for one partition.')
  }
  const assignments: number[][] = []
  for (let index = 0; index < byIndex.size; index++) {
    const brokerIds = byIndex.get(index)
    if (brokerIds === undefined) {
      const message = 'partitions should be a consecutive 0-based integer sequence'
      return no(kafkaErrors.INVALID_REPLICA_ASSIGNMENT, message)
    }
    const problem = assignmentProblem(brokerIds, assignments[0]?.length, cluster)
    if (problem !== undefined) return no(kafkaErrors.INVALID_REPLICA_ASSIGNMENT, problem)
    assignments.push(brokerIds)
  }
  return { partitions: assignments.length, replicas: assignments[0]?.length ?? 0, overrides, assignments }
}

function assignmentProblem(
  brokerIds: readonly number[],
  replicas: number | undefined,
  cluster: Cluster,
): string | undefined {
  if (brokerIds.length === 0) return 'The manual partition assignment includes an empty replica list.'
  if (new Set(brokerIds).size < brokerIds.length) return 'The manual partition assignment includes a broker twice.'
  const unknown = brokerIds.find((id) => cluster.node(id) === undefined)
  if (unknown !== undefined)
    return `The manual partition assignment includes broker ${unknown}, but no such broker is registered.`
  if (replicas === undefined || replicas === brokerIds.length) return undefined
  return 'The manual partition assignment includes partitions with different numbers of replicas.'
}

function create(name: string, wanted: Plan, validateOnly: boolean, call: Call): TopicAnswer {
  const created = validateOnly ? {} : { topicId: call.cluster.createTopic(name, wanted, wanted.assignments).id }
  const { partitions: numPartitions, replicas: replicationFactor } = wanted
  return { name, ...created, errorCode: 0, errorMessage: null, numPartitions, replicationFactor, configs: [] }
}

function refused(name: string, { error, message }: No): TopicAnswer {
  return { name, errorCode: error.code, errorMessage: message, configs: [] }
}

function no(error: KafkaErrorRow, message: string): No {
  return { error, message }
}

function mayCollide(name: string): boolean {
  return name.includes('.') || name.includes('_')
}

function withoutDots(name: string): string {
  return name.replaceAll('.', '_')
}
