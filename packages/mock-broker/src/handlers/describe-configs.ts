import { describeConfigs, type KafkaErrorRow, kafkaErrors, type RequestOf, type ResponseInput } from '@harrow/protocol'
import { brokerConfig } from '../broker-config.ts'
import type { Topic } from '../cluster.ts'
import { topicNameProblem } from '../config.ts'
import { configResource, configSource, configType } from '../config-resource.ts'
import type { DynamicConfigRow } from '../dynamic-config-table.ts'
import { dynamicConfigRows } from '../dynamic-configs.ts'
import { brokerKeyOf, topicConfigSynonyms } from '../topic-config-synonyms.ts'
import { topicConfigTable } from '../topic-config-table.ts'
import { type Call, type Handler, injectedError } from './handler.ts'

/** The settings of topics, of this broker and of groups (KIP-133, KIP-226). Java: `ConfigHelper`. */
export const describeConfigsHandler: Handler<typeof describeConfigs> = {
  api: describeConfigs,

  targets: (request) =>
    request.resources.flatMap(({ resourceType, resourceName }) =>
      resourceType === configResource.topic ? [{ topic: resourceName }] : [],
    ),

  handle(request, call) {
    const results = request.resources.map((resource): Result => {
      const { resourceType, resourceName, configurationKeys } = resource
      const found = describe(resource, request, call)
      if (!Array.isArray(found)) {
        const { error, message } = found
        return { errorCode: error.code, errorMessage: message, resourceType, resourceName, configs: [] }
      }
      const isAsked = ({ name }: Entry): boolean => !configurationKeys?.length || configurationKeys.includes(name)
      const configs = found.filter(isAsked)
      return { errorCode: 0, errorMessage: noMessage, resourceType, resourceName, configs }
    })
    return { do: 'answer', body: { throttleTimeMs: 0, results }, applied: true }
  },
}

type Request = RequestOf<typeof describeConfigs>
type Resource = Request['resources'][number]
type Result = ResponseInput<typeof describeConfigs>['results'][number]
type Entry = Result['configs'][number]

/** Kafka leaves the field alone then, and its default is not null. */
const noMessage = ''

interface Refused {
  readonly error: KafkaErrorRow
  readonly message: string | null
}

function describe({ resourceType, resourceName }: Resource, request: Request, call: Call): Entry[] | Refused {
  const isTopic = resourceType === configResource.topic
  const injected = isTopic ? injectedError(call, resourceName) : call.injected?.error
  if (injected !== undefined) return { error: injected, message: injected.message }
  if (isTopic) {
    const because = topicNameProblem(resourceName)
    if (because !== undefined) return { error: kafkaErrors.INVALID_TOPIC_EXCEPTION, message: because }
    const topic = call.cluster.topic(resourceName)
    return topic === undefined
      ? { error: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION, message: noMessage }
      : ofTopic(topic, request, call)
  }
  const { INVALID_REQUEST } = kafkaErrors
  if (resourceType === configResource.group) {
    return resourceName === ''
      ? { error: INVALID_REQUEST, message: 'Group name must not be empty' }
      : ofGroup(resourceName, request, call)
  }
  if (resourceType !== configResource.broker) {
    return { error: INVALID_REQUEST, message: `Unsupported resource type: ${resourceType}` }
  }
  // The defaults of all brokers together: only what somebody has set.
  if (resourceName === '') return ofAllBrokers(request, call)
  if (!/^-?\d+$/.test(resourceName)) {
    return { error: INVALID_REQUEST, message: `Broker id must be an integer, but it is: ${resourceName}` }
  }
  if (Number(resourceName) !== call.node.id) {
    const message = `Unexpected broker id, expected ${call.node.id} or empty string, but received ${resourceName}`
    return { error: INVALID_REQUEST, message }
  }
  return ofBroker(request, call)
}

