/**
 * The releases that judge us. 4.4.0 is listed by Maven Central, but without the artifact `kafka-tools` (seen November
 * 2026); take it when it is complete.
 */
export const kafkaVersions = ['4.3.1', '3.9.2'] as const
export type KafkaVersion = (typeof kafkaVersions)[number]

/** The one whose answers are the reference; the other shows what changed. */
export const referenceKafka: KafkaVersion = '4.3.1'
