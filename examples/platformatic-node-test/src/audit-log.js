import { Producer, stringSerializers } from '@platformatic/kafka'

/** Notes who did what. Callers do not wait for Kafka: `record` returns at once, and `stop` sees to the rest. */
export class AuditLog {
  #producer
  #underWay = new Set()

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
    const sent = this.#producer
      .send({ messages: [{ topic: 'audit', key: user, value: action }] })
      .catch((error) => console.error(`audit record of ${user} lost`, error))
      .finally(() => this.#underWay.delete(sent))
    this.#underWay.add(sent)
  }

  /** For SIGTERM: what has been recorded is delivered first. */
  async stop() {
    await Promise.all(this.#underWay)
    await this.#producer.close()
  }
}
