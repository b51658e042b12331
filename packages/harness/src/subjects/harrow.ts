import { createRequire } from 'node:module'
import { Producer, type ProducerConfig, type ProducerError, producerConfigTable } from '@harrow/producer'
import { defineSubject } from './subject.ts'

const { version } = createRequire(import.meta.url)('@harrow/producer/package.json') as { version: string }

/** Our own producer through its public face, seen from outside like everybody else. */
export const harrow = defineSubject({
  name: 'harrow',
  version,
  settings: Object.fromEntries(producerConfigTable.map(({ key }) => [key, key])),
  can: ['certainty', 'close-timeout'],

  open({ bootstrapServers, config }) {
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    const options = { ...config, 'bootstrap.servers': bootstrapServers } as ProducerConfig
    const producer = new Producer(options, { logger: silent as never })
    return {
      async send({ topic, partition, key, value, headers }) {
        return producer.send({
          topic,
          key,
          value,
          ...(partition === undefined ? {} : { partition }),
          ...(headers === undefined ? {} : { headers }),
        })
      },
      flush: () => producer.flush(),
      close: (timeoutMs) => producer.close(timeoutMs === undefined ? {} : { timeoutMs }),
    }
  },

  describeError(error) {
    const { code, certainty, message } = error as ProducerError
    return { error: code ?? 'UNKNOWN', message, certainty }
  },
})
