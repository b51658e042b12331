import type { BrokerOptions } from '../../config.ts'
import { brokerFields, ClusterOptionsError } from '../../config.ts'
import { type Field, type Issue, parseObject } from '../../field.ts'
import { objectSchema } from '../../field-schema.ts'
import { type KafkaReleaseName, kafkaReleaseNames } from '../../kafka-releases.ts'
import {
  brokerParameter,
  type ControlCall,
  ControlError,
  numberOfParameter,
  type Parameter,
  partitionParameter,
  type Reply,
  type Route,
  textOfParameter,
  topicParameter,
} from '../route.ts'
import { schemaOf } from '../schemas.ts'
import { brokerJson } from './brokers.ts'
import { clusterJson } from './cluster.ts'
import { partitionJson, topicNamed } from './topics.ts'

const nodeId = { is: 'integer', min: 0, max: 2 ** 31 - 1 } as const

const lagFields: readonly Field[] = [
  {
    key: 'lag',
    type: { is: 'any-of', types: [{ is: 'duration' }, { is: 'one-of', values: ['for-ever', 'as-configured'] }] },
    doc: 'How much later; 0: at once; `as-configured`: as at the start.',
    required: true,
  },
  { key: 'broker', type: nodeId, doc: 'Only its replicas. Default: those of all.' },
  { key: 'topic', type: { is: 'string' }, doc: 'Only of this one. Default: of all.' },
  { key: 'partition', type: nodeId, doc: 'With `topic`: only of this one.' },
]

const rollFields: readonly Field[] = [
  { key: 'down', type: { is: 'duration' }, doc: 'How long each broker is down.', default: 0 },
  { key: 'between', type: { is: 'duration' }, doc: 'How long to wait between two brokers.', default: 0 },
  {
    key: 'to',
    type: { is: 'one-of', values: kafkaReleaseNames },
    doc: 'Each comes back as this release: a rolling upgrade.',
  },
]

