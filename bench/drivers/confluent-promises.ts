/** Confluent's client through its KafkaJS API: a promise per send. */
import { createRequire } from 'node:module'
import { awaited, keys, lists, measure, spec, values } from './measure.ts'

interface Binding {
  readonly KafkaJS: {
    readonly Kafka: new (options: object) => { producer(options: object): BindingProducer }
  }
}
interface BindingProducer {
  connect(): Promise<void>
  send(options: { topic: string; messages: { key: Buffer | null; value: Buffer }[] }): Promise<unknown>
}

const { KafkaJS } = createRequire(import.meta.url)(process.env['HARROW_BENCH_MODULE'] ?? '') as Binding
const kafka = new KafkaJS.Kafka({ 'bootstrap.servers': spec.bootstrap, 'client.id': 'bench', log_level: 0 })
const producer = kafka.producer({
  acks: spec.acks === 'all' ? -1 : 1,
  'batch.size': spec.batchBytes,
  'batch.num.messages': 100_000,
  'linger.ms': spec.lingerMs,
  'compression.codec': spec.compression,
  'message.max.bytes': Math.max(1_000_000, spec.batchBytes + 1_024),
  partitioner: 'murmur2_random',
})
await producer.connect()
const { topic } = spec

if (spec.mode !== 'flow') {
  await measure(awaited((key, value) => producer.send({ topic, messages: [{ key, value }] })))
} else {
  await measure(
    lists((from, to) => {
      const messages = []
      for (let i = from; i < to; i++)
        messages.push({ key: spec.keys ? keys[i % 1_000]! : null, value: values[i & 63]! })
      return producer.send({ topic, messages })
    }),
  )
}
