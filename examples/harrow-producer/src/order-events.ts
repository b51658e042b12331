import { Producer, type ProducerConfig } from '@harrow/producer'

/** Idempotent by default: a batch that is sent again takes its old place. */
export const config: Partial<ProducerConfig> = { 'client.id': 'shop', 'retry.backoff.ms': 20 }

/** The bug, in one line: "we do not need exactly once". With five requests in flight it costs the order, too. */
export const configWithBug: Partial<ProducerConfig> = { ...config, 'enable.idempotence': false, 'batch.size': 0 }

/** What happens to orders, one event after another, by order id. */
export class OrderEvents {
  private readonly producer: Producer

  constructor(bootstrapServers: string, settings = config) {
    this.producer = new Producer({ ...settings, 'bootstrap.servers': bootstrapServers })
  }

  /** Whoever waits for it knows that the event is in Kafka; whoever does not may send the next one meanwhile. */
  async tell(orderId: string, event: 'placed' | 'paid' | 'shipped'): Promise<void> {
    await this.producer.send({ topic: 'order-events', key: orderId, value: event })
  }

  stop(): Promise<void> {
    return this.producer.close()
  }
}
