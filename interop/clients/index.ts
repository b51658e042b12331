import { ConfluentJavascript } from './confluent-javascript.ts'
import type { ForeignClient } from './foreign-client.ts'
import { GoClient } from './go-client.ts'
import { JavaKafkaClients } from './java-kafka-clients.ts'
import { kafkajsClient } from './kafkajs.ts'
import { kcat } from './kcat.ts'
import { NodeRdkafka } from './node-rdkafka.ts'
import { platformatic } from './platformatic.ts'
import { PythonClient } from './python-client.ts'
import { Rskafka } from './rust-client.ts'

/** Every client that is let loose on the mock, and listened to. */
export const foreignClients: readonly ForeignClient[] = [
  new JavaKafkaClients('4.3.1'),
  new JavaKafkaClients('3.9.2'),
  kcat,
  new NodeRdkafka(),
  new ConfluentJavascript(),
  kafkajsClient,
  platformatic,
  new PythonClient({
    requirement: 'kafka-python==2.2.15',
    driver: 'kafka_python_driver.py',
    acksZeroDefect: 'the client reports success and sends no Produce request, to a real Kafka 4.3.1 neither',
    codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    extras: ['python-snappy', 'lz4', 'zstandard', 'crc32c'],
  }),
  new PythonClient({
    requirement: 'confluent-kafka==2.11.1',
    driver: 'confluent_driver.py',
    codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  }),
  new PythonClient({
    requirement: 'aiokafka==0.14.0',
    driver: 'aiokafka_driver.py',
    codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    extras: ['cramjam'],
  }),
  new GoClient({ module: 'github.com/twmb/franz-go', driver: 'franz', canBeIdempotent: true, readsInGroups: true }),
  new GoClient({ module: 'github.com/IBM/sarama', driver: 'sarama', canBeIdempotent: true, readsInGroups: true }),
  // kafka-go has no idempotent producer.
  new GoClient({
    module: 'github.com/segmentio/kafka-go',
    driver: 'segmentio',
    canBeIdempotent: false,
    readsInGroups: true,
  }),
  new Rskafka(),
]
