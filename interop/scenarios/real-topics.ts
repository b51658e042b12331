import {
  createTopics,
  decodeResponse,
  deleteTopics,
  fetch,
  listOffsets,
  metadata,
  splitBatches,
} from '@harrow/protocol'
import { eventually } from '../eventually.ts'
import type { BrokerConnection } from '../wire/broker-connection.ts'

/** A connection to each broker of a real cluster. */
export type Connections = ReadonlyMap<number, BrokerConnection>

export interface RealTopic {
  readonly name: string
  readonly id: string
  /** Node id of the leader, by partition. */
  readonly leaders: readonly number[]
}

export interface WantedTopic {
  readonly name: string
  readonly partitions: number
  readonly replicas: number
  readonly config: Readonly<Record<string, string | number>>
}

const patienceMs = 60_000
/** Asks for what the leader has, and not only for what its followers have, too. Java: `DEBUGGING_REPLICA_ID`. */
const debuggingReplicaId = -2
const latest = -1n
const fetchBytesMax = 50 * 1024 * 1024

/**
 * Makes topics whose partitions lie as the mock lays them, among the brokers 1 to `brokers`, and waits until every
 * broker knows a leader for each of them, and each leader leads.
 */
export async function createRealTopics(
  connections: Connections,
  topics: readonly WantedTopic[],
  brokers: number,
): Promise<void> {
  if (topics.length === 0) return
  const asked = topics.map(({ name, partitions, replicas, config }) => ({
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      brokerIds: Array.from({ length: Math.min(replicas, brokers) }, (_, i) => 1 + ((partitionIndex + i) % brokers)),
    })),
    configs: Object.entries(config).map(([key, value]) => ({ name: key, value: String(value) })),
  }))
  const frame = await anyOf(connections).request(createTopics, 7, { topics: asked, timeoutMs: patienceMs })
  const made = decodeResponse(createTopics, 7, frame).body.topics
  for (const { name, errorCode, errorMessage } of made)
    if (errorCode !== 0) throw new Error(`topic ${name}: error ${errorCode} ${errorMessage}`)
  for (const [broker, connection] of connections) {
    await eventually(`broker ${broker} to know the topics`, async () => {
      const known = await realTopics(connection)
      return made.every(({ topicId }, i) => {
        const found = known.find(({ id }) => id === topicId)
        return found?.leaders.length === asked[i]!.assignments.length && found.leaders.every((leader) => leader > 0)
      })
    })
  }
  // A broker tells of a leader a moment before the leader itself acts as one: its cache is updated first, its replicas
  // then. Java: BrokerMetadataPublisher.onMetadataUpdate.
  for (const { name: topic, leaders } of await realTopics(anyOf(connections))) {
    for (const [partition, leader] of leaders.entries()) {
      await eventually(`broker ${leader} to lead ${topic}-${partition}`, async () => {
        return (await logEnd(connections.get(leader)!, { topic, partition })).errorCode === 0
      })
    }
  }
}

/** Deletes every topic that is not Kafka's own, and waits until no broker knows one. */
export async function deleteRealTopics(connections: Connections): Promise<void> {
  const topicNames = (await realTopics(anyOf(connections))).map(({ name }) => name)
  if (topicNames.length > 0) await anyOf(connections).request(deleteTopics, 5, { topicNames, timeoutMs: patienceMs })
  for (const [broker, connection] of connections)
    await eventually(`broker ${broker} to forget the topics`, async () => (await realTopics(connection)).length === 0)
}

/** Those that are not Kafka's own. */
export async function realTopics(connection: BrokerConnection): Promise<RealTopic[]> {
  const { body } = decodeResponse(metadata, 12, await connection.request(metadata, 12, { topics: null }))
  return body.topics.flatMap(({ name, topicId, isInternal, partitions }) => {
    if (name === null || isInternal) return []
    const leaders = [...partitions].sort((a, b) => a.partitionIndex - b.partitionIndex).map(({ leaderId }) => leaderId)
    return [{ name, id: topicId, leaders }]
  })
}

/** The bytes of every batch that the leader of a partition has, in order. */
export async function readPartition(
  leader: BrokerConnection,
  at: { readonly topic: string; readonly partition: number },
): Promise<{ baseOffset: bigint; bytes: Uint8Array }[]> {
  const { topic, partition } = at
  const told = await logEnd(leader, at)
  if (told.errorCode !== 0) throw new Error(`the end of ${topic}-${partition}: error ${told.errorCode}`)
  const found: { baseOffset: bigint; bytes: Uint8Array }[] = []
  for (let next = 0n; next < told.offset; ) {
    const wanted = { partition, fetchOffset: next, partitionMaxBytes: fetchBytesMax }
    const frame = await leader.request(fetch, 11, {
      replicaId: debuggingReplicaId,
      maxWaitMs: 500,
      minBytes: 1,
      topics: [{ topic, partitions: [wanted] }],
      forgottenTopicsData: [],
    })
    const answer = decodeResponse(fetch, 11, frame).body.responses[0]?.partitions[0]
    if (answer?.errorCode !== 0) throw new Error(`${topic}-${partition} from ${next}: error ${answer?.errorCode}`)
    const { batches } = splitBatches(answer.records ?? new Uint8Array(0))
    if (batches.length === 0)
      throw new Error(`${topic}-${partition} from ${next}: nothing, and it ends at ${told.offset}`)
    for (const { baseOffset, lastOffsetDelta, bytes } of batches) {
      found.push({ baseOffset, bytes })
      next = baseOffset + BigInt(lastOffsetDelta) + 1n
    }
  }
  return found
}

async function logEnd(
  leader: BrokerConnection,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<{ readonly errorCode: number; readonly offset: bigint }> {
  const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: latest }] }]
  const frame = await leader.request(listOffsets, 6, { replicaId: debuggingReplicaId, topics })
  const told = decodeResponse(listOffsets, 6, frame).body.topics[0]?.partitions[0]
  if (told === undefined) throw new Error(`nothing about the end of ${topic}-${partition}`)
  return told
}

function anyOf(connections: Connections): BrokerConnection {
  for (const connection of connections.values()) return connection
  throw new RangeError('no broker')
}
