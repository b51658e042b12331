import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Producer } from 'kafkajs'
import type { Order, OrderPlaced } from './order.ts'

/** Takes orders and tells the rest of the shop about them. */
export class OrderService {
  private readonly producer: Producer

  private constructor(producer: Producer) {
    this.producer = producer
  }

  static async start(brokers: string[]): Promise<OrderService> {
    const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING })
    // The producer retries, and the broker recognises what it has already.
    const producer = kafka.producer({ idempotent: true, retry: { retries: 5, initialRetryTime: 20 } })
    await producer.connect()
    return new OrderService(producer)
  }

  async place(order: Order): Promise<void> {
    const event: OrderPlaced = { eventId: randomUUID(), ...order }
    await this.producer.send({ topic: 'orders', messages: [{ key: order.id, value: JSON.stringify(event) }] })
  }

  stop(): Promise<void> {
    return this.producer.disconnect()
  }
}
