import kafkajs from 'kafkajs'
import type { ForeignClient, ReadRecord } from './foreign-client.ts'
import { installedVersion } from './installed-version.ts'

const { CompressionTypes, Kafka, logLevel } = kafkajs

/** It compresses gzip by itself and asks for the other codecs from plugins, which would not be it. */
export const kafkajsClient: ForeignClient = {
  id: 'kafkajs',
  name: 'kafkajs',
  language: 'JavaScript',
  codecs: ['none', 'gzip'],
  canBeIdempotent: true,
  readsInGroups: true,

  prepare: () => Promise.resolve(`kafkajs ${installedVersion('kafkajs')}`),

  async produce(job, records) {
    const producer = kafkaAt(job.bootstrapServers).producer({ idempotent: job.idempotent })
    await producer.connect()
    try {
      await producer.send({
        topic: job.topic,
        acks: job.acks === 'all' ? -1 : Number(job.acks),
        compression: job.codec === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: records.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      })
    } finally {
      await producer.disconnect()
    }
  },

  async consume(job, count) {
    // It cannot read without a group.
    const consumer = kafkaAt(job.bootstrapServers).consumer({
      groupId: job.group ?? `interop-${job.topic}`,
      retry: { retries: 5 },
    })
    const read: ReadRecord[] = []
    await consumer.connect()
    try {
      await consumer.subscribe({ topic: job.topic, fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`read only ${read.length} of ${count}`)), 20_000)
        const running = consumer.run({
          eachMessage: async ({ partition, message }) => {
            const { key, value, headers = {}, offset } = message
            const texts = Object.entries(headers).map(([name, text]) => [name, String(text)])
            read.push({
              partition,
              offset: Number(offset),
              key: key?.toString() ?? null,
              value: value?.toString() ?? null,
              headers: Object.fromEntries(texts),
            })
            if (read.length < count) return
            clearTimeout(timer)
            resolve()
          },
        })
        running.catch(reject)
      })
    } finally {
      await consumer.disconnect()
    }
    return read
  },
}

function kafkaAt(bootstrapServers: string) {
  return new Kafka({
    brokers: bootstrapServers.split(','),
    clientId: 'kafkajs-interop',
    logLevel: logLevel.NOTHING,
    retry: { retries: 5 },
  })
}
