import { Consumer, ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka'
import type { ForeignClient, ReadRecord } from './foreign-client.ts'
import { installedVersion } from './installed-version.ts'

const hasZstd = Number(process.versions.node.split('.')[0]) >= 23
const acksOf = { '0': ProduceAcks.NO_RESPONSE, '1': ProduceAcks.LEADER, all: ProduceAcks.ALL } as const

export const platformatic: ForeignClient = {
  id: 'platformatic',
  name: '@platformatic/kafka',
  language: 'JavaScript',
  // Its zstd is that of node:zlib.
  codecs: ['none', 'gzip', 'snappy', 'lz4', ...(hasZstd ? (['zstd'] as const) : [])],
  canBeIdempotent: true,
  readsInGroups: false,

  prepare: () => Promise.resolve(`@platformatic/kafka ${installedVersion('@platformatic/kafka')}`),

  async produce(job, records) {
    const producer = new Producer({ ...clientAt(job.bootstrapServers), serializers: stringSerializers })
    try {
      await producer.send({
        acks: acksOf[job.acks],
        compression: job.codec,
        idempotent: job.idempotent,
        messages: records.map(({ key, value, headers }) => ({
          topic: job.topic,
          // It has no null: what is left out is written as null.
          ...(key === null ? {} : { key }),
          ...(value === null ? {} : { value }),
          headers,
        })),
      })
    } finally {
      await producer.close()
    }
  },

  /** Its streams need a group; its `fetch` asks one broker for one partition, without any. */
  async consume(job, count) {
    const consumer = new Consumer({ ...clientAt(job.bootstrapServers), groupId: 'unused' })
    const read: ReadRecord[] = []
    try {
      const { topics } = await consumer.metadata({ topics: [job.topic] })
      const topic = topics.get(job.topic)
      if (topic === undefined) throw new Error(`no metadata of ${job.topic}`)
      for (const [partition, { leader }] of topic.partitions.entries()) {
        for (let next = 0n, end = 1n; next < end; ) {
          const position = { partition, fetchOffset: next, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }
          const partitions = [{ ...position, partitionMaxBytes: 1_000_000 }]
          const answer = await consumer.fetch({
            node: leader,
            topics: [{ topicId: topic.id, partitions }],
            maxWaitTime: 200,
          })
          const found = answer.responses[0]?.partitions[0]
          end = found?.highWatermark ?? 0n
          for (const batch of found?.records ?? []) {
            for (const record of batch.records) read.push(readRecord(partition, batch.firstOffset, record))
            next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
          }
        }
      }
    } finally {
      await consumer.close(true)
    }
    if (read.length !== count) throw new Error(`read ${read.length} of ${count}`)
    return read
  },
}

type FetchedRecord = NonNullable<
  Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]['records']
>[number]['records'][number]

function readRecord(partition: number, firstOffset: bigint, record: FetchedRecord): ReadRecord {
  const { key, value, headers, offsetDelta } = record
  return {
    partition,
    offset: Number(firstOffset) + offsetDelta,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: Object.fromEntries(headers.map(([name, text]) => [String(name), String(text)])),
  }
}

function clientAt(bootstrapServers: string) {
  return {
    clientId: 'platformatic-interop',
    bootstrapBrokers: bootstrapServers.split(','),
    retries: 5,
    retryDelay: 100,
  }
}
