import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Producer } from 'kafkajs'
import type { Order, OrderPlaced } from './order.ts'

/** The bug: it retries by itself, and every attempt is an event of its own. A lost answer is an order delivered twice. */
export class OrderServiceWithBug {
  private readonly producer: Producer

  private constructor(producer: Producer) {
    this.producer = producer
  }

  static async start(brokers: string[]): Promise<OrderServiceWithBug> {
    const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING })
    const producer = kafka.producer({ retry: { retries: 0 } })
    await producer.connect()
    return new OrderServiceWithBug(producer)
  }

  async place(order: Order): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const event: OrderPlaced = { eventId: randomUUID(), ...order }
        await this.producer.send({ topic: 'orders', messages: [{ key: order.id, value: JSON.stringify(event) }] })
        return
      } catch (error) {
        if (attempt === 3) throw error
      }
    }
  }

  stop(): Promise<void> {
    return this.producer.disconnect()
  }
}
