import { type CompressionName, type produce, type RequestInput, type ResponseOf, zeroUuid } from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { Cluster } from '../metadata/cluster.ts'

type ProduceBody = RequestInput<typeof produce>
type ProduceResponse = ResponseOf<typeof produce>
export type PartitionAnswer = ProduceResponse['responses'][number]['partitionResponses'][number]

/** The last version that names topics; after it they go by id (KIP-516). */
const byNameUpTo = 12

/** The first version whose brokers know zstd (KIP-110). */
const zstdFrom = 7

/**
 * Topics go by id only if all ids are known: one answer of an old broker is enough to lack one. Then the last version
 * with names has to do. Undefined when the broker does not offer that either, or is too old for the compression.
 */
export function produceVersion(
  negotiated: number,
  batches: readonly ProducerBatch[],
  options: { readonly cluster: Cluster; readonly versionMin: number; readonly compressionType: CompressionName },
): number | undefined {
  if (options.compressionType === 'zstd' && negotiated < zstdFrom) return undefined
  if (negotiated <= byNameUpTo) return negotiated
  const allIdsKnown = batches.every(({ topic }) => topicId(options.cluster, topic) !== zeroUuid)
  if (allIdsKnown) return negotiated
  return byNameUpTo >= options.versionMin ? byNameUpTo : undefined
}

/** Batches for one node, at most one per partition, as the body of one request. */
export function produceRequest(
  batches: readonly ProducerBatch[],
  options: { readonly cluster: Cluster; readonly acks: number; readonly timeoutMs: number },
): ProduceBody {
  const byTopic = new Map<string, { index: number; records: Uint8Array }[]>()
  for (const batch of batches) {
    let partitionData = byTopic.get(batch.topic)
    if (partitionData === undefined) {
      partitionData = []
      byTopic.set(batch.topic, partitionData)
    }
    partitionData.push({ index: batch.partition, records: batch.seal() })
  }
  const topicData = [...byTopic].map(([name, partitionData]) => ({
    name,
    topicId: topicId(options.cluster, name),
    partitionData,
  }))
  return { transactionalId: null, acks: options.acks, timeoutMs: options.timeoutMs, topicData }
}

/** The answer for each batch; undefined for a partition that the answer leaves out. */
export function answersByBatch(
  batches: readonly ProducerBatch[],
  response: ProduceResponse,
  cluster: Cluster,
): readonly (PartitionAnswer | undefined)[] {
  return answersInOrder(batches, response, cluster) ?? answersInAnyOrder(batches, response, cluster)
}

/** HOT: once per request. Brokers answer in the order of the question; undefined if one does not. */
function answersInOrder(
  batches: readonly ProducerBatch[],
  { responses }: ProduceResponse,
  cluster: Cluster,
): readonly PartitionAnswer[] | undefined {
  const answers: PartitionAnswer[] = []
  for (const { name, topicId: id, partitionResponses } of responses) {
    for (const answer of partitionResponses) {
      const batch = batches[answers.length]
      if (batch === undefined || batch.partition !== answer.index) return undefined
      if (name === '' ? id !== topicId(cluster, batch.topic) : name !== batch.topic) return undefined
      answers.push(answer)
    }
  }
  return answers.length === batches.length ? answers : undefined
}

function answersInAnyOrder(
  batches: readonly ProducerBatch[],
  response: ProduceResponse,
  cluster: Cluster,
): (PartitionAnswer | undefined)[] {
  const byTopic = new Map<string, Map<number, PartitionAnswer>>()
  for (const { name, topicId: id, partitionResponses } of response.responses) {
    const topic = name === '' ? id : name
    const byPartition = byTopic.get(topic) ?? new Map<number, PartitionAnswer>()
    byTopic.set(topic, byPartition)
    for (const answer of partitionResponses) byPartition.set(answer.index, answer)
  }
  return batches.map(({ topic, partition }) => {
    const byPartition = byTopic.get(topic) ?? byTopic.get(topicId(cluster, topic))
    return byPartition?.get(partition)
  })
}

function topicId(cluster: Cluster, topic: string): string {
  return cluster.topics.get(topic)?.topicId ?? zeroUuid
}
