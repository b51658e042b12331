import { createPartitions, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import { type Call, type Handler, injectedError } from './handler.ts'
import { excessiveOperation, PartitionRoom, repeatedNames } from './topic-operation.ts'

/** Adds partitions. Java: `ReplicationControlManager.createPartitions`. */
export const createPartitionsHandler: Handler<typeof createPartitions> = {
  api: createPartitions,

  targets: (request) => request.topics.map(({ name }) => ({ topic: name })),

  handle(request, call) {
    const { cluster } = call
    const repeated = repeatedNames(request.topics)
    const room = new PartitionRoom(call)
    // One answer for each name.
    const problems = new Map<string, Refused | undefined>()
    const wanted = new Map<Topic, AskedTopic>()
    let records = 0
    for (const asked of request.topics) {
      if (problems.has(asked.name)) continue
      const topic = cluster.topic(asked.name)
      const no = repeated.has(asked.name)
        ? refuse(kafkaErrors.INVALID_REQUEST, 'Duplicate topic name.')
        : problem(asked, topic, { call, room })
      problems.set(asked.name, no)
      if (no !== undefined || topic === undefined) continue
      wanted.set(topic, asked)
      records += asked.count - topic.partitions.length
    }
    if (records > call.node.release.operationRecordsMax) {
      wanted.clear()
      for (const name of problems.keys()) problems.set(name, refuse(kafkaErrors.POLICY_VIOLATION, excessiveOperation))
    }
    const applied = wanted.size > 0 && !request.validateOnly
    for (const [topic, { count, assignments }] of applied ? wanted : []) {
      const replicas = assignments?.map(({ brokerIds }) => brokerIds)
      cluster.addPartitions(topic, count, replicas)
    }
    const results = [...problems].map(([name, no]) =>
      no === undefined
        ? { name, errorCode: kafkaErrors.NONE.code }
        : { name, errorCode: no.error.code, errorMessage: no.message },
    )
    return { do: 'answer', body: { throttleTimeMs: 0, results }, applied }
  },
}

type AskedTopic = RequestOf<typeof createPartitions>['topics'][number]

interface Refused {
  readonly error: KafkaErrorRow
  readonly message: string
}

function problem(
  { name, count, assignments }: AskedTopic,
  topic: Topic | undefined,
  { call, room }: { readonly call: Call; readonly room: PartitionRoom },
): Refused | undefined {
  const injected = injectedError(call, name)
  if (injected !== undefined) return refuse(injected, injected.message)
  if (topic === undefined) {
    const { UNKNOWN_TOPIC_OR_PARTITION } = kafkaErrors
    return refuse(UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_OR_PARTITION.message)
  }
  const { length } = topic.partitions
  if (count === length) return refuse(kafkaErrors.INVALID_PARTITIONS, `Topic already has ${count} partition(s).`)
  if (count < length) {
    const message = `The topic ${name} currently has ${length} partition(s); ${count} would not be an increase.`
    return refuse(kafkaErrors.INVALID_PARTITIONS, message)
  }
  const unfit =
    assignments === null ? undefined : assignmentsProblem(assignments, topic, { added: count - length, call })
  if (unfit !== undefined) return refuse(kafkaErrors.INVALID_REPLICA_ASSIGNMENT, unfit)
  const noRoom = room.take(count - length)
  return noRoom === undefined ? undefined : refuse(kafkaErrors.POLICY_VIOLATION, noRoom)
}

function assignmentsProblem(
  assignments: NonNullable<AskedTopic['assignments']>,
  topic: Topic,
  { added, call }: { readonly added: number; readonly call: Call },
): string | undefined {
  if (assignments.length !== added) {
    return `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`
  }
  const replicas = topic.partitions[0]?.replicas.length ?? 1
  for (const { brokerIds } of assignments) {
    if (brokerIds.length !== replicas || new Set(brokerIds).size !== replicas) {
      return `The manual partition assignment includes a partition with ${brokerIds.length} replica(s), but this is not consistent with previous partitions, which have ${replicas} replica(s).`
    }
    const unknown = brokerIds.find((id) => call.cluster.node(id) === undefined)
    if (unknown !== undefined) {
      return `The manual partition assignment includes broker ${unknown}, but no such broker is registered.`
    }
  }
  return undefined
}

function refuse(error: KafkaErrorRow, message: string): Refused {
  return { error, message }
}
