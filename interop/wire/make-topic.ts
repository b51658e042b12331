import { createTopics, decodeResponse, metadata } from '@harrow/protocol'
import type { BrokerConnection } from './broker-connection.ts'

export interface TopicRequest {
  readonly name: string
  readonly partitions?: number
  readonly replicas?: number
  readonly config?: Readonly<Record<string, string>>
}

/** Creates a topic and waits until this broker knows a leader for each of its partitions. Returns its id. */
export async function makeTopic(connection: BrokerConnection, topic: TopicRequest): Promise<string> {
  const body = {
    topics: [
      {
        name: topic.name,
        numPartitions: topic.partitions ?? 1,
        replicationFactor: topic.replicas ?? 1,
        assignments: [],
        configs: Object.entries(topic.config ?? {}).map(([name, value]) => ({ name, value })),
      },
    ],
    timeoutMs: 60_000,
  }
  const created = decodeResponse(createTopics, 5, await connection.request(createTopics, 5, body)).body.topics[0]
  if (created?.errorCode !== 0)
    throw new Error(`topic ${topic.name}: error ${created?.errorCode} ${created?.errorMessage}`)
  const { clock } = connection
  const deadlineMs = clock.nowMs() + 60_000
  while (clock.nowMs() < deadlineMs) {
    const frame = await connection.request(metadata, 12, { topics: [{ name: topic.name }] })
    const found = decodeResponse(metadata, 12, frame).body.topics[0]
    const isReady =
      found?.partitions.length === (topic.partitions ?? 1) && found.partitions.every((p) => p.leaderId > 0)
    if (found !== undefined && isReady) return found.topicId
    await connection.sleep(50)
  }
  throw new Error(`topic ${topic.name} has no leaders after 60 s`)
}
