import kafkajs from 'kafkajs'
import * as lz4 from 'lz4-napi'
import * as snappy from 'snappy'
import { awaited, keys, lists, measure, spec, values } from './measure.ts'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs

CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: (encoder: { buffer: Buffer }) => snappy.compress(encoder.buffer),
  decompress: (bytes: Buffer) => snappy.uncompress(bytes),
})
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder: { buffer: Buffer }) => lz4.compressFrame(encoder.buffer),
  decompress: (bytes: Buffer) => lz4.decompressFrame(bytes),
})
const kafka = new Kafka({ clientId: 'bench', brokers: spec.bootstrap.split(','), logLevel: logLevel.NOTHING })
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  allowAutoTopicCreation: false,
  idempotent: false,
})
await producer.connect()
const { topic } = spec
const acks = spec.acks === 'all' ? -1 : 1
const compression = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}[spec.compression]

if (spec.mode !== 'flow') {
  await measure(awaited((key, value) => producer.send({ topic, acks, messages: [{ key, value }] })))
} else {
  await measure(
    lists((from, to) => {
      const messages = []
      for (let i = from; i < to; i++)
        messages.push({ key: spec.keys ? keys[i % 1_000]! : null, value: values[i & 63]! })
      return producer.send({ topic, acks, compression, messages })
    }),
  )
}
