import { type KafkaErrorRow, kafkaErrors, produce, type RequestOf, type ResponseInput } from '@harrow/protocol'
import type { Topic } from '../cluster.ts'
import {
  type AcceptedBatch,
  checkShape,
  firstLook,
  hasUnknownCompression,
  isTooShortForProducer,
  type Refusal,
  validateBatch,
} from '../log/validate-batch.ts'
import { AwaitedReplication, type WaitingPartition } from '../replication/awaited-replication.ts'
import type { Partition } from '../replication/partition.ts'
import { type Call, type Handler, injectedError, type Outcome, shuffled } from './handler.ts'
import { leaderHint, type NodeEndpoint } from './leader-hint.ts'

/**
 * Appends batches. The order of the checks is Kafka's (KafkaApis.handleProduceRequest, ReplicaManager.appendRecords),
 * because it decides which error wins: the request as a whole, the shape of each partition's records, acks, and only
 * then partition by partition its leader, its replicas, its batch and its sequence.
 */
export const produceHandler: Handler<typeof produce> = {
  api: produce,

  targets(request, cluster) {
    return request.topicData.flatMap((topicData) => {
      const topic = topicData.name || cluster.topicById(topicData.topicId)?.name
      return topic === undefined ? [] : topicData.partitionData.map(({ index }) => ({ topic, partition: index }))
    })
  },

  handle(request, call) {
    const asked = askedPartitions(request, call)
    if (asked.some((one) => one.records === null)) {
      return { do: 'close', because: 'null records in a Produce request', applied: false }
    }
    const answers = new Map<string, Answered>()
    const add = (one: Asked, answer: PartitionAnswer): void => void answers.set(one.key, { asked: one, answer })

    // What a fault rule refuses is not looked at, and does not disturb the others.
    const untouched = call.injected?.afterAppend === true ? asked : asked.filter((one) => one.injected === undefined)
    const whole = requestProblem(request, untouched, call)
    if (whole !== undefined) {
      for (const one of asked) add(one, { ...whole, index: one.index })
      return answer(request, call, answers, { applied: false })
    }
    let applied = false
    const misshapen: [Asked, PartitionAnswer][] = []
    const appendable = new Map<string, Asked & { topic: Topic; partition: Partition }>()
    for (const one of untouched) {
      const problem = partitionProblem(one, call)
      if (problem !== undefined) misshapen.push([one, problem])
      // The same partition twice in one request: the last one wins, the first is silently dropped (P6).
      else if (isKnown(one)) appendable.set(one.key, one)
    }
    if ([...appendable.values()].some(({ records }) => isTooShortForProducer(records ?? nothing))) {
      for (const one of asked) add(one, refusal(one.index, kafkaErrors.UNKNOWN_SERVER_ERROR))
      return answer(request, call, answers, { applied: false })
    }
    const waiting: WaitingPartition[] = []
    for (const one of appendable.values()) {
      const result = isAcksValid(request.acks)
        ? append(one, request.acks, call)
        : { answer: refusal(one.index, kafkaErrors.INVALID_REQUIRED_ACKS) }
      applied ||= result.answer.errorCode === kafkaErrors.NONE.code
      add(one, result.answer)
      if (request.acks === -1 && result.requiredOffset !== undefined) {
        waiting.push({ key: one.key, partition: one.partition, requiredOffset: result.requiredOffset })
      }
    }
    for (const [one, problem] of misshapen) add(one, problem)
    for (const one of asked) {
      if (one.injected !== undefined && !answers.has(one.key)) add(one, refusal(one.index, one.injected))
    }
    const finish = (): Outcome<typeof produce> => {
      for (const [key, { asked: one, answer }] of answers) {
        if (one.injected !== undefined)
          answers.set(key, { asked: one, answer: { ...answer, errorCode: one.injected.code } })
      }
      return answer(request, call, answers, { applied })
    }
    const settled = (key: string, error: KafkaErrorRow): void => {
      const done = answers.get(key)
      if (done !== undefined) answers.set(key, { ...done, answer: { ...done.answer, errorCode: error.code } })
    }
    const replication = new AwaitedReplication(waiting, call, settled)
    if (replication.isOver) return finish()
    const start = (settle: (outcome: Outcome<typeof produce>) => void) =>
      replication.wait(request.timeoutMs, () => settle(finish()))
    return { do: 'wait', applied, start }
  },
}

/** First version whose answers name the new leader along with NOT_LEADER_OR_FOLLOWER (KIP-951). */
const leaderHintsFrom = 10
/** First version that names topics by id (KIP-516). */
const topicIdsFrom = 13
/** First version that may carry zstd, and that no longer looks at the compression before it knows the partition. */
const zstdFrom = 7
/** The client id that Kafka's own tools use, and that may write to internal topics. Java: `AdminUtils.ADMIN_CLIENT_ID`. */
const adminClientId = '__admin_client'

