// Produces and consumes with a binding of librdkafka: node-rdkafka, or Confluent's, which has the same interface. What goes in and out is told in driver-lines.ts.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

// The package of the folder in which this is run.
const rdkafka = createRequire(join(process.cwd(), 'driver.mjs'))(process.argv[2])

const decode = (field) => (field === '-' ? null : Buffer.from(field, 'base64'))
const encode = (bytes) => (bytes === null || bytes === undefined ? '-' : Buffer.from(bytes).toString('base64'))

async function produce(bootstrap, topic, acks, codec, idempotent) {
  const config = {
    'metadata.broker.list': bootstrap,
    'compression.type': codec,
    'enable.idempotence': idempotent === 'true',
    dr_cb: true,
  }
  const topicConfig = { acks: acks === 'all' ? -1 : Number(acks), 'message.timeout.ms': 20_000 }
  const producer = new rdkafka.Producer(config, topicConfig)
  const failures = []
  producer.on('delivery-report', (error) => error && failures.push(error.message))
  await promisify(producer.connect.bind(producer))({ timeout: 10_000 })
  producer.setPollInterval(10)
  for (const line of (await text(process.stdin)).split('\n')) {
    if (line === '') continue
    const [key, value, headers] = line.split('\t')
    const pairs = headers.split(',').filter((pair) => pair !== '')
    const named = pairs.map((pair) => {
      const [name, bytes] = pair.split(':').map(decode)
      return { [name]: bytes }
    })
    producer.produce(topic, null, decode(value), decode(key), null, undefined, named)
  }
  await promisify(producer.flush.bind(producer))(25_000)
  await promisify(producer.disconnect.bind(producer))()
  if (failures.length > 0) throw new Error(`not delivered: ${failures.join(', ')}`)
}

async function consume(bootstrap, topic, count, group) {
  const config = { 'metadata.broker.list': bootstrap, 'group.id': group ?? 'unused', 'enable.auto.commit': false }
  const consumer = new rdkafka.KafkaConsumer(config, { 'auto.offset.reset': 'earliest' })
  await promisify(consumer.connect.bind(consumer))({ timeout: 10_000 })
  if (group === undefined) {
    const { topics } = await promisify(consumer.getMetadata.bind(consumer))({ topic, timeout: 10_000 })
    const { partitions } = topics.find(({ name }) => name === topic)
    consumer.assign(partitions.map(({ id }) => ({ topic, partition: id, offset: 0 })))
  } else {
    consumer.subscribe([topic])
  }
  const next = promisify(consumer.consume.bind(consumer))
  const deadlineMs = performance.now() + 20_000
  for (let read = 0; read < count; ) {
    if (performance.now() > deadlineMs) throw new Error(`read ${read} of ${count}`)
    for (const { partition, offset, key, value, headers = [] } of await next(count - read)) {
      const pairs = headers.flatMap((header) => Object.entries(header))
      const told = pairs.map(([name, bytes]) => `${encode(name)}:${encode(bytes)}`).join(',')
      console.log([partition, offset, encode(key), encode(value), told].join('\t'))
      read++
    }
  }
  if (group !== undefined) consumer.commitSync()
  await promisify(consumer.disconnect.bind(consumer))()
}

const commands = {
  produce,
  consume: (bootstrap, topic, count, group) => consume(bootstrap, topic, Number(count), group),
  version: () => console.log(rdkafka.librdkafkaVersion),
}
const [command, ...args] = process.argv.slice(3)
await commands[command](...args)
