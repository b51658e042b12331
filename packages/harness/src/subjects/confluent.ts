import { librdkafkaSubject } from './librdkafka.ts'

/** @confluentinc/kafka-javascript, through its interface in node-rdkafka's style. */
export const confluent = librdkafkaSubject('@confluentinc/kafka-javascript')
