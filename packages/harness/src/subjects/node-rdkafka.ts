import { librdkafkaSubject } from './librdkafka.ts'

/** node-rdkafka: librdkafka with callbacks. */
export const nodeRdkafka = librdkafkaSubject('node-rdkafka')
