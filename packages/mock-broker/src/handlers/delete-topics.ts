import {
  deleteTopics,
  type KafkaErrorRow,
  kafkaErrors,
  type RequestOf,
  type ResponseInput,
  zeroUuid,
} from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** Deletes topics by name, or by id (KIP-516). Java: `ControllerApis.deleteTopics`. */
export const deleteTopicsHandler: Handler<typeof deleteTopics> = {
  api: deleteTopics,

  targets: (request, cluster) =>
    askedTopics(request).flatMap(({ name, topicId }) => {
      const topic = name ?? cluster.topicById(topicId)?.name
      return topic === undefined ? [] : [{ topic }]
    }),

  handle(request, call) {
    const asked = askedTopics(request)
    const found = asked.map((one) => resolve(one, asked, call))
    const responses = found.map(({ name, topicId, error, topic }): TopicAnswer => {
      if (error === undefined && topic !== undefined) {
        call.cluster.deleteTopic(topic)
        return { name: topic.name, topicId: topic.id, errorCode: kafkaErrors.NONE.code }
      }
      const { code, message } = error ?? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
      // Before version 6 there is no way to say that there is no name.
      return { name: call.version >= idsFrom ? name : (name ?? ''), topicId, errorCode: code, errorMessage: message }
    })
    return { do: 'answer', body: { responses }, applied: found.some(({ error }) => error === undefined) }
  },
}

/** First version that names topics by id. */
const idsFrom = 6

interface AskedTopic {
  readonly name: string | null
  readonly topicId: string
}
type TopicAnswer = ResponseInput<typeof deleteTopics>['responses'][number]
type Resolved = AskedTopic & { readonly error?: KafkaErrorRow; readonly topic?: Topic | undefined }

function askedTopics(request: RequestOf<typeof deleteTopics>): AskedTopic[] {
  return [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: zeroUuid }))]
}

function resolve(asked: AskedTopic, all: readonly AskedTopic[], call: Call): Resolved {
  const { name, topicId } = asked
  const hasId = topicId !== zeroUuid
  // Either a name or an id, and each topic once.
  if ((name === null) !== hasId) return { ...asked, error: kafkaErrors.INVALID_REQUEST }
  const isTwice = all.filter((other) => other.name === name && other.topicId === topicId).length > 1
  if (isTwice) return { ...asked, error: kafkaErrors.INVALID_REQUEST }
  const topic = name === null ? call.cluster.topicById(topicId) : call.cluster.topic(name)
  const injected = injectedError(call, topic?.name ?? name ?? '')
  if (injected !== undefined) return { ...asked, error: injected }
  if (topic !== undefined) return { ...asked, topic }
  return { ...asked, error: hasId ? kafkaErrors.UNKNOWN_TOPIC_ID : kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION }
}
