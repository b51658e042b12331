import { createPartitions, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** Adds partitions. Java: `ReplicationControlManager.createPartitions`. */
export const createPartitionsHandler: Handler<typeof createPartitions> = {
  api: createPartitions,

  targets: (request) => request.topics.map(({ name }) => ({ topic: name })),

  handle(request, call) {
    let applied = false
    const results = request.topics.map((asked) => {
      const topic = call.cluster.topic(asked.name)
      const isTwice = request.topics.filter(({ name }) => name === asked.name).length > 1
      const no = isTwice ? refuse(kafkaErrors.INVALID_REQUEST, 'Duplicate topic name.') : problem(asked, topic, call)
      if (no !== undefined) return { name: asked.name, errorCode: no.error.code, errorMessage: no.message }
      if (topic !== undefined && !request.validateOnly) {
        call.cluster.addPartitions(
          topic,
          asked.count,
          asked.assignments?.map(({ brokerIds }) => brokerIds),
        )
        applied = true
      }
      return { name: asked.name, errorCode: kafkaErrors.NONE.code }
    })
    const once = results.filter((one, index) => results.findIndex(({ name }) => name === one.name) === index)
    return { do: 'answer', body: { throttleTimeMs: 0, results: once }, applied }
  },
}

/** As many as `config.ts` allows. */
const partitionsMax = 100_000

type AskedTopic = RequestOf<typeof createPartitions>['topics'][number]

interface Refused {
  readonly error: KafkaErrorRow
  readonly message: string
}

function problem({ name, count, assignments }: AskedTopic, topic: Topic | undefined, call: Call): Refused | undefined {
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
  if (count > partitionsMax) {
    return refuse(kafkaErrors.INVALID_PARTITIONS, `${count} partitions are more than this cluster plays.`)
  }
  if (assignments === null) return undefined
  const because = assignmentsProblem(assignments, topic, { added: count - length, call })
  return because === undefined ? undefined : refuse(kafkaErrors.INVALID_REPLICA_ASSIGNMENT, because)
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
