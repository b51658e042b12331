import { ProduceAcks, Producer } from '@platformatic/kafka'
import { awaited, keys, lists, measure, spec, values } from './measure.ts'

const producer = new Producer({
  clientId: 'bench',
  bootstrapBrokers: spec.bootstrap.split(','),
  acks: spec.acks === 'all' ? ProduceAcks.ALL : ProduceAcks.LEADER,
  compression: spec.compression,
  idempotent: false,
})
const { topic } = spec

if (spec.mode !== 'flow') {
  await measure(
    awaited((key, value) => producer.send({ messages: [{ topic, value, ...(key === null ? {} : { key }) }] })),
  )
} else {
  await measure(
    lists((from, to) => {
      const messages = []
      for (let i = from; i < to; i++) {
        messages.push({ topic, value: values[i & 63]!, ...(spec.keys ? { key: keys[i % 1_000]! } : {}) })
      }
      return producer.send({ messages })
    }),
  )
}
