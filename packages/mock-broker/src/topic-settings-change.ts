import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Topic } from './cluster.ts'
import { configResource } from './config-resource.ts'
import { type Call, injectedError } from './handlers/handler.ts'
import { topicSettingsFromStrings } from './topic-config.ts'

/** Why settings stay as they are. */
export interface ConfigRefusal {
  readonly error: KafkaErrorRow
  readonly message: string | null
}

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}

/** The topic whose settings a request wants to change, or why it cannot. Settings of brokers cannot be changed here. */
export function changeable(asked: Resource, all: readonly Resource[], call: Call): Topic | ConfigRefusal {
  const { resourceType, resourceName } = asked
  const isSame = (other: Resource): boolean =>
    other.resourceType === resourceType && other.resourceName === resourceName
  if (all.filter(isSame).length > 1) {
    return { error: kafkaErrors.INVALID_REQUEST, message: 'Each resource must appear at most once.' }
  }
  if (resourceType !== configResource.topic) {
    const message = `settings of resource type ${resourceType} ("${resourceName}") cannot be changed here`
    call.cluster.find({ kind: 'unsupported', broker: call.node.id, connection: call.connection, message })
    return { error: kafkaErrors.INVALID_REQUEST, message }
  }
  const injected = injectedError(call, resourceName)
  if (injected !== undefined) return { error: injected, message: injected.message }
  const topic = call.cluster.topic(resourceName)
  if (topic !== undefined) return topic
  return { error: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION, message: `The topic '${resourceName}' does not exist.` }
}

/** Gives a topic exactly these settings, unless one of them is wrong. */
export function applySettings(
  topic: Topic,
  entries: readonly { readonly name: string; readonly value: string | null }[],
  validateOnly: boolean,
  { cluster }: Call,
): ConfigRefusal | undefined {
  const settings = topicSettingsFromStrings(entries)
  if ('problem' in settings) return { error: kafkaErrors.INVALID_CONFIG, message: settings.problem }
  if (!validateOnly) cluster.configureTopic(topic, settings.config, settings.overrides)
  return undefined
}