/** What administrators, and accidents, do to a running cluster: `ClusterAdmin` over HTTP. */
export const administrationRoutes: readonly Route[] = [
  onPartition({
    word: 'remove-leader',
    operationId: 'removeLeader',
    summary: 'Nobody leads until somebody is elected',
    act: (call, name) => call.cluster.admin.removeLeader(name),
  }),
  onPartition({
    word: 'elect-leader',
    operationId: 'electLeader',
    summary: 'The first live replica in sync leads again',
    act: (call, name) => void call.cluster.admin.electLeader(name),
  }),
  onPartition({
    word: 'elect-unclean',
    operationId: 'electUnclean',
    summary: 'A replica leads whether it is in sync or not, and what it lacks is lost',
    fields: [{ key: 'to', type: nodeId, doc: 'Node id. Default: a live one that is not in sync.' }],
    act: (call, name, { to }) => void call.cluster.admin.electUnclean(name, to as number | undefined),
  }),
  onPartition({
    word: 'shrink-isr',
    operationId: 'shrinkIsr',
    summary: 'Replicas leave those in sync and do not come back until the ISR is restored',
    fields: [{ key: 'out', type: { is: 'list', of: nodeId }, doc: 'Node ids. Default: all but the leader.' }],
    act: (call, name, { out }) => call.cluster.admin.shrinkIsr(name, out as number[] | undefined),
  }),
  onPartition({
    word: 'restore-isr',
    operationId: 'restoreIsr',
    summary: 'Every replica fetches again as its broker does, and is in sync as soon as it has everything',
    act: (call, name) => call.cluster.admin.restoreIsr(name),
  }),
  onPartition({
    word: 'lose-producer-state',
    operationId: 'loseProducerState',
    summary: 'What the replicas know about producers is gone',
    fields: [{ key: 'keep', type: { is: 'one-of', values: ['last'] }, doc: 'Of each producer its last batch stays.' }],
    act: (call, name, { keep }) => call.cluster.admin.loseProducerState(name, keep === 'last' ? { keep } : {}),
  }),
  onPartition({
    word: 'delete-records',
    operationId: 'deleteRecords',
    summary: 'Records below an offset are gone, as DeleteRecords does it',
    fields: [
      {
        key: 'offset',
        type: { is: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER },
        doc: 'The first that stays.',
        required: true,
      },
    ],
    act: (call, name, { offset }) => call.cluster.admin.deleteRecords(name, BigInt(offset as number)),
  }),
  {
    method: 'DELETE',
    path: '/v1/topics/{topic}',
    operationId: 'deleteTopic',
    summary: 'Deletes a topic',
    parameters: [topicParameter],
    answer: { status: 200, doc: 'The topic as it was.', schema: schemaOf('Topic') },
    run(call, reply) {
      const topic = textOfParameter(call, 'topic')
      const json = topicNamed(call.cluster, topic)
      call.cluster.admin.deleteTopic(topic)
      reply({ status: 200, json })
      return undefined
    },
  },
  onTopic({
    word: 'recreate',
    operationId: 'recreateTopic',
    summary: 'Deletes a topic and makes it anew: empty, with the same partitions and another id',
    act: (call, topic) => void call.cluster.admin.recreateTopic(topic),
  }),
  onTopic({
    word: 'partitions',
    operationId: 'addPartitions',
    summary: 'Gives a topic more partitions',
    fields: [{ key: 'count', type: { is: 'integer', min: 1, max: 100_000 }, doc: 'How many in all.', required: true }],
    act: (call, topic, { count }) => call.cluster.admin.addPartitions(topic, count as number),
  }),
  {
    method: 'POST',
    path: '/v1/brokers',
    operationId: 'addBroker',
    summary: 'A new broker joins and starts; it has no replicas until a topic is made or a leader moves there',
    body: { schema: objectSchema(brokerFields), isRequired: false },
    answer: { status: 201, doc: 'The broker, when it listens.', schema: schemaOf('Broker') },
    run(call, reply) {
      const { admin } = call.cluster
      const options = bodyWith(brokerFields, call) as BrokerOptions
      const id = admin.addBroker(options, (error) => {
        if (error === undefined) reply({ status: 201, json: brokerJson(call.cluster.broker(id)) })
        else reply({ status: 409, json: { message: error.message } })
      })
      return undefined
    },
  },
  {
    method: 'DELETE',
    path: '/v1/brokers/{broker}',
    operationId: 'removeBroker',
    summary: 'A broker leaves for good: others take over its replicas, and nobody knows it any more',
    parameters: [brokerParameter],
    answer: { status: 200, doc: 'The cluster without it.', schema: schemaOf('Cluster') },
    run(call, reply) {
      const { cluster } = call
      const id = numberOfParameter(call, 'broker')
      cluster.broker(id)
      if (cluster.brokers.length === 1) throw new ControlError(409, `broker ${id} is the last one`)
      cluster.admin.removeBroker(id, () => reply({ status: 200, json: clusterJson(cluster) }))
      return undefined
    },
  },
  onBroker({
    word: 'freeze-metadata',
    operationId: 'freezeMetadata',
    summary: 'A broker hears of no change from here on, and its metadata answers grow stale',
    act: (call, broker) => call.cluster.admin.freezeMetadata(broker),
  }),
  onBroker({
    word: 'refresh-metadata',
    operationId: 'refreshMetadata',
    summary: 'It knows everything again',
    act: (call, broker) => call.cluster.admin.refreshMetadata(broker),
  }),
  onBroker({
    word: 'skew-clock',
    operationId: 'skewClock',
    summary: 'The wall clock of a broker is ahead of the others',
    fields: [
      {
        key: 'ms',
        type: { is: 'integer', min: -(2 ** 45), max: 2 ** 45 },
        doc: 'So many milliseconds; negative: behind.',
        required: true,
      },
    ],
    act: (call, broker, { ms }) => call.cluster.admin.skewClock(broker, ms as number),
  }),
  onBroker({
    word: 'release',
    operationId: 'setKafka',
    summary: 'A broker looks like another release of Kafka from now on',
    fields: [{ key: 'kafka', type: { is: 'one-of', values: kafkaReleaseNames }, doc: 'The release.', required: true }],
    act: (call, broker, { kafka }) => call.cluster.admin.setKafka(broker, kafka as KafkaReleaseName),
  }),
  onBroker({
    word: 'log-dir',
    operationId: 'setLogDirOffline',
    summary: 'The disk of a broker fails, or is whole again',
    fields: [{ key: 'offline', type: { is: 'boolean' }, doc: 'Whether it fails.', required: true }],
    act: (call, broker, { offline }) => call.cluster.admin.setLogDirOffline(broker, offline === true),
  }),
  {
    method: 'POST',
    path: '/v1/lag',
    operationId: 'setLag',
    summary: 'Followers have what is appended so much later: everywhere, on one broker, or of one partition',
    body: { schema: objectSchema(lagFields), isRequired: true },
    answer: { status: 200, doc: 'The cluster.', schema: schemaOf('Cluster') },
    run(call, reply) {
      const { lag, broker, topic, partition } = bodyWith(lagFields, call)
      if (partition !== undefined && topic === undefined) throw new ControlError(422, 'partition goes with topic')
      const lagMs = typeof lag === 'number' ? lag : lag === 'for-ever' ? Number.POSITIVE_INFINITY : undefined
      call.cluster.admin.setLag(lagMs, {
        ...(broker === undefined ? {} : { broker: broker as number }),
        ...(topic === undefined ? {} : { topic: topic as string }),
        ...(partition === undefined ? {} : { partition: partition as number }),
      })
      reply({ status: 200, json: clusterJson(call.cluster) })
      return undefined
    },
  },
  {
    method: 'POST',
    path: '/v1/roll',
    operationId: 'roll',
    summary: 'Restarts every broker, one after another, each in good order',
    body: { schema: objectSchema(rollFields), isRequired: false },
    answer: { status: 200, doc: 'The cluster, when the last one is up.', schema: schemaOf('Cluster') },
    run(call, reply) {
      const { down, between, to } = bodyWith(rollFields, call)
      const times = { downMs: (down as number | undefined) ?? 0, betweenMs: (between as number | undefined) ?? 0 }
      call.cluster.admin.roll({ ...times, ...(to === undefined ? {} : { to: to as KafkaReleaseName }) }, (error) => {
        if (error === undefined) reply({ status: 200, json: clusterJson(call.cluster) })
        else reply({ status: 409, json: { message: error.message } })
      })
      return undefined
    },
  },
]

