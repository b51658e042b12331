import type { Header, RecordBatch } from '@harrow/protocol'
import type { ClusterCore } from '../../cluster-core.ts'
import { ClusterOptionsError, type TopicOptions, topicFields } from '../../config.ts'
import { objectSchema } from '../../field-schema.ts'
import { textOf } from '../../json-text.ts'
import type { StoredRecord } from '../../stored-record.ts'
import {
  type ControlCall,
  ControlError,
  given,
  numberOfParameter,
  partitionParameter,
  queryNumber,
  type Route,
  textOfParameter,
  topicParameter,
} from '../route.ts'
import { object, schemaOf, wrapped } from '../schemas.ts'

const newTopic = objectSchema([
  { key: 'name', type: { is: 'string' }, doc: 'Topic name.', required: true },
  ...topicFields,
])

export const topicRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/topics',
    operationId: 'listTopics',
    summary: 'Every topic',
    answer: { status: 200, doc: 'In the order of their creation.', schema: wrapped('topics', 'Topic') },
    run: ({ cluster }, reply) => void reply({ status: 200, json: { topics: cluster.topics } }),
  },
  {
    method: 'POST',
    path: '/v1/topics',
    operationId: 'createTopic',
    summary: 'Creates a topic',
    body: { schema: newTopic, isRequired: true },
    answer: { status: 201, doc: 'The topic.', schema: schemaOf('Topic') },
    run({ cluster, body }, reply) {
      const { name, ...options } = asObject(body)
      if (typeof name !== 'string') throw new ClusterOptionsError([{ path: ['name'], message: 'must be a string' }])
      if (cluster.topics.some((topic) => topic.name === name))
        throw new ControlError(409, `topic "${name}" exists already`)
      cluster.createTopic(name, options as TopicOptions)
      reply({ status: 201, json: topicNamed(cluster, name) })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/topics/{topic}',
    operationId: 'describeTopic',
    summary: 'One topic',
    parameters: [topicParameter],
    answer: { status: 200, doc: 'The topic.', schema: schemaOf('Topic') },
    run(call, reply) {
      reply({ status: 200, json: topicNamed(call.cluster, textOfParameter(call, 'topic')) })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/topics/{topic}/partitions/{partition}',
    operationId: 'describePartition',
    summary: 'One partition: who leads it, and how far it goes',
    parameters: [topicParameter, partitionParameter],
    answer: { status: 200, doc: 'The partition.', schema: schemaOf('Partition') },
    run(call, reply) {
      reply({ status: 200, json: partitionJson(call) })
      return undefined
    },
  },
  {
    method: 'POST',
    path: '/v1/topics/{topic}/partitions/{partition}/move-leader',
    operationId: 'moveLeader',
    summary: 'Makes another broker lead the partition, with the next epoch',
    parameters: [topicParameter, partitionParameter],
    body: {
      schema: object({ to: { type: 'integer', description: 'Node id. Default: the next live replica in line.' } }, [
        'to',
      ]),
      isRequired: false,
    },
    answer: { status: 200, doc: 'The partition as it is now.', schema: schemaOf('Partition') },
    run(call, reply) {
      const { to } = call.body === undefined ? {} : asObject(call.body)
      if (to !== undefined && typeof to !== 'number') throw new ControlError(422, '"to" must be a node id')
      call.cluster.moveLeader({ ...partitionOf(call), to })
      reply({ status: 200, json: partitionJson(call) })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/topics/{topic}/partitions/{partition}/batches',
    operationId: 'listBatches',
    summary: 'The batches of a partition as they are stored',
    parameters: [topicParameter, partitionParameter],
    answer: { status: 200, doc: 'In the order of the log.', schema: wrapped('batches', 'Batch') },
    run(call, reply) {
      const { topic, partition } = partitionOf(call)
      const batches = call.cluster.batches(topic, partition).map(batchJson)
      reply({ status: 200, json: { batches } })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/topics/{topic}/records',
    operationId: 'listRecords',
    summary: 'The records of a topic, decoded',
    parameters: [
      topicParameter,
      queryNumber('partition', 'Only this partition. Default: all, one after another.'),
      queryNumber('offset', 'From this offset on, in each partition.', 0),
      queryNumber('limit', 'At most so many.', 1000),
    ],
    answer: { status: 200, doc: 'In the order of the log.', schema: wrapped('records', 'Record') },
    run(call, reply) {
      const { partition } = given(call, ['partition'])
      const from = BigInt(numberOfParameter(call, 'offset'))
      const records = call.cluster
        .records(textOfParameter(call, 'topic'), partition)
        .filter(({ offset }) => offset >= from)
        .slice(0, numberOfParameter(call, 'limit'))
      reply({ status: 200, json: { records: records.map(recordJson) } })
      return undefined
    },
  },
]

export function recordJson(record: StoredRecord): unknown {
  return { ...record, ...contentJson(record) }
}

function batchJson(batch: RecordBatch): unknown {
  return {
    baseOffset: batch.baseOffset,
    recordCount: batch.recordCount,
    bytes: batch.bytes.length,
    compression: batch.compression ?? `unknown (${batch.compressionId})`,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    baseTimestamp: batch.baseTimestamp,
    maxTimestamp: batch.maxTimestamp,
    timestampType: batch.timestampType,
  }
}

/** Bytes twice: as they are, and as text if they are some. */
export function contentJson(content: {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
}): Record<string, unknown> {
  const { key, value, headers } = content
  return {
    key,
    keyText: textOf(key),
    value,
    valueText: textOf(value),
    headers: headers.map((header) => ({ ...header, valueText: textOf(header.value) })),
  }
}

export function asObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new ControlError(422, 'the body must be a JSON object')
}

export function topicNamed(cluster: ClusterCore, name: string): unknown {
  // Asked for partition 0 only for the error with a suggestion.
  cluster.leader(name, 0)
  return cluster.topics.find((topic) => topic.name === name)
}

function partitionOf(call: ControlCall): { topic: string; partition: number } {
  return { topic: textOfParameter(call, 'topic'), partition: numberOfParameter(call, 'partition') }
}

export function partitionJson(call: ControlCall): unknown {
  const { topic, partition } = partitionOf(call)
  const state = call.cluster.admin.describe({ topic, partition })
  const { start: startOffset, end: endOffset } = call.cluster.offsets(topic, partition)
  return { topic, partition, ...state, startOffset, endOffset }
}
