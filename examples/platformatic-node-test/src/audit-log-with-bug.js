import { Producer, stringSerializers } from '@platformatic/kafka'

/** The bug: `stop` does not wait for what is under way. A deployment during a hiccup of Kafka loses records. */
export class AuditLogWithBug {
  #producer

  constructor(bootstrapBrokers) {
    this.#producer = new Producer({
      clientId: 'audit',
      bootstrapBrokers,
      serializers: stringSerializers,
      retries: 5,
      retryDelay: 100,
    })
  }

  record(user, action) {
    this.#producer.send({ messages: [{ topic: 'audit', key: user, value: action }] }).catch(() => {})
  }

  async stop() {
    await this.#producer.close(true)
  }
}
