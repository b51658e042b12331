/** node-rdkafka and Confluent's client: the same API over librdkafka, with a delivery report for every record. */
import { createRequire } from 'node:module'
import { keys, measure, spec, values } from './measure.ts'

interface Binding {
  readonly Producer: new (global: object, topic: object) => BindingProducer
}
interface BindingProducer {
  connect(options: object, done: (error: unknown) => void): void
  produce(topic: string, partition: number | null, value: Buffer, key: Buffer | null): unknown
  poll(): void
  on(event: 'delivery-report', heard: (error: unknown) => void): void
  flush(ms: number, done: (error: unknown) => void): void
}

const queueFull = -184
const { Producer } = createRequire(import.meta.url)(process.env['HARROW_BENCH_MODULE'] ?? '') as Binding
const producer = new Producer(
  {
    'metadata.broker.list': spec.bootstrap,
    'client.id': 'bench',
    dr_cb: true,
    'batch.size': spec.batchBytes,
    'batch.num.messages': 100_000,
    'linger.ms': spec.lingerMs,
    'compression.codec': spec.compression,
    'queue.buffering.max.messages': 100_000,
    'message.max.bytes': Math.max(1_000_000, spec.batchBytes + 1_024),
  },
  { 'request.required.acks': spec.acks === 'all' ? -1 : 1, partitioner: 'murmur2_random' },
)
await new Promise<void>((resolve, reject) => {
  producer.connect({ topic: spec.topic }, (error) => (error ? reject(error) : resolve()))
})
let answered = 0
let onAnswer = (): void => {}
producer.on('delivery-report', (error) => {
  if (error) throw error
  answered++
  onAnswer()
})

function tryProduce(i: number): boolean {
  try {
    producer.produce(spec.topic, null, values[i & 63]!, spec.keys ? keys[i % 1_000]! : null)
    return true
  } catch (error) {
    if ((error as { code?: number }).code === queueFull) return false
    throw error
  }
}

/** Its reports come when they are polled for; a loop of polls is the quickest that it gets. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    producer.poll()
    setImmediate(resolve)
  })

if (spec.mode === 'flow') {
  await measure(async (records) => {
    answered = 0
    for (let i = 0; i < records; i++) {
      while (!tryProduce(i)) await turn()
      if (i % 1_000 === 999) await turn()
    }
    while (answered < records) await turn()
    return undefined
  })
} else {
  await measure(async (records) => {
    const loops = spec.mode === 'latency' ? 1 : spec.loops
    const latenciesUs: number[] = []
    answered = 0
    let sent = 0
    let startMs = performance.now()
    const next = (): void => {
      if (sent >= records) return
      startMs = performance.now()
      if (!tryProduce(sent++)) throw new Error('the queue is full')
    }
    onAnswer = () => {
      latenciesUs.push((performance.now() - startMs) * 1_000)
      next()
    }
    for (let i = 0; i < loops; i++) next()
    while (answered < records) await turn()
    onAnswer = () => {}
    return spec.mode === 'latency' ? latenciesUs : undefined
  })
}
