import { Consumer, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
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
    const consumer = new Consumer({
      ...clientAt(job.bootstrapServers),
      groupId: `interop-${job.topic}`,
      deserializers: stringDeserializers,
    })
    const read: ReadRecord[] = []
    try {
      const stream = await consumer.consume({
        topics: [job.topic],
        mode: 'earliest',
        autocommit: false,
        maxWaitTime: 200,
      })
      const timer = setTimeout(() => stream.destroy(new Error(`read only ${read.length} of ${count}`)), 20_000)
      for await (const { partition, offset, key, value, headers } of stream) {
        read.push({
          partition,
          offset: Number(offset),
          key: key ?? null,
          value: value ?? null,
          headers: Object.fromEntries(headers),
        })
        if (read.length === count) break
      }
      clearTimeout(timer)
    } finally {
      await consumer.close(true)
    }
    return read
  },
}

function clientAt(bootstrapServers: string) {
  return {
    clientId: 'platformatic-interop',
    bootstrapBrokers: bootstrapServers.split(','),
    retries: 5,
    retryDelay: 100,
  }
}
