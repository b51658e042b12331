import {
  Consumer,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  ProduceAcks,
  Producer,
  stringSerializers,
} from '@platformatic/kafka'
import type { ConsumeJob, ForeignClient, PlainRecord, ReadRecord } from './foreign-client.ts'
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
  readsInGroups: true,

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

  async consume(job, count) {
    const { group } = job
    const read = group === undefined ? await fetchAll(job) : await readInGroup({ ...job, group }, count)
    if (read.length !== count) throw new Error(`read ${read.length} of ${count}`)
    return read
  },
}

/** Its streams need a group; its `fetch` asks one broker for one partition, without any. */
async function fetchAll(job: ConsumeJob): Promise<ReadRecord[]> {
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
  return read
}

async function readInGroup(job: ConsumeJob & { readonly group: string }, count: number): Promise<ReadRecord[]> {
  const consumer = new Consumer({ ...clientAt(job.bootstrapServers), groupId: job.group })
  const read: ReadRecord[] = []
  try {
    const { COMMITTED } = MessagesStreamModes
    const { EARLIEST } = MessagesStreamFallbackModes
    const from = { topics: [job.topic], autocommit: false, mode: COMMITTED, fallbackMode: EARLIEST, maxWaitTime: 200 }
    const stream = await consumer.consume(from)
    const tooLate = () => stream.destroy(new Error(`read only ${read.length} of ${count}`))
    using _ = setTimeout(tooLate, 20_000)
    for await (const message of stream) {
      const { partition, offset, key, value, headers } = message
      read.push({ partition, offset: Number(offset), ...texts(key, value, headers) })
      await message.commit()
      if (read.length === count) break
    }
  } finally {
    await consumer.close(true)
  }
  return read
}

type FetchedRecord = NonNullable<
  Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]['records']
>[number]['records'][number]

function readRecord(partition: number, firstOffset: bigint, record: FetchedRecord): ReadRecord {
  const { key, value, headers, offsetDelta } = record
  return { partition, offset: Number(firstOffset) + offsetDelta, ...texts(key, value, headers) }
}

function texts(key: Bytes, value: Bytes, headers: Iterable<readonly [unknown, unknown]>): PlainRecord {
  const pairs = [...headers].map(([name, text]) => [String(name), String(text)])
  return { key: key?.toString() ?? null, value: value?.toString() ?? null, headers: Object.fromEntries(pairs) }
}

type Bytes = Buffer | null | undefined

function clientAt(bootstrapServers: string) {
  return {
    clientId: 'platformatic-interop',
    bootstrapBrokers: bootstrapServers.split(','),
    retries: 5,
    retryDelay: 100,
  }
}
