import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import { brokerConfig } from './broker-config.ts'
import type { Topic } from './cluster.ts'
import { configResource } from './config-resource.ts'
import { dynamicConfigRow, dynamicValueProblem } from './dynamic-configs.ts'
import { type Call, injectedError } from './handlers/handler.ts'
import { brokerDefaultProblem, topicConfigRow, topicOverridesFromStrings } from './topic-config.ts'

/** Why settings stay as they are. */
export interface ConfigRefusal {
  readonly error: KafkaErrorRow
  readonly message: string | null
}

/** A key and what it is to be. */
export interface Setting {
  readonly name: string
  readonly value: string | null
}

/** A resource whose settings can be changed. */
export interface Changeable {
  /** What was set for it so far. */
  readonly settings: ReadonlyMap<string, string>
  /** What a key is; undefined: unknown. */
  row(name: string): { readonly kind: string; readonly default: string } | undefined
  /** Gives it exactly these settings, unless one of them is wrong. */
  apply(entries: readonly Setting[], validateOnly: boolean): ConfigRefusal | undefined
}

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}

/** The resource whose settings a request wants to change, or why it cannot. Java: `ConfigAdminManager`. */
export function changeable(asked: Resource, all: readonly Resource[], call: Call): Changeable | ConfigRefusal {
  const { resourceType, resourceName } = asked
  const isSame = (other: Resource): boolean =>
    other.resourceType === resourceType && other.resourceName === resourceName
  if (all.filter(isSame).length > 1) {
    return { error: kafkaErrors.INVALID_REQUEST, message: 'Each resource must appear at most once.' }
  }
  switch (resourceType) {
    case configResource.topic:
      return changeableTopic(resourceName, call)
    case configResource.broker:
      return brokerProblem(resourceName, call) ?? changeableBroker(resourceName, call)
    case configResource.group:
      return changeableGroup(resourceName, call)
    default: {
      const message = `settings of resource type ${resourceType} ("${resourceName}") cannot be changed here`
      call.cluster.find({ kind: 'unsupported', broker: call.node.id, connection: call.connection, message })
      return { error: kafkaErrors.INVALID_REQUEST, message }
    }
  }
}

function changeableTopic(name: string, call: Call): Changeable | ConfigRefusal {
  const injected = injectedError(call, name)
  if (injected !== undefined) return { error: injected, message: injected.message }
  const topic = call.cluster.topic(name)
  if (topic === undefined) {
    return { error: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION, message: `The topic '${name}' does not exist.` }
  }
  return {
    settings: topic.overrides,
    row: topicConfigRow,
    apply: (entries, validateOnly) => applyToTopic(topic, entries, validateOnly, call),
  }
}

function applyToTopic(topic: Topic, entries: readonly Setting[], validateOnly: boolean, { cluster }: Call) {
  const overrides = topicOverridesFromStrings(entries)
  if ('problem' in overrides) return { error: kafkaErrors.INVALID_CONFIG, message: overrides.problem }
  if (!validateOnly) cluster.configureTopic(topic, overrides)
  return undefined
}

/** A broker changes itself, or what holds for all that say nothing. */
function brokerProblem(name: string, { node }: Call): ConfigRefusal | undefined {
  const { INVALID_REQUEST } = kafkaErrors
  if (name === '' || name === String(node.id)) return undefined
  const message = /^-?\d+$/.test(name)
    ? `Unexpected broker id, expected ${node.id}, but received ${name}`
    : `Node id must be an integer, but it is: ${name}`
  return { error: INVALID_REQUEST, message }
}

function changeableBroker(name: string, call: Call): Changeable {
  const fixed = new Set(brokerConfig(call.cluster, call.node).map(({ key }) => key))
  return dynamic(configResource.broker, name, call, (key) =>
    fixed.has(key)
      ? { error: kafkaErrors.INVALID_REQUEST, message: `Cannot update these configs dynamically: Set(${key})` }
      : undefined,
  )
}

function changeableGroup(name: string, call: Call): Changeable | ConfigRefusal {
  const { INVALID_REQUEST, INVALID_CONFIG } = kafkaErrors
  if (name === '') return { error: INVALID_REQUEST, message: 'Default group resources are not allowed.' }
  return dynamic(configResource.group, name, call, (key) =>
    dynamicConfigRow(configResource.group, key) === undefined
      ? { error: INVALID_CONFIG, message: `Unknown group config name: ${key}` }
      : undefined,
  )
}

function dynamic(
  resourceType: number,
  resourceName: string,
  { cluster, node, connection }: Call,
  refused: (key: string) => ConfigRefusal | undefined,
): Changeable {
  const { INVALID_REQUEST, INVALID_CONFIG, POLICY_VIOLATION } = kafkaErrors
  const known = cluster.dynamicConfigs
  return {
    settings: known.of(resourceType, resourceName),
    row: (key) => dynamicConfigRow(resourceType, key),
    apply(entries, validateOnly) {
      for (const { name, value } of entries) {
        const problem = refused(name)
        if (problem !== undefined) return problem
        const message = value === null ? undefined : valueProblem(resourceType, name, value)
        if (message !== undefined) {
          return { error: resourceType === configResource.group ? INVALID_CONFIG : INVALID_REQUEST, message }
        }
      }
      if (known.size >= resourcesMax || entries.length > settingsMax) {
        const message = `no more than ${resourcesMax} brokers and groups with ${settingsMax} settings each`
        cluster.find({ kind: 'limit', broker: node.id, connection, message })
        return { error: POLICY_VIOLATION, message }
      }
      const settings = entries.map(({ name, value }): [string, string] => [name, value ?? ''])
      if (validateOnly) return undefined
      known.set(resourceType, resourceName, new Map(settings))
      if (resourceType === configResource.broker && resourceName === '') cluster.configureTopics()
      return undefined
    },
  }
}

function valueProblem(resourceType: number, key: string, value: string): string | undefined {
  const row = dynamicConfigRow(resourceType, key)
  const problem = row && dynamicValueProblem(row, value)
  return problem ?? (resourceType === configResource.broker ? brokerDefaultProblem(key, value) : undefined)
}

/** Brokers and groups with settings of their own. */
const resourcesMax = 10_000
/** Settings of one of them. */
const settingsMax = 1000