type PartitionAnswer = ResponseInput<typeof produce>['responses'][number]['partitionResponses'][number]

/** One partition of the request. */
interface Asked {
  readonly key: string
  readonly name: string
  readonly topicId: string
  readonly index: number
  readonly records: Uint8Array | null
  readonly topic: Topic | undefined
  readonly partition: Partition | undefined
  readonly injected: KafkaErrorRow | undefined
}

interface Answered {
  readonly asked: Asked
  readonly answer: PartitionAnswer
}

function askedPartitions(request: RequestOf<typeof produce>, call: Call): Asked[] {
  return request.topicData.flatMap(({ name, topicId, partitionData }) => {
    const topic = call.version >= topicIdsFrom ? call.cluster.topicById(topicId) : call.cluster.topic(name)
    return partitionData.map(({ index, records }) => ({
      key: `${call.version >= topicIdsFrom ? topicId : name}/${index}`,
      name,
      topicId,
      index,
      records,
      topic,
      partition: topic?.partitions[index],
      injected: injectedError(call, topic?.name ?? name, index),
    }))
  })
}

/** What makes the whole request fail: P1, P3, and B9 in early versions. */
function requestProblem(
  request: RequestOf<typeof produce>,
  asked: readonly Asked[],
  call: Call,
): PartitionAnswer | undefined {
  for (const { records } of asked) {
    const look = firstLook(records ?? nothing)
    if (look.is === 'corrupt') return refusal(0, kafkaErrors.CORRUPT_MESSAGE, look.message)
    if (look.is === 'nothing' || !look.isTransactional) continue
    // The first transactional batch answers the question, and the ones behind it are not scanned.
    if (request.transactionalId === null) return refusal(0, kafkaErrors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    const message = 'a transactional batch: transactions are not played'
    call.cluster.find({ kind: 'unsupported', broker: call.node.id, connection: call.connection, message })
    return refusal(0, kafkaErrors.INVALID_TXN_STATE, message)
  }
  const hasUnknown = asked.some(({ records }) => records !== null && hasUnknownCompression(records))
  if (call.version >= zstdFrom || !hasUnknown) return undefined
  return refusal(0, kafkaErrors.UNKNOWN_SERVER_ERROR, 'Unknown compression type id')
}

/** What is checked of each partition before any is written: that it exists, and the shape of its records. */
function partitionProblem(one: Asked, call: Call): PartitionAnswer | undefined {
  if (call.version >= topicIdsFrom && one.topic === undefined) return refusal(one.index, kafkaErrors.UNKNOWN_TOPIC_ID)
  if (one.partition === undefined) return refusal(one.index, kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION)
  const problem = checkShape(one.records ?? nothing, call.version)
  return problem === undefined ? undefined : refusal(one.index, problem.error)
}

/** What became of one partition; `requiredOffset` is what its replicas must reach before acks=all is answered. */
interface Appended {
  readonly answer: PartitionAnswer
  readonly requiredOffset?: bigint
}

function append(one: { topic: Topic; partition: Partition } & Asked, acks: number, call: Call): Appended {
  const { cluster, node } = call
  const { topic, partition } = one
  const refused = (problem: KafkaErrorRow | Refusal): Appended => {
    const { error, errorMessage, recordErrors, tellsLogStart } = 'error' in problem ? problem : asRefusal(problem)
    cluster.tell({
      event: 'batch-refused',
      broker: node.id,
      clientId: call.clientId,
      topic: topic.name,
      partition: one.index,
      error: error.name,
    })
    const logStartOffset = tellsLogStart ? partition.log.startOffset : -1n
    const { index } = one
    return { answer: { index, errorCode: error.code, baseOffset: -1n, errorMessage, logStartOffset, recordErrors } }
  }
  if (topic.isInternal && call.clientId !== adminClientId) return refused(kafkaErrors.INVALID_TOPIC_EXCEPTION)
  if (node.isLogDirOffline && partition.replicas.includes(node.id)) return refused(kafkaErrors.KAFKA_STORAGE_ERROR)
  if (partition.leaderId !== node.id) return refused(kafkaErrors.NOT_LEADER_OR_FOLLOWER)
  const wallMs = cluster.wallMsAt(node)
  partition.retain(wallMs)
  if (acks === -1 && partition.isUnderMinIsr) {
    return refused({ ...asRefusal(kafkaErrors.NOT_ENOUGH_REPLICAS), tellsLogStart: true })
  }
  const batch = validateBatch(one.records ?? nothing, {
    config: topic.config,
    wallMs,
    codecs: call.codecs,
    validation: cluster.config.validation,
  })
  if ('error' in batch) return refused(batch)
  return appendInSequence(batch, one, call, refused)
}

function appendInSequence(
  batch: AcceptedBatch,
  { partition, index }: { partition: Partition } & Asked,
  call: Call,
  refused: (problem: Refusal) => Appended,
): Appended {
  const { cluster, node } = call
  const { log } = partition
  const { topic } = partition
  const broker = node.id
  const { producerId, producerEpoch, firstSequence: baseSequence } = batch
  if (producerId >= 0n) {
    log.producers.expire(cluster.wallMsAt(node))
    const verdict = log.producers.judge(batch)
    if (verdict.is === 'refused') return refused({ ...asRefusal(verdict.error), tellsLogStart: true })
    if (verdict.is === 'duplicate') {
      const { baseOffset, maxTimestamp } = verdict.of
      call.wrote({ topic: partition.topic, partition: index, baseOffset, how: 'duplicate' })
      cluster.tell({
        event: 'batch-duplicate',
        broker,
        clientId: call.clientId,
        topic,
        partition: index,
        baseOffset,
        producerId,
        baseSequence,
      })
      // LogAppendTime even on a CreateTime topic: Kafka's, and clients see it (B26).
      const at = { baseOffset, logAppendTimeMs: maxTimestamp, logStartOffset: log.startOffset }
      // It is only as safe as its original: acks=all waits for the replicas once more.
      return { answer: written(index, at), requiredOffset: baseOffset + BigInt(batch.recordCount) }
    }
  }
  if (!cluster.makeRoom(partition, batch.bytes.length, call)) return refused(asRefusal(kafkaErrors.KAFKA_STORAGE_ERROR))
  const { baseOffset, lastOffset } = partition.append(batch)
  call.wrote({ topic: partition.topic, partition: index, baseOffset, how: 'appended' })
  cluster.tell({
    event: 'batch-appended',
    broker,
    clientId: call.clientId,
    topic,
    partition: index,
    baseOffset,
    records: batch.recordCount,
    bytes: batch.bytes.length,
    producerId,
    producerEpoch,
    baseSequence,
  })
  const at = { baseOffset, logAppendTimeMs: batch.logAppendTimeMs, logStartOffset: log.startOffset }
  return { answer: written(index, at), requiredOffset: lastOffset + 1n }
}

/** Puts the partitions together by topic, in no particular order; for acks=0 there is only silence or the door. */
function answer(
  request: RequestOf<typeof produce>,
  call: Call,
  answers: ReadonlyMap<string, Answered>,
  { applied }: { readonly applied: boolean },
): Outcome<typeof produce> {
  if (request.acks === 0) {
    const failed = [...answers.values()].find(({ answer }) => answer.errorCode !== kafkaErrors.NONE.code)
    if (failed === undefined) return { do: 'no-answer', applied }
    // The only way to tell a client that expects no answer (P8).
    const because = `acks=0 and error ${failed.answer.errorCode} for ${failed.asked.name} ${failed.asked.index}`
    return { do: 'close', because, applied }
  }
  const topics = new Map<string, { name: string; topicId: string; partitionResponses: PartitionAnswer[] }>()
  const endpoints = new Map<number, NodeEndpoint>()
  for (const { asked, answer } of shuffled([...answers.values()], call.random)) {
    const topicKey = call.version >= topicIdsFrom ? asked.topicId : asked.name
    const topic = topics.get(topicKey) ?? { name: asked.name, topicId: asked.topicId, partitionResponses: [] }
    topics.set(topicKey, topic)
    const isElsewhere = answer.errorCode === kafkaErrors.NOT_LEADER_OR_FOLLOWER.code && call.version >= leaderHintsFrom
    topic.partitionResponses.push(isElsewhere ? { ...answer, ...leaderHint(asked.partition, call, endpoints) } : answer)
  }
  return { do: 'answer', body: { responses: [...topics.values()], nodeEndpoints: [...endpoints.values()] }, applied }
}

function written(
  index: number,
  where: { readonly baseOffset: bigint; readonly logAppendTimeMs: number; readonly logStartOffset: bigint },
): PartitionAnswer {
  const { baseOffset, logAppendTimeMs, logStartOffset } = where
  return { index, errorCode: 0, baseOffset, logAppendTimeMs: BigInt(logAppendTimeMs), logStartOffset }
}

function refusal(index: number, error: KafkaErrorRow, errorMessage: string | null = null): PartitionAnswer {
  return { index, errorCode: error.code, baseOffset: -1n, errorMessage }
}

function asRefusal(error: KafkaErrorRow): Refusal {
  return { error, errorMessage: null, recordErrors: [], tellsLogStart: false }
}

function isAcksValid(acks: number): boolean {
  return acks === -1 || acks === 0 || acks === 1
}

function isKnown(one: Asked): one is Asked & { topic: Topic; partition: Partition } {
  return one.topic !== undefined && one.partition !== undefined
}

const nothing = new Uint8Array(0)