function ofTopic({ overrides }: Topic, request: Request, { cluster }: Call): Entry[] {
  const { includeSynonyms, includeDocumentation } = request
  const allBrokers = cluster.dynamicConfigs.of(configResource.broker, '')
  return topicConfigTable.map(({ key, kind, default: usual, doc }) => {
    const brokerKey = brokerKeyOf(key)
    const levels = [
      { name: key, value: overrides.get(key), source: configSource.topic },
      { name: brokerKey, value: allBrokers.get(brokerKey ?? ''), source: configSource.dynamicDefaultBroker },
      { name: topicConfigSynonyms.get(key), value: usual, source: configSource.default },
    ]
    const synonyms = levels.flatMap(({ name, value, source }) =>
      name === undefined || value === undefined ? [] : [{ name, value, source }],
    )
    const [first] = synonyms
    return {
      name: key,
      value: first?.value ?? usual,
      readOnly: false,
      configSource: first?.source ?? configSource.default,
      isSensitive: false,
      synonyms: includeSynonyms ? synonyms : [],
      configType: configType[kind],
      documentation: includeDocumentation ? doc : null,
    }
  })
}

/** What a key of a broker or a group is, where it comes from, and what stands behind it. */
function entryOf(
  { key, kind, default: usual }: DynamicConfigRow,
  levels: readonly { readonly source: number; readonly value: string | undefined }[],
  { includeSynonyms }: Request,
): Entry {
  const set = levels.flatMap(({ source, value }) => (value === undefined ? [] : [{ name: key, value, source }]))
  const all = usual === '' ? set : [...set, { name: key, value: usual, source: configSource.default }]
  const [first] = all
  return {
    name: key,
    value: first?.value ?? null,
    readOnly: false,
    configSource: first?.source ?? configSource.default,
    isSensitive: false,
    synonyms: includeSynonyms ? all : [],
    configType: configType[kind],
    documentation: null,
  }
}

/** The keys that are known, and those that somebody has set all the same. */
function keysOf(resourceType: number, ...levels: readonly ReadonlyMap<string, string>[]): DynamicConfigRow[] {
  const rows = dynamicConfigRows(resourceType)
  const others = new Set(levels.flatMap((level) => [...level.keys()]))
  for (const { key } of rows) others.delete(key)
  return [...rows, ...[...others].map((key): DynamicConfigRow => ({ key, kind: 'STRING', default: '' }))]
}

function ofGroup(name: string, request: Request, { cluster }: Call): Entry[] {
  const own = cluster.dynamicConfigs.of(configResource.group, name)
  return keysOf(configResource.group, own).map((row) => {
    return entryOf(row, [{ source: configSource.group, value: own.get(row.key) }], request)
  })
}

function ofAllBrokers(request: Request, { cluster }: Call): Entry[] {
  const own = cluster.dynamicConfigs.of(configResource.broker, '')
  return keysOf(configResource.broker, own)
    .filter(({ key }) => own.has(key))
    .map((row) => entryOf(row, [{ source: configSource.dynamicDefaultBroker, value: own.get(row.key) }], request))
}

function dynamicOfBroker(request: Request, { cluster, node }: Call): Entry[] {
  const own = cluster.dynamicConfigs.of(configResource.broker, String(node.id))
  const all = cluster.dynamicConfigs.of(configResource.broker, '')
  return keysOf(configResource.broker, own, all).map((row) => {
    const levels = [
      { source: configSource.dynamicBroker, value: own.get(row.key) },
      { source: configSource.dynamicDefaultBroker, value: all.get(row.key) },
    ]
    return entryOf(row, levels, request)
  })
}

function ofBroker(request: Request, call: Call): Entry[] {
  const { includeSynonyms } = request
  const fixed = brokerConfig(call.cluster, call.node).map(({ key, kind, value, isDefault }) => {
    const source = isDefault ? configSource.default : configSource.staticBroker
    return {
      name: key,
      value,
      readOnly: true,
      configSource: source,
      isSensitive: false,
      synonyms: includeSynonyms ? [{ name: key, value, source }] : [],
      configType: configType[kind],
      documentation: null,
    }
  })
  return [...fixed, ...dynamicOfBroker(request, call)]
}
