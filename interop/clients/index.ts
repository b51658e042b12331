import type { ForeignClient } from './foreign-client.ts'
import { JavaKafkaClients } from './java-kafka-clients.ts'
import { kafkajsClient } from './kafkajs.ts'
import { kcat } from './kcat.ts'
import { platformatic } from './platformatic.ts'

/** Every client that is let loose on the mock, and listened to. */
export const foreignClients: readonly ForeignClient[] = [
  new JavaKafkaClients('4.3.1'),
  new JavaKafkaClients('3.9.2'),
  kcat,
  kafkajsClient,
  platformatic,
]