type Body = Readonly<Record<string, unknown>>

interface Action<Where> {
  readonly word: string
  readonly operationId: string
  readonly summary: string
  readonly fields?: readonly Field[]
  act(call: ControlCall, where: Where, body: Body): void
}

function onPartition(action: Action<{ readonly topic: string; readonly partition: number }>): Route {
  return actionRoute(action, {
    path: '/v1/topics/{topic}/partitions/{partition}',
    parameters: [topicParameter, partitionParameter],
    answer: { status: 200, doc: 'The partition as it is now.', schema: schemaOf('Partition') },
    where: (call) => ({ topic: textOfParameter(call, 'topic'), partition: numberOfParameter(call, 'partition') }),
    json: partitionJson,
  })
}

function onTopic(action: Action<string>): Route {
  return actionRoute(action, {
    path: '/v1/topics/{topic}',
    parameters: [topicParameter],
    answer: { status: 200, doc: 'The topic as it is now.', schema: schemaOf('Topic') },
    where: (call) => textOfParameter(call, 'topic'),
    json: (call) => topicNamed(call.cluster, textOfParameter(call, 'topic')),
  })
}

function onBroker(action: Action<number>): Route {
  return actionRoute(action, {
    path: '/v1/brokers/{broker}',
    parameters: [brokerParameter],
    answer: { status: 200, doc: 'The broker.', schema: schemaOf('Broker') },
    where: (call) => numberOfParameter(call, 'broker'),
    json: (call) => brokerJson(call.cluster.broker(numberOfParameter(call, 'broker'))),
  })
}

function actionRoute<Where>(
  { word, operationId, summary, fields = [], act }: Action<Where>,
  place: {
    readonly path: string
    readonly parameters: readonly Parameter[]
    readonly answer: Route['answer']
    where(call: ControlCall): Where
    json(call: ControlCall): unknown
  },
): Route {
  const isRequired = fields.some((field) => field.required)
  return {
    method: 'POST',
    path: `${place.path}/${word}`,
    operationId,
    summary,
    parameters: place.parameters,
    ...(fields.length === 0 ? {} : { body: { schema: objectSchema(fields), isRequired } }),
    answer: place.answer,
    run(call: ControlCall, reply: Reply) {
      act(call, place.where(call), bodyWith(fields, call))
      reply({ status: 200, json: place.json(call) })
      return undefined
    },
  }
}

/** The parsed body. @throws ClusterOptionsError with everything that is wrong */
function bodyWith(fields: readonly Field[], { body }: ControlCall): Body {
  const issues: Issue[] = []
  const parsed = parseObject(fields, body ?? {}, [], issues)
  if (issues.length > 0) throw new ClusterOptionsError(issues)
  return parsed
}
