// A driver for harrow's exec protocol (docs/exec-protocol.md) in plain Node, with kafkajs as the client:
//
//     harrow run scenarios --subject "exec: node driver.mjs"
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// The client of the project in which this is run.
const { Kafka, logLevel } = createRequire(join(process.cwd(), 'driver.mjs'))('kafkajs')

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Kafka's keys that kafkajs can be told. Whatever is not here is not judged. */
const settings = {
  acks: 'acks',
  'enable.idempotence': 'idempotent',
  'max.in.flight.requests.per.connection': 'maxInFlightRequests',
  'request.timeout.ms': 'requestTimeout',
  'retry.backoff.ms': 'retry.initialRetryTime',
}
say({ type: 'hello', protocol: 1, name: 'kafkajs by hand', version: '', settings })

const open = new Set()
let producer
let acks
/** The call before: of several that are open at once, kafkajs does not keep the order. */
let last
for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text)
  if (line.type === 'start') {
    const { config } = line
    acks = config.acks === 'all' ? -1 : Number(config.acks)
    const retry = config['retry.backoff.ms'] === undefined ? {} : { initialRetryTime: config['retry.backoff.ms'] }
    const brokers = line.bootstrapServers.split(',')
    const { 'request.timeout.ms': requestTimeout = 30_000 } = config
    const kafka = new Kafka({ clientId: 'driver', brokers, logLevel: logLevel.NOTHING, requestTimeout, retry })
    producer = kafka.producer({
      idempotent: config['enable.idempotence'],
      maxInFlightRequests: config['max.in.flight.requests.per.connection'],
    })
    last = producer.connect().catch((error) => say({ type: 'log', message: `connect: ${error.message}` }))
    say({ type: 'ready' })
  } else if (line.type === 'send') {
    const { id, topic, key, headers } = line
    const message = { key, value: Buffer.from(line.value, 'base64'), headers }
    if (line.partition !== null) message.partition = line.partition
    const sending = last
      .then(() => producer.send({ topic, acks, messages: [message] }))
      .then(
        ([written]) => say({ type: 'ack', id, partition: written?.partition, offset: written?.baseOffset }),
        (error) =>
          say({ type: 'fail', id, error: error.cause?.type ?? error.type ?? error.name, message: error.message }),
      )
    last = sending
    open.add(sending)
    sending.finally(() => open.delete(sending))
  } else {
    // flush and close: kafkajs has no flush, so its users wait for their sends.
    void Promise.all(open)
      .then(() => (line.type === 'close' ? producer.disconnect() : undefined))
      .then(() => say({ type: 'done', id: line.id }))
  }
}
process.exit(0)
